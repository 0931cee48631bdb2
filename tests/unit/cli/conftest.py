"""A command line whose assistant answers from fixed records, so that only the command line is under test."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cli_samples as samples
import pytest
from typer.testing import CliRunner, Result

from firstprint.cli import estimate, match
from firstprint.cli.main import app
from firstprint.domain.dataset import Dataset
from firstprint.domain.proposal import MatchResult, Proposal


@dataclass
class FakeAssistant:
    """Answers with what it is given, raises what it is told to, and keeps what it was asked."""

    proposal: Proposal = samples.ENGLISH
    result: MatchResult = samples.MATCH
    defaults: tuple[Dataset, ...] = ()
    fault: BaseException | None = None
    asked: dict[str, object] = field(default_factory=dict)
    home: Path | None = None

    def estimate(self, text: str, **options: object) -> Proposal:
        self._ask(text, options)
        return self.proposal

    def match(self, text: str, **options: object) -> MatchResult:
        self._ask(text, options)
        return self.result

    def regulatory_defaults(self, proposal: Proposal) -> tuple[Dataset, ...]:
        assert proposal is self.proposal
        return self.defaults

    def _ask(self, text: str, options: dict[str, object]) -> None:
        self.asked = {"text": text, **options}
        if self.fault is not None:
            raise self.fault


class Terminal:
    """Runs command lines and gives what came out."""

    def __init__(self, assistant: FakeAssistant) -> None:
        self.assistant = assistant

    def __call__(self, *args: str, width: int = 80) -> Result:
        return CliRunner(env={"COLUMNS": str(width), "NO_COLOR": "1"}).invoke(app, list(args), prog_name="firstprint")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The command line over a fake assistant."""
    fake = FakeAssistant()

    def opened(context: object, home: Path | None, progress: object) -> FakeAssistant:
        from firstprint.cli.session import home_of

        fake.home = home_of(context, home)  # type: ignore[arg-type]
        return fake

    monkeypatch.setattr(estimate, "open_assistant", opened)
    monkeypatch.setattr(match, "open_assistant", opened)
    return Terminal(fake)
