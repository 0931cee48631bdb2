"""One row of a catalogue, and one searchable text of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Basis = Literal["process", "spend", "direct"]
LifeCyclePhase = Literal["production", "use", "end_of_life", "avoided"]
Variant = Literal["average", "virgin", "recycled", "organic"]
LabelKind = Literal["name", "name_part", "synonym", "index_term", "category", "glossary", "confirmed"]
"""Why a text names a dataset: its name, the beginning of one, another name, an entry of a classification's index
(column ``index_terms``), its category, a translation by the glossary, or a text that a human confirmed."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A process data set in the catalogue; the columns are those of PRODUCT.md's catalogue table.

    Attributes:
        unit: unit of the reference flow; the amount is always 1.
        gwp100_kg_co2e: characterised result per unit of the reference flow, or None: such a dataset can be
            matched and never yields a number.
        basis: ``process``, ``spend`` or ``direct`` (direct emissions only).
        uncertainty_pct: the source's own stated uncertainty (half-width of a 95 % band), or None.
        attributes: further columns, verbatim (citation, confidence, other names …).
    """

    dataset_id: str
    name: str
    unit: str
    gwp100_kg_co2e: float | None
    system_boundary: str
    basis: Basis
    source: str
    name_zh: str = ""
    synonyms: tuple[str, ...] = ()
    description: str = ""
    category: str = ""
    geography: str = ""
    year: int | None = None
    valid_until: int | None = None
    source_version: str = ""
    licence: str = ""
    uncertainty_pct: float | None = None
    url: str = ""
    life_cycle_phase: LifeCyclePhase = "production"
    variant: Variant = "average"
    attributes: Mapping[str, str] = field(default_factory=dict)

    def display_name(self, language: str) -> str:
        """The dataset's name for a reader of ``language``: the Chinese one for ``zh`` where there is one."""
        return self.name_zh if language == "zh" and self.name_zh else self.name


@dataclass(frozen=True, slots=True)
class Label:
    """One searchable text of a dataset: a name, synonym or category term, in a language."""

    text: str
    kind: LabelKind
    dataset_row: int
