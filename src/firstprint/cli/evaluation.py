"""``firstprint eval``: list, prepare, run and compare evaluation suites."""

from __future__ import annotations

import dataclasses
import json as json_module
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstprint.cli import options
from firstprint.cli.errors import FAULT_FOUND
from firstprint.cli.output import columns, console, notice, show, write_json
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import settings_of
from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.evaluation.records import SuiteResult

app = typer.Typer(no_args_is_help=True, help="Run evaluation suites against reference matches and footprints.")

OWN_SUITES = Path("evals/suites")
_PREPARED = "suites"

Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where to write; made where it is missing.")]


@app.command("list")
def list_suites(
    context: typer.Context,
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="DIR", help="Folders to look in; else evals/suites here and the suites of the home."),
    ] = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """List the suites at hand, and the published datasets that can be prepared."""
    from firstprint.evaluation.prepare.published import published
    from firstprint.evaluation.suite import find_suites, suite_summary

    roots = folders or [OWN_SUITES, settings_of(context, home).home / _PREPARED]
    summaries = [suite_summary(folder) for folder in find_suites([root for root in roots if root.is_dir()])]
    known = list(published().values())
    if json:
        body = {
            "suites": [summary._asdict() for summary in summaries],
            "published": [
                {"name": one.name, "title": one.title, "makes": one.makes, "originals": _dicts(one.originals)}
                for one in known
            ],
        }
        write_json(json_module.dumps(body, ensure_ascii=False, indent=2, default=str))
        return
    from firstprint.cli.render_evaluation import suites_view

    on = console()
    show(suites_view(summaries, known, roots, columns(on)), on)


def _dicts(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [row._asdict() for row in rows]


@app.command("prepare")
def prepare_suites(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which published dataset; see: firstprint eval list")],
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Further original files, after --from FILE.")
    ] = None,
    originals: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="Original files as published, in any order, or a folder of them."),
    ] = None,
    out: Out = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Turn the original files of a published dataset into suites.

    The originals are never part of firstprint: each keeps its own terms, and what is missing is named with the
    place to download it from.
    """
    from firstprint.evaluation.prepare.published import prepare

    target = out or settings_of(context, home).home / _PREPARED
    made = prepare(name, [*(originals or []), *(more or [])], target)
    if json:
        write_json(json_module.dumps(_dicts(made), ensure_ascii=False, indent=2, default=str))
        return
    from firstprint.cli.render_evaluation import prepared_view

    show(prepared_view(made), console())


@app.command("run")
def run_suites(
    context: typer.Context,
    suites: Annotated[list[Path], typer.Argument(metavar="SUITE_DIR", help="Suite folders, or folders of suites.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Results: DIR itself for one suite, else a folder a suite.")
    ],
    replicates: Annotated[
        int, typer.Option("--replicates", metavar="N", min=100, max=100_000, help="Bootstrap samples of the groups.")
    ] = 1000,
    allow_leaky: Annotated[  # noqa: FBT002
        bool, typer.Option("--allow-leaky", help="Run estimate suites with a random split; the result is marked.")
    ] = False,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Run suites and write metrics.json, predictions.csv and report.html.

    Every figure comes with a 95 % interval by bootstrap over groups, and beside baselines run on the same data.
    """
    from firstprint.evaluation.runner import Options, names_of, read_all, run_suite
    from firstprint.evaluation.suite import find_suites
    from firstprint.evaluation.workbench import Workbench

    folders = find_suites(suites)
    missing = [str(root) for root in suites if not find_suites([root])]
    if missing:
        raise InputError(
            f"No suite (a folder with suite.toml) in {', '.join(missing)}.",
            hint="See: firstprint eval list, and firstprint eval prepare --help",
            code="suite_missing",
        )
    chosen = Options(allow_leaky=allow_leaky, replicates=replicates)
    with StepProgress() as progress, Workbench(settings_of(context, home), progress) as bench:
        results, read = [], read_all(folders, bench, chosen)
        _make(out)
        for suite in read:
            result = run_suite(suite, bench, chosen)
            _write(result, out if len(folders) == 1 else out / suite.name, names_of(suite, bench))
            results.append(result)
            if not json:
                progress.pause()
                _show(result)
    _write_overview(results, out)
    if json:
        _print_json(results)
        return
    notice(f"firstprint: results in {out}")


def _make(out: Path) -> None:
    """The folder of results, made before anything is run, so that no run is lost to a path that cannot be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"Results cannot be written to {out} ({error.strerror or error}).",
            hint="Name a folder you may write to: --out DIR",
            code="results_unwritable",
        ) from error


def _write(result: SuiteResult, folder: Path, names: dict[str, str]) -> None:
    from firstprint.evaluation.report.page import write_report
    from firstprint.evaluation.results import write_results

    write_results(result, folder)
    write_report(result, folder / "report.html", names)


def _write_overview(results: Sequence[SuiteResult], out: Path) -> None:
    from firstprint.evaluation.report.overview import write_overview

    if len(results) > 1:
        write_overview(results, out / "index.html")


def _show(result: SuiteResult) -> None:
    from firstprint.cli.render_evaluation import result_view

    on = console()
    show(result_view(result, columns(on)), on)


def _print_json(results: Sequence[SuiteResult]) -> None:
    from firstprint.evaluation.results import render_metrics

    documents = [render_metrics(result).rstrip() for result in results]
    write_json(documents[0] if len(documents) == 1 else "[" + ",\n".join(documents) + "]")


@app.command("compare")
def compare_runs(
    before: Annotated[
        Path, typer.Argument(metavar="A", help="Results or accepted baselines: the side to compare with.")
    ],
    after: Annotated[Path, typer.Argument(metavar="B", help="Results to judge.")],
    replicates: Annotated[
        int, typer.Option("--replicates", metavar="N", min=100, max=100_000, help="Bootstrap samples of the groups.")
    ] = 2000,
    accept: Annotated[  # noqa: FBT002
        bool, typer.Option("--accept", help="Keep B as the accepted baselines in the folder A, losses included.")
    ] = False,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Compare two runs, metric by metric, by paired bootstrap over groups.

    Exits with 1 when any metric of B is significantly worse than A's.
    """
    from firstprint.evaluation.compare import compare

    if accept and _is_empty(before):
        _accept(before, after)
        return
    found = compare(before, after, replicates)
    if json:
        body = {**dataclasses.asdict(found), "significant_loss": found.significant_loss}
        write_json(json_module.dumps(body, ensure_ascii=False, indent=2, default=_json_value))
    else:
        from firstprint.cli.render_comparison import comparison_view

        on = console()
        show(comparison_view(found), on)
    if accept:
        _accept(before, after)
    elif found.significant_loss:
        raise typer.Exit(FAULT_FOUND)


def _json_value(value: object) -> object:
    as_dict = getattr(value, "_asdict", None)
    return as_dict() if as_dict is not None else str(value)


def _is_empty(baselines: Path) -> bool:
    return not baselines.exists() or (baselines.is_dir() and not any(baselines.glob("**/*.json")))


def _accept(baselines: Path, results: Path) -> None:
    from firstprint.evaluation.compare import find_outcomes
    from firstprint.evaluation.results import write_baseline

    if baselines.is_file():
        raise InputError(
            f"{baselines} is a file: accepted baselines are kept in a folder, one file a suite.",
            hint="Name the folder: firstprint eval compare evals/baselines B --accept",
            code="baselines_not_folder",
        )
    for path in find_outcomes(results):
        notice(f"firstprint: accepted {write_baseline(path.parent, baselines)}")
