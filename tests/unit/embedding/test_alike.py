"""A text's vector does not depend on what is encoded beside it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from firstprint.blocks import BLOCK
from firstprint.embedding.alike import encode_alike
from firstprint.embedding.opening import open_encoder

TEXTS = [
    f"{size} {thing}"
    for size in ("", "25 g", "1.2mm", "500 ml 装")
    for thing in ("PET bottle for mineral water", "热轧卷板 Q235B", "Stahlblech verzinkt", "acier", "瓦楞纸箱", "x", "")
]


@pytest.fixture(scope="module")
def encoder():
    return open_encoder()


def test_vectors_are_the_same_alone_together_and_in_another_order(encoder):
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    order = list(range(len(TEXTS)))
    random.Random(3).shuffle(order)
    shuffled = np.empty_like(together)
    shuffled[order] = encoder.encode([TEXTS[place] for place in order])
    assert np.array_equal(together, alone)
    assert np.array_equal(together, shuffled)


def test_vectors_are_those_of_the_model_but_for_rounding(encoder):
    encoder.wait()
    plain = encoder._model.encode(TEXTS)
    assert np.abs(plain - encoder.encode(TEXTS)).max() < 2e-6


def test_a_text_longer_than_a_block_of_tokens_is_encoded_like_any_other(encoder):
    long = "镀锌钢板 " * 400
    assert np.array_equal(encoder.encode([long, "x"])[0], encoder.encode(["y", "z", long])[2])


class _Backend:
    """Stands for the backend at its edge: notes the shapes it is given."""

    def __init__(self):
        self.sp, self.shapes = self, []

    def encode(self, text, **_):
        return [7] * len(text)

    def _encode_batch(self, group, tokens, out):
        assert tokens == sum(map(len, group))
        self.shapes.append((len(group), tokens))
        out[:] = np.array([len(ids) for ids in group], dtype=np.float32)[:, None]


@pytest.mark.parametrize("count", range(1, 20))
def test_every_block_is_whole(count):
    backend = _Backend()
    texts = ["a" * (1 + 3 * n) for n in range(count)]
    got = encode_alike(backend, texts)
    assert got[:, 0].tolist() == [len(text) for text in texts]
    assert all(texts % BLOCK == 0 and tokens % BLOCK == 0 for texts, tokens in backend.shapes)
