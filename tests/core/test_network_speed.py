"""The measurement of the networks: the official cost carried over to this machine, and operations counted rightly."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from instructscene_core.commands.network_speed import Case, load_or_make, measure, official_seconds, operators
from instructscene_core.errors import InvalidInputError
from instructscene_core.models.packed import Packed
from instructscene_core.sampling.two_stage import TwoStageModel


def test_official_cost_scales_with_the_machine():
    case = Case("livingroom", 8, (100, 10))
    assert official_seconds(case, 188.0) == pytest.approx(44.2 + 2.4)
    assert official_seconds(case, 94.0) == pytest.approx(2 * (44.2 + 2.4))
    assert official_seconds(Case("bedroom", 3, (100, 10)), 188.0) is None


@pytest.mark.parametrize("width", [16, 512])
@torch.inference_mode()
def test_products_are_counted_whatever_multiplies(width):
    layer, x = Packed(torch.randn(width, width)), torch.randn(2, 3, width)
    with FlopCounterMode(display=False, custom_mapping=operators()) as counter:
        layer(x)
    assert counter.get_total_flops() == 2 * 6 * width * width


def test_measuring_a_model(tiny_folder):
    answer = measure(TwoStageModel.load(tiny_folder), Case("bedroom", 1, (3, 2)), repeats=2)
    assert len(answer["seconds"]) == 2
    assert answer["best_seconds"] == min(answer["seconds"])
    assert answer["gflop"] > 0
    ratio = answer["official_seconds_here"] / answer["best_seconds"]
    assert answer["times_faster"] == pytest.approx(ratio, rel=0.1)


def test_a_model_of_other_rooms_is_refused(tiny_folder):
    with pytest.raises(InvalidInputError, match="makes no livingroom"):
        load_or_make(tiny_folder, "livingroom", "cpu", "fp32")
