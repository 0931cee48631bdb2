"""One suite from folder to result: read, split, look for leaks, ask, measure."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from firstprint.errors import FaultsError
from firstprint.evaluation.asking import groups_of
from firstprint.evaluation.folds import Fold, grouped_folds
from firstprint.evaluation.leakage import Leaks, find_leaks
from firstprint.evaluation.metrics.bootstrap import metrics_of
from firstprint.evaluation.metrics.conditional import conditional_coverage
from firstprint.evaluation.records import ConditionalCoverage, EstimateRun, Run, Suite, SuiteResult
from firstprint.evaluation.reference_leaks import reference_leaks
from firstprint.evaluation.run_estimate import run_estimate
from firstprint.evaluation.run_match import run_match
from firstprint.evaluation.run_rationale import run_rationale
from firstprint.evaluation.suite import read_suite
from firstprint.training import load_annotations
from firstprint.version import __version__

if TYPE_CHECKING:
    from firstprint.evaluation.workbench import Workbench
    from firstprint.retrieval.index_folder import OpenIndex


class Options(NamedTuple):
    """How suites are run.

    Attributes:
        allow_leaky: run an estimate suite whose split is random, and mark the result.
        replicates: of the bootstrap.
        corruptions: of a rationale suite, at least this many in all.
    """

    allow_leaky: bool = False
    replicates: int = 1000
    corruptions: int = 2_000


DEFAULTS = Options()


class _Stopwatch:
    """Seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._started = self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds[step] = now - self._last
        self._last = now

    def total(self) -> Mapping[str, float]:
        return {**self.seconds, "total": time.perf_counter() - self._started}


def read_all(folders: Sequence[Path], bench: Workbench, options: Options = DEFAULTS) -> list[Suite]:
    """Reads suites and checks each against the catalogue it is asked of.

    Raises:
        FaultsError: listing every fault of every folder; nothing has been run then.
    """
    suites: list[Suite] = []
    faulty: list[FaultsError] = []
    for folder in folders:
        try:
            suites.append(read_suite(folder, known_ids=_default_ids(bench), allow_leaky=options.allow_leaky))
        except FaultsError as error:
            faulty.append(error)
    names = [suite.name for suite in suites]
    twice = sorted({name for name in names if names.count(name) > 1})
    if len(faulty) == 1 and len(folders) == 1:
        raise faulty[0]
    faults = [fault for error in faulty for fault in error.faults]
    faults += [f"two suites are called {name!r}: their results would overwrite each other" for name in twice]
    if faults:
        raise FaultsError("Suites cannot be run.", faults, hint="Mend the places named; nothing has been run.")
    return suites


def run_suite(suite: Suite, bench: Workbench, options: Options = DEFAULTS) -> SuiteResult:
    """Runs one suite.

    Args:
        suite: read by ``read_for_run``.
        bench: the open workspace.
        options: how to run it.
    """
    watch = _Stopwatch()
    folds = () if suite.protocol == "zero-shot" else tuple(grouped_folds(groups_of(suite), suite.folds, suite.seed))
    index = None if suite.task == "rationale" else bench.index_of(suite)
    leaks = _leaks(suite, folds, index, bench)
    watch.lap("open")
    run = _run(suite, folds, leaks, bench, options)
    watch.lap("run")
    bench.progress(f"{suite.name}: bootstrap", 0, 1)
    metrics, baselines, differences = metrics_of(run, options.replicates, suite.seed)
    bench.progress(f"{suite.name}: bootstrap", 1, 1)
    conditional = _conditional(suite, run, options)
    watch.lap("bootstrap")
    return SuiteResult(
        suite=suite,
        run=run,
        metrics=metrics,
        baselines=baselines,
        differences=differences,
        warnings=leaks.warnings,
        seconds=watch.total(),
        provenance=_provenance(suite, index, bench),
        bootstrap=options.replicates,
        conditional=conditional,
    )


def _conditional(suite: Suite, run: Run, options: Options) -> tuple[ConditionalCoverage, ...]:
    if not isinstance(run, EstimateRun):
        return ()
    return conditional_coverage(run, [query.category or "" for query in suite.queries], options.replicates, suite.seed)


def _default_ids(bench: Workbench) -> Callable[[], Collection[str]]:
    return lambda: bench.default_index.catalogue.column("dataset_id")


def _leaks(suite: Suite, folds: tuple[Fold, ...], index: OpenIndex | None, bench: Workbench) -> Leaks:
    annotated = {note.text for note in load_annotations()}
    imported = None
    if suite.task == "estimate" and not folds:  # folds have surrogates of their own
        shipped = bench.default_index.catalogue
        families = bench.surrogate.families.values()
        imported = reference_leaks(suite.queries, families, lambda key: shipped.find(key) is not None)
    return find_leaks(suite, folds, None if index is None else index.catalogue, annotated, imported)


def _run(suite: Suite, folds: tuple[Fold, ...], leaks: Leaks, bench: Workbench, options: Options) -> Run:
    if suite.task == "match":
        return run_match(suite, folds, bench)
    if suite.task == "estimate":
        return run_estimate(suite, folds, leaks.masked, bench)
    return run_rationale(
        suite, chat=bench.chat, progress=bench.progress, corruptions=options.corruptions, seed=suite.seed
    )


def _provenance(suite: Suite, index: OpenIndex | None, bench: Workbench) -> dict[str, str | None]:
    shipped = (
        bench.surrogate_of(suite).surrogate_id if suite.task == "estimate" and suite.protocol == "zero-shot" else None
    )
    trained = "trained on the other folds" if suite.protocol == "cross-fit" else None
    return {
        "software": f"firstprint {__version__}",
        "suite_sha256": suite.sha256,
        "catalogue_sha256": None if index is None else index.catalogue.sha256,
        "index_id": None if index is None else index.manifest.index_id,
        "embedding_model": bench.encoder.encoder_id,
        "surrogate_id": shipped or trained,
        "ranker_id": bench.ranker.ranker_id,
        "llm": bench.settings.llm if suite.task == "rationale" else None,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def names_of(suite: Suite, bench: Workbench) -> dict[str, str]:
    """Names of the datasets that a suite's queries name, for the report."""
    index = bench.index_of(suite) if suite.task != "rationale" else None
    if index is None:
        return {}
    wanted = dict.fromkeys(key for query in suite.queries for key in (*query.relevant, *query.acceptable))
    rows = {key: row for key in wanted if (row := index.catalogue.find(key)) is not None}
    return dict(zip(rows, index.catalogue.texts("name", rows.values()), strict=True))
