"""What ``firstprint train`` shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from firstprint.cli.figures import one_line
from firstprint.cli.render_index import adapter_words, facts_table

if TYPE_CHECKING:
    from firstprint.adapter_training import AdapterReport
    from firstprint.training import TrainReport


def training_view(report: TrainReport) -> Iterator[RenderableType]:
    """Ids of what was made, how it does on rows it never saw, and one line a target of the surrogate."""
    yield Text.assemble(("✓ ", "green"), (f"Trained in {report.seconds:.0f} s", "bold"))
    yield facts_table(
        {
            "ranker": report.ranker_id,
            "surrogate": report.surrogate_id,
            "decisions": report.ranker,
            "first is right": _held_out(report),
            "trained on": _sources(report),
            "thresholds": f"match from {report.match_at:.2f}, ambiguous from {report.ambiguous_at:.2f}",
        }
    )
    if report.adapter is not None:
        yield Text()
        yield Text("Catalogue adapter", style="bold cyan")
        yield facts_table(_adapter_facts(report.adapter))
    if report.families:
        yield Text()
        yield Text("Surrogate, by unit", style="bold cyan")
        for line in report.families:
            yield Text(f"  {one_line(line)}")


def _adapter_facts(report: AdapterReport) -> dict[str, str]:
    facts = {"in use": report.adapter_id, "by names": adapter_words(report.labels)}
    if report.decisions is not None:
        facts["by decisions"] = adapter_words(report.decisions)
    return facts


def _sources(report: TrainReport) -> str:
    imported = [f"{each.key} ({each.rows:,})" for each in report.references]
    return ", ".join(["the shipped catalogue", *imported]) + " references"


def _held_out(report: TrainReport) -> str:
    if report.hit_at_1_before is None or report.hit_at_1_after is None:
        return "too few decisions to say"
    return f"{report.hit_at_1_before:.0%} before, {report.hit_at_1_after:.0%} after, of decisions never seen"
