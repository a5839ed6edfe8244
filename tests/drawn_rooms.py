"""Rooms made by rule as pictures from above: boxes of plain colours, drawn by NumPy alone."""

import colorsys
import dataclasses

import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from instructscene_core.catalogue.entries import Catalogue
from instructscene_core.datasets.starter import arrays
from instructscene_core.datasets.starter_scenes import scenes_of_rooms
from instructscene_core.starter.rooms import CATALOGUE_FILE, furnish, load_pieces
from instructscene_core.vocabulary import CATEGORIES

SIDE = 256
FLOOR = (0.72, 0.6, 0.45)


def made_rooms(count, room_type="bedroom", seed=0):
    """Scenes made by rule."""
    pieces, seeds = load_pieces(CATALOGUE_FILE), range(seed, seed + count)
    plans = [furnish(seed, pieces, room_type) for seed in seeds]
    return scenes_of_rooms(arrays(plans, seeds, room_type), Catalogue.load(CATALOGUE_FILE))


def shuffled(scene, random):
    """The room with each piece somewhere else over the floor's box, turned at random."""
    low, high = np.min(scene.floor.polygon, axis=0), np.max(scene.floor.polygon, axis=0)
    items = [
        dataclasses.replace(
            item, position=(*random.uniform(low, high).tolist(), item.position[2]), yaw=random.uniform(0, 2 * np.pi)
        )
        for item in scene.objects
    ]
    return dataclasses.replace(scene, objects=tuple(items))


def emptied(scene, share, random):
    """The room without a share of its pieces."""
    kept = [item for item in scene.objects if random.random() >= share]
    return dataclasses.replace(scene, objects=tuple(kept), relations=())


def picture(scene, blur=0.0, side=SIDE):
    """(3, side, side) uint8: the floor fills the picture, what is higher is brighter and hides what is below."""
    low, high = np.min(scene.floor.polygon, axis=0), np.max(scene.floor.polygon, axis=0)
    scale = (high - low).max() / side
    middle, steps = (low + high) / 2, (np.arange(side) + 0.5 - side / 2) * scale
    x, y = middle[0] + steps[None, :], middle[1] - steps[:, None]
    image = np.full((side, side, 3), 0.5)
    image[(x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])] = FLOOR
    for item in sorted(scene.objects, key=lambda item: item.position[2] + item.size[2] / 2):
        dx, dy = x - item.position[0], y - item.position[1]
        across = dx * np.cos(item.yaw) + dy * np.sin(item.yaw)
        ahead = -dx * np.sin(item.yaw) + dy * np.cos(item.yaw)
        inside = (abs(across) <= item.size[0] / 2) & (abs(ahead) <= item.size[1] / 2)
        hue = CATEGORIES.index(item.category) * 0.618 % 1
        colour = np.array(colorsys.hsv_to_rgb(hue, 0.5, 0.5 + 0.2 * min(item.size[2], 2.0)))
        image[inside] = colour
        image[inside & (ahead < -0.3 * item.size[1])] = 0.8 * colour  # the front
    pixels = gaussian_filter(255 * image, (blur, blur, 0))
    return torch.from_numpy(pixels.round().clip(0, 255).astype(np.uint8)).permute(2, 0, 1).contiguous()


def pictures(scenes, **how):
    """(N, 3, side, side) uint8."""
    return torch.stack([picture(scene, **how) for scene in scenes])
