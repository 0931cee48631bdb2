"""What a person decided about a proposal, as one record: the dataset taken and the footprint that then holds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from firstprint.domain.decision import HumanDecision
from firstprint.domain.product import Record
from firstprint.domain.proposal import DataQuality, Estimate, Flag, Proposal, StageShare

Method = Literal["as_proposed", "recomputed", "none"]
"""Where the footprint comes from: the number the person saw, the same routes with the dataset taken, or nowhere."""


class TakenDataset(Record):
    """The dataset that stands in for the product after a decision.

    Attributes:
        rank: its place among the proposal's candidates, or None for one chosen from the catalogue.
        gwp100_kg_co2e: emission factor per ``unit``, or None for a dataset without a result.
        kg_co2e: footprint of the declared unit by this dataset alone, or None where none follows.
        conversion: each step from declared unit to reference flow, as readable equations.
        dqr: data quality ratings for this product.
        warnings: what a reader must know before using this dataset.
        stages: what its value is made of, where its source says so.
    """

    rank: int | None = Field(None, ge=1)
    dataset_id: str
    name: str
    name_zh: str = ""
    geography: str
    unit: str
    gwp100_kg_co2e: float | None
    system_boundary: str
    basis: str
    source: str
    source_version: str
    licence: str
    year: int | None
    kg_co2e: float | None
    conversion: tuple[str, ...] = ()
    dqr: DataQuality
    warnings: tuple[str, ...] = ()
    citation: str = ""
    url: str = ""
    uncertainty_pct: float | None = None
    stages: tuple[StageShare, ...] = ()

    def display_name(self, language: str) -> str:
        """The dataset's name for a reader of ``language``: the Chinese one for ``zh`` where there is one."""
        return self.name_zh if language == "zh" and self.name_zh else self.name


class DecidedRecord(Record):
    """A proposal with the decision that stands on it, and the footprint that follows.

    Attributes:
        proposal: as it was made, with its status now.
        history: every decision on it in order, withdrawals among them.
        decision: the last that stands, or None where nobody decided.
        draft: nobody has decided: dataset and footprint are the proposal's own, and nothing is final.
        taken: the dataset that stands in, or None: rejected, superseded, or a draft without an acceptable dataset.
        footprint: of the declared unit, or None where no number holds.
        method: where the footprint comes from.
        flags: what a reader must see of this dataset and this number; the proposal's own where they are its own.
        catalogue_sha256: of the catalogue that the dataset was read from; the proposal's own for its candidates.
    """

    proposal: Proposal
    history: tuple[HumanDecision, ...]
    decision: HumanDecision | None
    draft: bool
    taken: TakenDataset | None
    footprint: Estimate | None
    method: Method
    flags: tuple[Flag, ...] = ()
    catalogue_sha256: str
