"""Training: ranker and acceptance from annotations, surrogate from the catalogue's references."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from firstprint.adapter_training import AdapterReport
from firstprint.assistant import Assistant
from firstprint.errors import FaultsError, ModelError, WorkspaceError
from firstprint.estimation.model import FamilyModel
from firstprint.intake import RawRequest
from firstprint.models import RANKER_FILE, train_surrogate
from firstprint.ranking.acceptance import Acceptance, features, save_acceptance
from firstprint.ranking.fitting import GradedQuery, HeldOutFirst, fit_acceptance
from firstprint.resources import resource
from firstprint.workspace import Progress


class Annotation(NamedTuple):
    """One annotated query: the datasets an analyst called right, and further ones they accept."""

    query_id: str
    text: str
    unit: str | None
    geography: str | None
    mass_kg: float | None
    relevant: frozenset[str]
    acceptable: frozenset[str]
    group: str


class TrainReport(NamedTuple):
    """What a training run made, and how it does on rows it never saw.

    Attributes:
        held_out_hit_at_1: share of answerable queries whose first candidate is right, on grouped held-out folds.
        held_out_accepted: share of all queries whose first candidate would be accepted.
        families: one line a target of the surrogate.
    """

    ranker_id: str
    surrogate_id: str
    annotations: int
    held_out_hit_at_1: float
    held_out_accepted: float
    match_at: float
    ambiguous_at: float
    families: tuple[str, ...]
    seconds: float
    adapter: AdapterReport | None = None


def load_annotations(path: Path | None = None) -> tuple[Annotation, ...]:
    """Reads annotated queries (columns of ``index/labels_train.csv``).

    Raises:
        FaultsError: listing every row at fault.
    """
    path = path or resource("index/labels_train.csv")
    annotations, faults = [], []
    with path.open(encoding="utf-8", newline="") as handle:
        for line, row in enumerate(csv.DictReader(handle), start=2):
            try:
                annotations.append(_annotation(row))
            except (KeyError, ValueError) as error:
                faults.append(f"{path.name} line {line}: {error}")
    if faults:
        raise FaultsError("The annotations cannot be read.", faults, hint="Mend the rows named.")
    return tuple(annotations)


def _annotation(row: dict[str, str]) -> Annotation:
    relevant = frozenset(filter(None, row["relevant"].split("|")))
    return Annotation(
        query_id=row["id"],
        text=row["text"],
        unit=row["unit"] or None,
        geography=row["geography"] or None,
        mass_kg=float(row["mass_kg"]) if row["mass_kg"] else None,
        relevant=relevant,
        acceptable=relevant | frozenset(filter(None, row["acceptable"].split("|"))),
        group=row["group"],
    )


def grade(
    assistant: Assistant, annotations: Sequence[Annotation], progress: Progress | None = None
) -> list[GradedQuery]:
    """Retrieves every annotated query and marks which candidates are right."""
    graded = []
    for done, note in enumerate(annotations, start=1):
        raw = RawRequest(note.text, unit=note.unit, geography=note.geography, mass_kg=note.mass_kg)
        ranked = assistant.ranked(raw)
        ids = [one.dataset.dataset_id for one in ranked]
        graded.append(
            GradedQuery(
                features=features([one.found for one in ranked], [one.fits for one in ranked]),
                relevant=np.array([key in note.relevant for key in ids], dtype=np.bool_),
                acceptable=np.array([key in note.acceptable for key in ids], dtype=np.bool_),
                group=note.group,
                answerable=bool(note.acceptable),
                text=note.text,
                spend=np.array([one.dataset.basis == "spend" for one in ranked], dtype=np.bool_),
                source="annotations",
            )
        )
        if progress is not None:
            progress("annotations", done, len(annotations))
    return graded


def train_ranker(
    assistant: Assistant, annotations: Sequence[Annotation], progress: Progress | None = None
) -> tuple[Acceptance, HeldOutFirst, list[GradedQuery]]:
    """Fits the ranker on annotations.

    Raises:
        ModelError: there are too few annotations, or all have the same verdict.
    """
    graded = grade(assistant, annotations, progress)
    try:
        model, held_out = fit_acceptance(graded)
    except ValueError as error:
        raise ModelError(
            f"The ranker cannot be trained: {error}.",
            hint="Add annotated queries to index/labels_train.csv.",
            code="ranker_untrainable",
        ) from error
    return model, held_out, graded


def train(assistant: Assistant, progress: Progress | None = None) -> TrainReport:
    """Fits ranker, acceptance and surrogate, and keeps them in the home folder.

    Raises:
        WorkspaceError: the home folder cannot be written.
        ModelError: there is too little to learn from.
    """
    start = time.perf_counter()
    model, held_out, graded = train_ranker(assistant, load_annotations(), progress)
    folder = assistant.settings.model_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_acceptance(model, folder / RANKER_FILE)
    except OSError as error:
        raise WorkspaceError(
            f"The ranker cannot be written to {folder} ({error.strerror or error}).",
            hint="Choose a folder you may write to: --home DIR or FIRSTPRINT_HOME=DIR.",
            code="home_unwritable",
        ) from error
    surrogate = train_surrogate(assistant.settings, assistant.catalogue, assistant.encoder, progress)
    answerable = np.array([query.answerable for query in graded if len(query.features)])
    return TrainReport(
        ranker_id=model.ranker_id,
        surrogate_id=surrogate.surrogate_id,
        annotations=len(graded),
        held_out_hit_at_1=float(held_out.relevant[answerable].mean()),
        held_out_accepted=float(held_out.accepted.mean()),
        match_at=model.match_at,
        ambiguous_at=model.ambiguous_at,
        families=tuple(_family_line(family) for family in surrogate.families.values()),
        seconds=time.perf_counter() - start,
    )


def _family_line(family: FamilyModel) -> str:
    """One target of the surrogate in words: what was chosen, on how many references, how well on held-out groups."""
    chosen = family.choice.label()
    scores = [score for score in family.scores if score.model == chosen]
    told = "; ".join(f"{score.scheme} factor2 {score.factor2:.2f}, MAE log10 {score.mae_log10:.2f}" for score in scores)
    return f"per {family.unit}: {chosen}, {len(family.values)} references; {told}"
