"""Bills for tests: small files, and an assistant whose numbers can be worked out by hand."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

from firstprint.domain.bill_of_materials import BillResult
from firstprint.domain.product import DeclaredUnit, Product
from firstprint.domain.proposal import (
    Candidate,
    Checks,
    DataQuality,
    Estimate,
    Flag,
    MatchResult,
    Proposal,
    Provenance,
    Rationale,
    Scores,
)
from firstprint.estimation.lognormal import lognormal_interval
from firstprint.importers.bill_of_materials import ReadBill, read_bill
from firstprint.importers.bill_templates import template_named
from firstprint.units import dimension

GATE = template_named("cradle-to-gate")
GRAVE = template_named("cradle-to-grave")
BATTERY = template_named("battery")
PROVENANCE = Provenance(
    software="firstprint 0.1.0",
    catalogue_sha256="c" * 64,
    index_id="index",
    embedding_model="encoder",
    surrogate_id="surrogate",
    ranker_id="ranker",
    prompt_sha256=None,
    llm=None,
    created="2026-03-05T08:12:44+00:00",
)


def write_csv(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """A csv file of these rows, the first of them the headings."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def bill_from(path: Path, rows: Sequence[Sequence[object]], template=GATE, **options) -> ReadBill:
    """A bill read from a file with these rows."""
    return read_bill(write_csv(path / "bill.csv", rows), template, **options)


class ArithmeticAssistant:
    """Answers with a factor of the text times the amount in kilograms, so that every sum can be checked.

    A text with "mystery" has no dataset; one with "nothing" has no number at all; equal last words share a dataset.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, object]]] = []

    def match(self, text: str, **options: object) -> MatchResult:
        return MatchResult(query=text, candidates=(), decision="no_match", provenance=PROVENANCE)

    def estimate(self, text: str, **options) -> Proposal:
        self.asked.append((text, options))
        amount, unit, mass = options["amount"], options["unit"], options["mass_kg"]
        kilograms = amount if dimension(unit) != "count" or mass is None else amount * mass
        value, sigma = kilograms * factor_of(text), 0.3 + 0.01 * (len(text) % 7)
        span = lognormal_interval(value, sigma, 0.9)
        matched = "mystery" not in text and "nothing" not in text
        estimate = None
        if "nothing" not in text and span is not None:
            basis = "combined" if matched else "surrogate"
            estimate = Estimate(kg_co2e=value, low=span.low, high=span.high, coverage=0.9, basis=basis)
        return Proposal(
            id=text,
            product=Product(
                description=text,
                language="en",
                declared_unit=DeclaredUnit(amount=amount, unit=unit),
                mass_kg=mass,
                geography=options["geography"],
                system_boundary=options["boundary"],
            ),
            estimate=estimate,
            candidates=(_candidate(text, value),),
            decision="match" if matched else "no_match",
            surrogate=None,
            flags=() if matched else (Flag(code="no_match", message="none"),),
            next_measurement=None,
            rationale=Rationale(
                text="", language="en", generated_by="template", citations=(),
                checks=Checks(numbers="ok", datasets="ok", relations="ok"),
            ),
            provenance=PROVENANCE,
        )  # fmt: skip


def factor_of(text: str) -> float:
    """kg CO2e per kilogram of a text, between 1 and 6."""
    return 1.0 + 5.0 * hashlib.sha256(text.encode()).digest()[0] / 255


def _candidate(text: str, value: float) -> Candidate:
    return Candidate(
        rank=1,
        dataset_id=f"d-{text.split()[-1]}",
        name=f"Dataset {text.split()[-1]}",
        name_zh="数据集",
        geography="GLO",
        unit="kg",
        gwp100_kg_co2e=factor_of(text),
        system_boundary="cradle_to_gate",
        basis="process",
        source="made-up",
        source_version="1",
        licence="CC0",
        year=2022,
        similarity=0.9,
        scores=Scores(dense=0.9, lexical=0.9, memory=0.0, fit=1.0),
        acceptance_probability=0.9,
        kg_co2e=value,
        conversion=("1 kg × 2 kg CO2e/kg = 2 kg CO2e",),
        dqr=DataQuality(technological=2, geographical=2, temporal=2),
        citation="A made-up source",
        warnings=("Made up.",),
    )


def line(bill: BillResult, component: str):
    """The line of a component."""
    return next(one for one in bill.lines if one.component == component)
