"""What a person reads, recorded whole: set UPDATE_GOLDEN=1 to record it anew, then read the difference."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import cli_samples as samples
import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from firstprint.cli.render_estimate import Beside, estimate_view
from firstprint.cli.render_match import match_view

GOLDEN = Path(__file__).parents[2] / "golden"
ESTIMATES = {
    "estimate-en": (samples.ENGLISH, Beside(proxy=samples.PROXY)),
    "estimate-zh": (samples.CHINESE, Beside((samples.DEFAULT,), samples.PROXY)),
    "estimate-no-match": (samples.NO_MATCH, Beside((samples.DEFAULT,))),
    "estimate-silent": (samples.SILENT, Beside()),
}
MATCHES = {
    "match-en": samples.MATCH,
    "match-zh": samples.MATCH.model_copy(update={"query": "PET 瓶", "decision": "match"}),
    "match-none": samples.MATCH.model_copy(update={"candidates": (), "decision": "no_match"}),
    "match-far": samples.MATCH.model_copy(update={"decision": "no_match"}),
    "match-without-reasons": samples.MATCH.model_copy(update={"candidates": (samples.WITHOUT_REASONS,)}),
}


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ESTIMATES)
def test_estimate(name: str, width: int) -> None:
    proposal, beside = ESTIMATES[name]
    shown = _rendered(estimate_view(proposal, beside, width), width)
    assert shown == _recorded(f"{name}-{width}", shown)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", MATCHES)
def test_match(name: str, width: int) -> None:
    shown = _rendered(match_view(MATCHES[name], width), width)
    assert shown == _recorded(f"{name}-{width}", shown)


@pytest.mark.parametrize("width", [80, 120])
def test_every_reason_of_every_candidate(width: int) -> None:
    match = _rendered(match_view(samples.MATCH, width, every_reason=True), width)
    assert match == _recorded(f"match-why-{width}", match)
    estimate = _rendered(estimate_view(samples.CHINESE, Beside(), width, every_reason=True), width)
    assert estimate == _recorded(f"estimate-why-zh-{width}", estimate)
    for candidate in samples.CANDIDATES:
        assert all(_in(reason.text_en, match) and _in(reason.text_zh, estimate) for reason in candidate.reasons)


def _in(text: str, shown: str) -> bool:
    """Whether a rendering holds a text, wherever its lines break."""
    return "".join(text.split()) in "".join(shown.split())


def _rendered(lines: Iterable[RenderableType], width: int) -> str:
    """What a terminal of this width shows; no line is wider."""
    console = Console(width=width, color_system=None, force_terminal=False, highlight=False, markup=False)
    with console.capture() as captured:
        for line in lines:
            console.print(line, width=width)
    shown = "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"
    assert max(cell_len(line) for line in shown.splitlines()) <= width
    return shown


def _recorded(name: str, shown: str) -> str:
    """The recorded rendering; with UPDATE_GOLDEN set, what is shown is recorded first."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    return path.read_text(encoding="utf-8")
