"""Training: ranker and acceptance from annotations, surrogate from the catalogue's references."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from firstprint.adapter_training import AdapterReport, train_adapter
from firstprint.assistant import Assistant
from firstprint.errors import FaultsError, home_unwritable
from firstprint.estimation.model import FamilyModel
from firstprint.intake import RawRequest
from firstprint.learning import Learned, confirmed_in, learn_from
from firstprint.models import RANKER_FILE, surrogate_note, train_surrogate
from firstprint.ranking.acceptance import features, save_acceptance
from firstprint.ranking.fitting import GradedQuery
from firstprint.resources import resource
from firstprint.settings import Settings
from firstprint.trained_on import SourceUsed
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
    """What a training run made, and how it does on decisions it never saw.

    Attributes:
        decisions: confirmed texts that the ranker was asked about, each without its own decision.
        ranker: one sentence: what became of the ranker.
        hit_at_1_before: share of these whose dataset came first by the shipped ranker; None with too few.
        hit_at_1_after: the same by the one fitted on other decisions.
        families: one line a target of the surrogate.
        adapter: what became of the catalogue adapter.
        references: imported sources the surrogate was trained on, beside the catalogue.
    """

    ranker_id: str
    surrogate_id: str
    decisions: int
    ranker: str
    hit_at_1_before: float | None
    hit_at_1_after: float | None
    match_at: float
    ambiguous_at: float
    families: tuple[str, ...]
    seconds: float
    adapter: AdapterReport | None = None
    references: tuple[SourceUsed, ...] = ()


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
                features=features([one.found for one in ranked], [one.fits for one in ranked], note.text),
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


def train(assistant: Assistant, progress: Progress | None = None) -> TrainReport:
    """Fits adapter and ranker to the decisions made, and the surrogate to the references; keeps them in the home.

    Without enough decisions adapter and ranker stay what they are: the shipped ranker learned from public suites that
    a workspace does not have.

    Raises:
        WorkspaceError: the home folder cannot be written.
        ModelError: there is too little to learn from.
    """
    start = time.perf_counter()
    decisions = confirmed_in(assistant)
    settings = assistant.settings
    adapted = train_adapter(settings, assistant.index, assistant.encoder, decisions, progress)
    learned = learn_from(assistant, decisions, progress)
    _keep_ranker(settings, learned)
    surrogate = train_surrogate(settings, assistant.catalogue, assistant.encoder, progress)
    note = surrogate_note(settings, assistant.encoder)
    return TrainReport(
        ranker_id=learned.model.ranker_id,
        surrogate_id=surrogate.surrogate_id,
        decisions=learned.decisions,
        ranker=learned.why,
        hit_at_1_before=learned.before,
        hit_at_1_after=learned.after,
        match_at=learned.model.match_at,
        ambiguous_at=learned.model.ambiguous_at,
        families=tuple(_family_line(family) for family in surrogate.families.values()),
        seconds=time.perf_counter() - start,
        adapter=adapted.report,
        references=note.references if note else (),
    )


def _keep_ranker(settings: Settings, learned: Learned) -> None:
    """Writes a ranker that learned something; takes an earlier one away where nothing was learned."""
    path = settings.model_folder / RANKER_FILE
    try:
        if learned.adopted:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_acceptance(learned.model, path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise home_unwritable("The ranker", path.parent, error) from error


def _family_line(family: FamilyModel) -> str:
    """One target of the surrogate in words: what was chosen, on how many references, how well on held-out groups."""
    level = family.levels["attributes" if "attributes" in family.levels else "text"]
    chosen = level.choice.label()
    scores = [score for score in level.scores if score.model == chosen]
    told = "; ".join(f"{score.scheme} factor2 {score.factor2:.2f}, MAE log10 {score.mae_log10:.2f}" for score in scores)
    return f"per {family.unit}: {chosen}, {len(family.values)} references; {told}"
