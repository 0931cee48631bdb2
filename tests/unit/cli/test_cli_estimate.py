"""``firstprint estimate`` and ``match``: options reach the assistant, JSON is the record, errors are one message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import cli_samples as samples
import pytest

from firstprint.domain.proposal import MatchResult, Proposal
from firstprint.errors import FaultsError, IndexFaultError, InputError, UnitError

if TYPE_CHECKING:
    from conftest import Terminal

FULL = (
    "estimate", "25 g PET bottle", "--amount", "2", "--unit", "piece", "--mass-kg", "0.025", "--geography", "CN",
    "--category", "beverages", "--boundary", "cradle_to_grave", "--year", "2024", "--language", "zh", "--top", "3",
    "--save",
)  # fmt: skip


def test_every_option_reaches_the_assistant(terminal: Terminal) -> None:
    assert terminal(*FULL).exit_code == 0
    assert terminal.assistant.asked == {
        "text": "25 g PET bottle",
        "amount": 2.0,
        "unit": "piece",
        "mass_kg": 0.025,
        "geography": "CN",
        "category": "beverages",
        "boundary": "cradle_to_grave",
        "year": 2024,
        "language": "zh",
        "top": 3,
        "save": True,
    }


@pytest.mark.parametrize(("proposal", "begins"), [(samples.ENGLISH, "Decide:"), (samples.CHINESE, "作出决定：")])
def test_what_was_kept_tells_how_to_decide_about_it(terminal: Terminal, proposal: Proposal, begins: str) -> None:
    terminal.assistant.proposal = proposal
    told = f"{begins} firstprint review confirm {proposal.id[:8]} ".replace("： ", "：")
    assert told in " ".join(terminal("estimate", "25 g PET bottle", "--save").stdout.split())
    assert "review confirm" not in terminal("estimate", "25 g PET bottle").stdout
    kept = terminal("estimate", "25 g PET bottle", "--save", "--json")
    assert Proposal.model_validate_json(kept.stdout) == proposal
    assert kept.stderr == ""


def test_json_is_exactly_the_record(terminal: Terminal) -> None:
    result = terminal("estimate", "25 g PET bottle", "--json")
    assert Proposal.model_validate_json(result.stdout) == samples.ENGLISH
    assert json.loads(result.stdout) == json.loads(samples.ENGLISH.model_dump_json())
    assert result.stderr == ""


def test_json_keeps_every_digit(terminal: Terminal) -> None:
    estimate = samples.ENGLISH.estimate
    assert estimate is not None
    digits = 0.1 + 0.2
    terminal.assistant.proposal = samples.ENGLISH.model_copy(
        update={"estimate": estimate.model_copy(update={"kg_co2e": digits})}
    )
    assert json.loads(terminal("estimate", "x", "--json").stdout)["estimate"]["kg_co2e"] == digits


def test_match_json_is_exactly_the_record_and_options_arrive(terminal: Terminal) -> None:
    options = ("--top", "2", "--unit", "kg", "--geography", "FR", "--source", "a", "--source", "b")
    result = terminal("match", "PET", *options, "--json")
    assert MatchResult.model_validate_json(result.stdout) == samples.MATCH
    assert terminal.assistant.asked == {
        "text": "PET",
        "top": 2,
        "unit": "kg",
        "geography": "FR",
        "sources": ("a", "b"),
    }


@pytest.mark.parametrize("command", ["match", "estimate"])
def test_why_shows_every_reason_of_every_candidate(terminal: Terminal, command: str) -> None:
    every = [reason.text_en for item in samples.CANDIDATES for reason in item.reasons]
    shown, some = (
        " ".join(terminal(command, "PET bottle", *flag, width=120).stdout.split()) for flag in (("--why",), ())
    )
    assert all(" ".join(text.split()) in shown for text in every)
    assert not all(text in some for text in every)
    assert "What speaks against 1" in some
    assert "why" not in terminal.assistant.asked


def test_another_candidate_shows_what_sets_it_behind_the_first(terminal: Terminal) -> None:
    shown = terminal("match", "PET bottle", width=120).stdout
    under_second = shown[shown.index("ademe-22894") : shown.index("ademe-23894")]
    assert "its names do not mention “bottle”" in under_second
    assert "a European average for China" not in under_second
    assert "✓ matched by its name “Polypropylene granulate”" in shown


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--amount", "nan"), "nan is not a finite number above zero"),
        (("--amount", "inf"), "inf is not a finite number"),
        (("--amount", "0"), "0.0 is not a finite number above zero"),
        (("--amount", "viele"), "--amount"),
        (("--mass-kg", "-1"), "--mass-kg"),
        (("--top", "0"), "--top"),
        (("--top", "51"), "--top"),
        (("--year", "20244"), "--year"),
        (("--boundary", "gate"), "cradle_to_gate"),
        (("--language", "fr"), "--language"),
        (("--colour",), "--colour"),
    ],
)
def test_bad_option_values_are_one_message_and_exit_2(terminal: Terminal, options: tuple[str, ...], told: str) -> None:
    result = terminal("estimate", "bottle", *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert told in result.stderr
    assert "firstprint estimate --help" in result.stderr
    assert terminal.assistant.asked == {}


def test_unknown_command_names_the_near_one(terminal: Terminal) -> None:
    result = terminal("estimat", "bottle")
    assert result.exit_code == 2
    assert "Did you mean 'estimate'?" in result.stderr


@pytest.mark.parametrize("command", [(), ("catalogue",), ("index",)])
def test_without_a_command_the_help_is_shown(terminal: Terminal, command: tuple[str, ...]) -> None:
    result = terminal(*command)
    assert result.exit_code == 0
    assert "--help" in result.stdout
    assert result.stderr == ""


def test_an_error_shows_rule_message_and_hint(terminal: Terminal) -> None:
    terminal.assistant.fault = UnitError("The unit 'stone' is not known.", hint="Give kg.")
    result = terminal("estimate", "bottle")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "error: The unit 'stone' is not known.  [unit_unknown]\n       Give kg.\n"


def test_an_error_in_json_mode_is_one_object_on_stderr(terminal: Terminal) -> None:
    terminal.assistant.fault = UnitError("The unit '石' is not known.", hint="Give kg.")
    result = terminal("estimate", "bottle", "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert json.loads(result.stderr) == {
        "error": "unit_unknown",
        "message": "The unit '石' is not known.",
        "hint": "Give kg.",
    }


def test_all_faults_are_shown(terminal: Terminal) -> None:
    terminal.assistant.fault = FaultsError("Two rows are wrong.", ["row 2: unit", "row 9: mass"], hint="Mend them.")
    shown = terminal("estimate", "bottle").stderr
    assert shown.count("row 2: unit") == shown.count("row 9: mass") == shown.count("Mend them.") == 1
    assert json.loads(terminal("estimate", "x", "--json").stderr)["faults"] == ["row 2: unit", "row 9: mass"]


def test_an_index_fault_outside_verify_is_exit_2(terminal: Terminal) -> None:
    terminal.assistant.fault = IndexFaultError("It is damaged.")
    assert terminal("match", "bottle").exit_code == 2


def test_our_own_fault_shows_no_traceback_unless_asked(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal.assistant.fault = ZeroDivisionError("oh\nno")
    result = terminal("estimate", "bottle")
    assert result.exit_code == 70
    assert result.stderr.startswith("error: internal error, ZeroDivisionError: oh no")
    assert "Traceback" not in result.stderr
    assert "FIRSTPRINT_DEBUG=1" in result.stderr
    monkeypatch.setenv("FIRSTPRINT_DEBUG", "1")
    assert "Traceback" in terminal("estimate", "bottle").stderr


def test_a_full_disk_is_no_fault_of_ours(terminal: Terminal) -> None:
    terminal.assistant.fault = OSError(28, "No space left on device")
    result = terminal("estimate", "bottle")
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr


@pytest.mark.parametrize("width", [20, 40, 60])
def test_a_narrow_terminal_still_shows_the_number(terminal: Terminal, width: int) -> None:
    result = terminal("estimate", "bottle", width=width)
    assert result.exit_code == 0
    assert "0.061" in result.stdout


def test_ctrl_c_is_exit_130(terminal: Terminal) -> None:
    terminal.assistant.fault = KeyboardInterrupt()
    result = terminal("estimate", "bottle")
    assert result.exit_code == 130
    assert "Traceback" not in result.output


def test_home_is_read_before_and_after_the_command(terminal: Terminal, tmp_path: Path) -> None:
    terminal("--home", str(tmp_path / "a"), "estimate", "bottle")
    assert terminal.assistant.home == tmp_path / "a"
    terminal("--home", str(tmp_path / "a"), "match", "bottle", "--home", str(tmp_path / "b"))
    assert terminal.assistant.home == tmp_path / "b"
    terminal("estimate", "bottle")
    assert terminal.assistant.home is None


def test_a_huge_text_is_handed_on_whole_and_shown_short(terminal: Terminal) -> None:
    text = "steel sheet " * 5000
    product = samples.ENGLISH.product.model_copy(update={"description": text})
    terminal.assistant.proposal = samples.ENGLISH.model_copy(update={"product": product})
    result = terminal("estimate", text)
    assert result.exit_code == 0
    assert terminal.assistant.asked["text"] == text
    assert len(result.stdout) < 10_000


def test_a_refused_text_is_exit_2(terminal: Terminal) -> None:
    terminal.assistant.fault = InputError("The description is empty.", code="description_empty")
    assert "[description_empty]" in terminal("estimate", "").stderr


def test_version_and_help(terminal: Terminal) -> None:
    from firstprint import __version__

    assert terminal("--version").stdout == f"firstprint {__version__}\n"
    shown = terminal("--help").stdout
    for command in ("estimate", "match", "catalogue", "index", "train", "doctor"):
        assert command in shown
