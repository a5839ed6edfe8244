"""PNG files hold what they were given, of 8 or 16 bits."""

import fake_iscene
import numpy as np
import pytest
from PIL import Image

from instructscene_core.errors import InvalidInputError
from instructscene_core.png import png, write_png


@pytest.mark.parametrize(("shape", "mode"), [((7, 5), "L"), ((7, 5, 3), "RGB"), ((7, 5, 4), "RGBA"), ((1, 1), "L")])
def test_pictures_are_read_as_they_were_written(tmp_path, shape, mode):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    write_png(tmp_path / "a.png", pixels)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.mode == mode
        np.testing.assert_array_equal(np.asarray(picture), pixels)
    if mode != "RGBA":
        np.testing.assert_array_equal(fake_iscene.read_png(tmp_path / "a.png"), pixels)


def test_sixteen_bits_stay_sixteen_bits(tmp_path):
    pixels = np.arange(1 << 16, dtype=np.uint16).reshape(128, 512)
    write_png(tmp_path / "a.png", pixels)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.mode.startswith("I;16")
        np.testing.assert_array_equal(np.asarray(picture), pixels)


def test_labels_stay_labels(tmp_path):
    pixels = np.zeros((40, 40), np.uint8)
    pixels[:20, :20], pixels[20:, 20:] = 1, 255
    write_png(tmp_path / "mask.png", pixels)
    with Image.open(tmp_path / "mask.png") as picture:
        assert np.unique(np.asarray(picture)).tolist() == [0, 1, 255]


def test_the_same_pixels_are_the_same_bytes_whatever_their_order_in_memory():
    pixels = np.random.default_rng(0).integers(0, 1 << 16, (5, 4, 3), dtype=np.uint16)
    assert png(pixels) == png(np.asfortranarray(pixels)) == png(pixels.astype(">u2").astype(np.uint16))


@pytest.mark.parametrize(
    "pixels", [np.zeros((2, 2)), np.zeros((2, 2, 2), np.uint8), np.zeros((0, 3), np.uint8), np.zeros((2, 2), np.int16)]
)
def test_other_pictures_are_refused(tmp_path, pixels):
    with pytest.raises(InvalidInputError):
        write_png(tmp_path / "a.png", pixels)
    assert not (tmp_path / "a.png").exists()
