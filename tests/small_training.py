"""Rooms and networks small enough to train in a second, for test_room_training.py.

Run as ``small_training.py FOLDER BATCH``, by one process or by several, it writes the gradients of the first step of
each network, and the prior's weights after three steps in one go and with an interruption after the first.
"""

import sys
from dataclasses import replace
from pathlib import Path

import torch

from instructscene_core.datasets.room_set import RoomSet
from instructscene_core.datasets.sources import load_rooms
from instructscene_core.models.atiss import Atiss, AtissConfig
from instructscene_core.models.diffuscene import DiffuScene, DiffuSceneConfig
from instructscene_core.models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from instructscene_core.models.graph_prior import GraphPrior, GraphPriorConfig
from instructscene_core.models.layout_decoder import LayoutDecoder, LayoutDecoderConfig
from instructscene_core.text.encoder import TextStates, no_text
from instructscene_core.training.batches import DecoderBatches, FeatureBatches, PriorBatches, RoomBatches, box_bounds
from instructscene_core.training.encoding import StepTexts
from instructscene_core.training.group import Group, joined
from instructscene_core.training.looks import Looks
from instructscene_core.training.loop import LoopSettings, Trainer
from instructscene_core.training.rival_tasks import AtissTask, DiffuSceneTask
from instructscene_core.training.room_tasks import RoomDecoderTask, RoomPriorTask, RoomVQVAETask, Shares

SMALL_LOOP = LoopSettings(
    steps=3, batch=8, learning_rate=3e-3, warmup=0, schedule="constant", ema=0.9999, ema_power=0.75, clip=None,
    log_every=1, save_minutes=60.0,
)  # fmt: skip
ALONE = Shares(Group(), 8)
_SIZES = {"width": 32, "edge_width": 16, "time_width": 16, "heads": 2, "blocks": 1, "dropout": 0.0}


class Words:
    """A text encoder that is quick: the state of a word tells its letters."""

    name = "words"

    def __init__(self, width=8):
        self.width = width

    def encode(self, texts):
        words = [text.split() for text in texts]
        hidden = torch.zeros(len(texts), max(map(len, words)), self.width)
        mask = torch.zeros(hidden.shape[:2], dtype=torch.bool)
        for i, row in enumerate(words):
            for j, word in enumerate(row):
                for letter in word:
                    hidden[i, j, ord(letter) % self.width] += 1
            mask[i, : len(row)] = True
        pooled = torch.nn.functional.normalize(hidden.sum(dim=1), dim=-1)
        return TextStates(hidden, mask, pooled, (False,) * len(texts))

    def no_text(self):
        return no_text(1, self.width)


def small_rooms(count: int = 24, split="train") -> RoomSet:
    return load_rooms(f"starter:{count}", "bedroom", split)


def prior_task(rooms: RoomSet, shares: Shares = ALONE, config: GraphPriorConfig | None = None) -> RoomPriorTask:
    torch.manual_seed(0)
    small = GraphPriorConfig(**_SIZES, text_width=8, feature_width=16, feature_blocks=1)
    model = GraphPrior(config or small)
    batches = PriorBatches(rooms, Looks(rooms.codes.astype("int64"), "").codes, shares.whole, seed=3)
    return RoomPriorTask(model, batches, StepTexts(Words(model.config.text_width)), seed=3, shares=shares)


def decoder_task(rooms: RoomSet, shares: Shares = ALONE, config: LayoutDecoderConfig | None = None) -> RoomDecoderTask:
    torch.manual_seed(0)
    distinct, looks = Looks(rooms.codes.astype("int64"), "").table()
    model = LayoutDecoder(config or LayoutDecoderConfig(**_SIZES, feature_width=8))
    batches = DecoderBatches(rooms, looks, len(distinct), box_bounds(rooms), shares.whole, seed=3)
    features = torch.randn(len(distinct), model.config.feature_width)
    return RoomDecoderTask(model, batches, features, seed=3, shares=shares)


def vqvae_task(rooms: RoomSet, shares: Shares = ALONE, config: FeatureVQVAEConfig | None = None) -> RoomVQVAETask:
    torch.manual_seed(0)
    small = FeatureVQVAEConfig(384, width=32, heads=2, blocks=1, low=-0.3, high=0.3, dropout=0.0)
    model = FeatureVQVAE(config or small)
    return RoomVQVAETask(model, FeatureBatches(rooms.features, shares.whole, 3), seed=3, shares=shares)


def diffuscene_task(rooms: RoomSet, shares: Shares = ALONE) -> DiffuSceneTask:
    torch.manual_seed(0)
    model = DiffuScene(DiffuSceneConfig(width=32, blocks=1, slot_width=8, text_width=8, context_width=16))
    bounds, codes = box_bounds(rooms), Looks(rooms.codes.astype("int64"), "").codes
    batches = RoomBatches(rooms, codes, bounds, shares.whole, seed=3)
    return DiffuSceneTask(model, batches, StepTexts(Words(8)), bounds, seed=3, shares=shares)


def atiss_task(rooms: RoomSet, shares: Shares = ALONE) -> AtissTask:
    torch.manual_seed(0)
    sizes = {"width": 32, "layers": 1, "heads": 2, "feed_forward": 32, "mixtures": 2, "text_width": 8, "dropout": 0.0}
    codes = Looks(rooms.codes.astype("int64"), "").codes
    batches = RoomBatches(rooms, codes, box_bounds(rooms), shares.whole, seed=3)
    return AtissTask(Atiss(AtissConfig(**sizes)), batches, StepTexts(Words(8)), seed=3, shares=shares)


TASKS = {
    "prior": prior_task,
    "decoder": decoder_task,
    "vqvae": vqvae_task,
    "atiss": atiss_task,
    "diffuscene": diffuscene_task,
}


def main(folder: Path, batch: int) -> None:
    """Trains as many samples in all, whatever the number of processes."""
    rooms = small_rooms()
    with joined("cpu") as group:
        settings = replace(SMALL_LOOP, batch=batch)
        shares = Shares(group, batch // group.size)
        for name, make in TASKS.items():
            trainer = Trainer(make(rooms, shares), settings, folder / name, group=group)
            trainer.advance()
            grads = {n: p.grad for n, p in trainer.task.model.named_parameters() if p.grad is not None}
            if group.first:
                torch.save(grads, folder / f"{name}.pt")
        whole = Trainer(prior_task(rooms, shares), settings, folder / "whole", group=group).run()
        first = Trainer(prior_task(rooms, shares), settings, folder / "parts", group=group)
        first.advance()
        first.save()
        group.wait()
        parts = Trainer(prior_task(rooms, shares), settings, folder / "parts", group=group).run()
        if group.first:
            torch.save({"whole": whole, "parts": parts}, folder / "weights.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
