"""Folders of pictures: what is read, in which order, and what is refused with which line."""

import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation.pictures import read_folder


def write(folder, count, side=16, mode="RGB"):
    """Files 0.png … whose pixels tell their number."""
    folder.mkdir(exist_ok=True)
    for k in range(count):
        pixels = np.full((side, side, 3), 51 * k % 256, dtype=np.uint8)
        pixels[0, 0] = (10, 20, 30)
        Image.fromarray(pixels).convert(mode).save(folder / f"{k}.png")
    return folder


def refused(read, *words):
    with pytest.raises(InvalidInputError) as caught:
        read()
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_pictures_come_sorted_in_batches(tmp_path):
    folder = write(tmp_path, 7)
    (folder / "notes.txt").write_text("no picture")
    (folder / "3.png").rename(folder / "a.PNG")
    pictures = read_folder(folder, 16)
    batches = list(pictures.batches(3))
    assert [batch.shape for batch in batches] == [(3, 3, 16, 16), (3, 3, 16, 16), (1, 3, 16, 16)]
    whole = torch.cat(batches)
    assert whole.dtype == torch.uint8
    assert whole[:, 1, 5, 5].tolist() == [0, 51, 102, 204, 255, 50, 153]
    assert whole[2, :, 0, 0].tolist() == [10, 20, 30]
    assert torch.equal(pictures.all(), whole)
    assert len(pictures) == 7


def test_the_papers_size_is_the_default(tmp_path):
    assert read_folder(write(tmp_path / "right", 1, 256)).all().shape == (1, 3, 256, 256)
    refused(lambda: read_folder(write(tmp_path / "small", 2, 128)), "0.png", "128 by 128", "not 256 by 256")


@pytest.mark.parametrize("mode", ["RGBA", "L", "LA", "P"])
def test_other_8_bit_pictures_become_rgb(tmp_path, mode):
    found = read_folder(write(tmp_path, 3, mode=mode), 16).all()
    assert found.shape == (3, 3, 16, 16)
    assert int(found[2, 0, 5, 5]) == 102


def test_folders_without_pictures_are_refused(tmp_path):
    refused(lambda: read_folder(tmp_path / "absent"), "absent", "cannot be read")
    refused(lambda: read_folder(tmp_path), str(tmp_path), "has no pictures")
    (tmp_path / "file.png").write_bytes(b"")
    refused(lambda: read_folder(tmp_path / "file.png"), "file.png", "cannot be read")
    refused(lambda: read_folder(tmp_path), "file.png", "no PNG")


def test_a_picture_of_another_size_is_named(tmp_path):
    write(tmp_path, 3)
    Image.new("RGB", (16, 17)).save(tmp_path / "1.png")
    refused(lambda: read_folder(tmp_path, 16), "1.png", "16 by 17", "not 16 by 16")


def test_damaged_pictures_are_named(tmp_path):
    write(tmp_path, 3)
    content = bytearray((tmp_path / "1.png").read_bytes())
    (tmp_path / "1.png").write_bytes(content[: len(content) // 2])
    refused(lambda: read_folder(tmp_path, 16).all(), "1.png", "damaged")
    content[len(content) // 2] ^= 255
    (tmp_path / "1.png").write_bytes(content)
    refused(lambda: read_folder(tmp_path, 16).all(), "1.png")
    Image.new("RGB", (16, 16)).save(tmp_path / "1.png", format="JPEG")
    refused(lambda: read_folder(tmp_path, 16), "1.png", "no PNG")
    Image.fromarray(np.zeros((16, 16), dtype=np.uint16)).save(tmp_path / "1.png")
    refused(lambda: read_folder(tmp_path, 16), "1.png", "8-bit")


def test_a_picture_that_claims_to_be_huge_is_not_decoded(tmp_path):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 10**6, 10**6, 8, 2, 0, 0, 0))
    (tmp_path / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    refused(lambda: read_folder(tmp_path), "0.png")


def test_a_picture_that_is_exchanged_meanwhile_is_named(tmp_path):
    pictures = read_folder(write(tmp_path, 2), 16)
    Image.new("RGB", (8, 8)).save(tmp_path / "1.png")
    refused(pictures.all, "1.png", "8 by 8")
    (tmp_path / "1.png").unlink()
    refused(pictures.all, "1.png", "cannot be read")
