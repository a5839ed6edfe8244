"""Our MiniLM against transformers' BertModel, on strings of many kinds."""

import shutil

import pytest
import torch

from instructscene_core.errors import InvalidInputError
from instructscene_core.text.encoder import no_text
from instructscene_core.text.minilm import MAX_TOKENS, WEIGHTS_SHA256, MiniLM, package_folder

TEXTS = [
    "Put a nightstand to the left of a double bed.",
    "",
    " \n\t ",
    "把床头柜放在双人床的左边。",
    "Поставь тумбочку слева от двуспальной кровати.",
    "ضع منضدة بجانب السرير",
    "ベッドの左にランプ",
    "Stelle ein Bücherregal neben das Sofa — für 20 €",
    "🛏️ next to 🪑",
    "a\x00b\x07c\x1b[31m\u200b\ufeff desk",
    "desk " * 1000,
    "x" * 5000,
    "[CLS] [MASK] [SEP]",
]


@pytest.fixture(scope="module")
def encoder():
    return MiniLM()


@pytest.fixture(scope="module")
def reference():
    import transformers.utils

    # A torchvision built for another torch than the installed one cannot be imported, and BERT needs none.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transformers.utils, "is_torchvision_available", lambda: False)
        from transformers import AutoTokenizer, BertModel
    folder = package_folder()
    return AutoTokenizer.from_pretrained(folder), BertModel.from_pretrained(folder).eval()


@torch.inference_mode()
def test_states_equal_those_of_transformers(encoder, reference):
    tokenizer, model = reference
    states = encoder.encode(TEXTS, batch_size=4)
    batch = tokenizer(TEXTS, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
    mask = batch["attention_mask"].bool()
    hidden = model(**batch).last_hidden_state
    assert torch.equal(states.mask, mask)
    assert (states.hidden - hidden)[mask].abs().max() < 1e-4
    assert not states.hidden[~mask].any()
    mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    assert (states.pooled - torch.nn.functional.normalize(mean, dim=-1)).abs().max() < 1e-4


def test_long_texts_are_cut_and_said_to_be(encoder):
    states = encoder.encode(TEXTS)
    assert [t for t, cut in zip(TEXTS, states.truncated, strict=True) if cut] == ["desk " * 1000]
    assert states.hidden.shape == (len(TEXTS), MAX_TOKENS, encoder.width)


def test_a_lone_surrogate_is_text_too(encoder):
    states = encoder.encode(["a desk \ud800", "a desk ?"])
    # Rows of one batch may differ in their last bits.
    assert (states.hidden[0] - states.hidden[1]).abs().max() < 1e-5


def test_alone_or_in_a_batch(encoder):
    together, alone = encoder.encode(TEXTS[:4]), encoder.encode(TEXTS[:1])
    count = int(alone.mask.sum())
    assert (together.hidden[0, :count] - alone.hidden[0]).abs().max() < 1e-5
    assert (encoder.sentence_vectors(TEXTS[:4]) - together.pooled).abs().max() < 1e-5


def test_it_understands_furniture(encoder):
    couch, sofa, lamp = encoder.sentence_vectors(["a couch", "a sofa", "a ceiling lamp"])
    assert couch @ sofa > couch @ lamp + 0.2


def test_no_texts_give_no_states(encoder):
    assert encoder.encode([]).hidden.shape[0] == 0
    assert encoder.sentence_vectors([]).shape == (0, encoder.width)


def test_no_instruction_is_all_zero():
    states = no_text(2, 384)
    assert states.hidden.shape == (2, 1, 384)
    assert states.mask.all()
    assert not states.hidden.any()
    assert not states.pooled.any()


def test_half_precision_is_close(encoder):
    half = MiniLM(dtype=torch.bfloat16).sentence_vectors(TEXTS[:1])
    assert half.dtype == torch.float32
    assert (half * encoder.sentence_vectors(TEXTS[:1])).sum() > 0.99


def test_missing_files_are_named(tmp_path):
    with pytest.raises(InvalidInputError, match="weights cannot be read"):
        MiniLM(tmp_path)
    shutil.copy(package_folder() / "model.safetensors", tmp_path)
    with pytest.raises(InvalidInputError, match="tokenizer is missing"):
        MiniLM(tmp_path)


def test_altered_weights_are_refused(tmp_path):
    data = bytearray((package_folder() / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(data)
    with pytest.raises(InvalidInputError, match="SHA-256") as caught:
        MiniLM(tmp_path)
    assert caught.value.remedy
    assert len(WEIGHTS_SHA256) == 64
