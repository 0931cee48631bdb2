"""Writes a suite folder: the same input gives the same bytes, and a folder is swapped in whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from firstprint.catalogue.schema import COLUMNS as CATALOGUE_COLUMNS
from firstprint.domain.dataset import Dataset
from firstprint.errors import InputError
from firstprint.evaluation.prepare.published import Prepared
from firstprint.evaluation.records import Protocol, Query, Task
from firstprint.importers.cells import number_text
from firstprint.version import __version__

QUERY_COLUMNS = (
    "id",
    "text",
    "language",
    "geography",
    "unit",
    "amount",
    "mass_kg",
    "category",
    "group",
    "relevant",
    "acceptable",
    "reference_kg_co2e",
)
"""Columns of ``queries.csv`` in the contract's order (PRODUCT.md, "Evaluation suite")."""
_FILES = ("suite.toml", "queries.csv", "catalogue.csv")


@dataclass(frozen=True, slots=True)
class Draft:
    """A suite about to be written.

    Attributes:
        catalogue: ``own`` writes ``datasets`` as the suite's ``catalogue.csv``; None leaves the key out.
        folds: 0 leaves one group out at a time.
        notes: what was kept and left out; handed on to whoever asked, and not written.
    """

    name: str
    task: Task
    protocol: Protocol
    catalogue: str | None
    queries: Sequence[Query]
    licence: str
    source: str
    description: str
    datasets: Sequence[Dataset] = ()
    folds: int = 5
    seed: int = 0
    notes: tuple[str, ...] = ()


def write_suite(out: Path, draft: Draft, originals: Sequence[Path]) -> Prepared:
    """Writes ``out / draft.name``; a suite that was prepared there before is replaced.

    Raises:
        InputError: there is something else at that place, or the folder cannot be written.
    """
    target = out / draft.name
    texts = {"suite.toml": _settings(draft, originals), "queries.csv": _queries(draft.queries)}
    if draft.catalogue == "own":
        texts["catalogue.csv"] = _catalogue(draft.datasets)
    try:
        _refuse_foreign(target)
        out.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{draft.name}-", dir=out))
        try:
            for name, text in texts.items():
                (building / name).write_text(text, encoding="utf-8", newline="")
            building.chmod(0o755)  # mkdtemp keeps others out
            _swap_in(building, target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise InputError(
            f"The suite {draft.name} cannot be written in {out}: {error.strerror}.",
            hint="Name a folder that can be written with --out.",
            code="suite_not_writable",
        ) from error
    datasets = len(draft.datasets) if draft.catalogue == "own" else None
    return Prepared(target, len(draft.queries), datasets, draft.notes)


def _refuse_foreign(target: Path) -> None:
    """Raises InputError unless the place is free, empty or a suite prepared here with nothing added to it."""
    if not (target.exists() or target.is_symlink()):
        return
    reason = "is not a folder"
    if target.is_dir() and not target.is_symlink():
        names = {entry.name for entry in target.iterdir()}
        if not names or (names <= set(_FILES) and _made_here(target / "suite.toml")):
            return
        added = sorted(names - set(_FILES))
        reason = f"holds {added[0]!r}" if added else "is not a suite that eval prepare made"
    raise InputError(
        f"{target} {reason} and is left as it is.",
        hint="Name another folder with --out, or move that one away.",
        code="suite_folder_foreign",
    )


def _made_here(settings: Path) -> bool:
    try:
        return "prepared_by" in tomllib.loads(settings.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False


def _swap_in(building: Path, target: Path) -> None:
    """Puts the finished folder in place; where that fails, the one before comes back."""
    old = building.with_name(building.name + "-old")
    if target.exists():
        target.replace(old)
    try:
        building.replace(target)
    except OSError:
        if old.exists():
            old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _settings(draft: Draft, originals: Sequence[Path]) -> str:
    """The text of ``suite.toml``; originals are named without their folder."""
    catalogue = "catalogue.csv" if draft.catalogue == "own" else draft.catalogue
    lines = [
        f"name = {_quoted(draft.name)}",
        f"task = {_quoted(draft.task)}",
        *([f"catalogue = {_quoted(catalogue)}"] if catalogue else []),
        f"protocol = {_quoted(draft.protocol)}",
        'group = "group"',
        f"folds = {draft.folds}",
        f"seed = {draft.seed}",
        f"licence = {_quoted(draft.licence)}",
        f"source = {_quoted(draft.source)}",
        f"description = {_quoted(draft.description)}",
        f"prepared_by = {_quoted(f'firstprint {__version__}')}",
        "prepared_from = [",
    ]
    for path in originals:
        checksum = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f'  {{ file = {_quoted(path.name)}, sha256 = "{checksum}" }},')
    return "\n".join([*lines, "]", ""])


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _queries(queries: Sequence[Query]) -> str:
    """``queries.csv``: the contract's columns, ``held_out`` and ``pair`` where used, then every extra column."""
    further = [name for name in ("held_out", "pair") if any(getattr(query, name) for query in queries)]
    extra = sorted({name for query in queries for name in query.extra})
    return _csv_text(
        (*QUERY_COLUMNS, *further, *extra),
        (
            (*_query_cells(query), *_further(query, further), *(query.extra.get(name, "") for name in extra))
            for query in queries
        ),
    )


def _further(query: Query, names: Sequence[str]) -> list[str]:
    cells = {"held_out": "|".join(query.held_out), "pair": query.pair}
    return [cells[name] for name in names]


def _query_cells(query: Query) -> tuple[str, ...]:
    return (
        query.id,
        query.text,
        query.language or "",
        query.geography or "",
        query.unit or "",
        number_text(query.amount),
        number_text(query.mass_kg),
        query.category or "",
        query.group,
        "|".join(query.relevant),
        "|".join(query.acceptable),
        number_text(query.reference_kg_co2e),
    )


def _catalogue(datasets: Sequence[Dataset]) -> str:
    """``catalogue.csv``: the contract's columns, then phase, variant and every further attribute."""
    extra = sorted({name for dataset in datasets for name in dataset.attributes})
    return _csv_text(
        (*CATALOGUE_COLUMNS, "life_cycle_phase", "variant", *extra),
        ((*_dataset_cells(dataset), *(dataset.attributes.get(name, "") for name in extra)) for dataset in datasets),
    )


def _dataset_cells(dataset: Dataset) -> tuple[str, ...]:
    # A bar separates synonyms, so one inside a text becomes a slash.
    synonyms = "|".join(text.replace("|", "/") for text in dataset.synonyms)
    return (
        dataset.dataset_id,
        dataset.name,
        dataset.name_zh,
        synonyms,
        dataset.description,
        dataset.category,
        dataset.geography,
        dataset.unit,
        number_text(dataset.gwp100_kg_co2e),
        dataset.system_boundary,
        dataset.basis,
        "" if dataset.year is None else str(dataset.year),
        "" if dataset.valid_until is None else str(dataset.valid_until),
        dataset.source,
        dataset.source_version,
        dataset.licence,
        number_text(dataset.uncertainty_pct),
        dataset.url,
        dataset.life_cycle_phase,
        dataset.variant,
    )
