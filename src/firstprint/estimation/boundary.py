"""From a food's footprint on the plate to one at the gate: what shop, transport, packaging and kitchen add."""

from __future__ import annotations

PLATE_TO_GATE = 0.63
"""A food at the factory gate or distribution centre, as a share of the same food on the plate.

Measured where both are published: foods of SU-EATABLE LIFE (to the distribution centre) against the nearest rows of
Agribalyse 3.1 (to the plate): read off all 324 foods, median .63; the half of the typologies with an even CRC-32 alone
gives .64, the other .61 (DECISIONS 53). Nearly all rows of the
default catalogue that reach beyond the gate per kilogram are Agribalyse's foods.
"""


def reaches_beyond(dataset_boundary: str, asked_boundary: str = "cradle_to_gate") -> bool:
    """Whether a dataset counts what comes after the gate and the question does not."""
    return dataset_boundary == "cradle_to_grave" and asked_boundary == "cradle_to_gate"
