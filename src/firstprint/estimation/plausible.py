"""What a fact that a description does not state may be: main materials, and the power a thing is made with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.domain.steps import Encoder
from firstprint.estimation.features import mix
from firstprint.estimation.next_measurement import PlausibleFact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

MATERIALS = ("steel", "aluminium", "plastic", "wood", "cotton", "glass")
POWERS = ("hydropower", "coal electricity", "average grid electricity")
_STATED: Mapping[PlausibleFact, re.Pattern[str]] = {
    "material": re.compile(
        r"steel|iron|alumin|metal|copper|brass|plastic|polymer|PET\b|PP\b|wood|oak|pine|paper|board|cotton|wool|"
        r"polyester|nylon|leather|glass|ceramic|concrete|cement|rubber|钢|铁|铝|铜|金属|塑料|聚|木|纸|棉|毛|涤|皮|玻璃|陶|"
        r"混凝土|水泥|橡胶",
        re.IGNORECASE,
    ),
    "electricity_mix": re.compile(r"electric|power|grid|hydro|coal|solar|wind|电", re.IGNORECASE),
}


class Words(NamedTuple):
    """Vectors of the words, encoded once; shapes (n, dimension)."""

    materials: NDArray[np.float32]
    powers: NDArray[np.float32]


def encoded_words(encoder: Encoder) -> Words:
    """Encodes the words."""
    vectors = np.asarray(encoder.encode([*MATERIALS, *POWERS]), dtype=np.float32)
    return Words(vectors[: len(MATERIALS)], vectors[len(MATERIALS) :])


def plausible(
    description: str, vector: NDArray[np.float32], words: Words
) -> dict[PlausibleFact, Sequence[NDArray[np.float32]]]:
    """The description's vector turned towards each word of the facts that it does not state itself."""
    of_fact: dict[PlausibleFact, NDArray[np.float32]] = {"material": words.materials, "electricity_mix": words.powers}
    return {
        fact: list(mix(np.repeat(vector[None, :], len(vectors), axis=0), vectors))
        for fact, vectors in of_fact.items()
        if not _STATED[fact].search(description)
    }
