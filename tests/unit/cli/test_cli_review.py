"""``firstprint review``: what is kept is listed, shown and decided about; a wrong word is one message and exit 2."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING

import cli_samples as samples
import pytest
from rich.cells import cell_len
from typer.testing import Result

from firstprint.cli import review as review_command
from firstprint.cli.review_words import CHINESE, ENGLISH
from firstprint.domain.dataset import Dataset
from firstprint.domain.proposal import Proposal, Status
from firstprint.store.opening import open_store

if TYPE_CHECKING:
    from conftest import Terminal

EN, ZH = samples.ENGLISH.id, "zh-2b7f"


class Review:
    """Runs ``firstprint review`` over one workspace."""

    def __init__(self, terminal: Terminal, home: Path) -> None:
        self.terminal = terminal
        self.home = home
        self.url = f"sqlite:///{home / 'firstprint.db'}"

    def __call__(self, *words: str, width: int = 80) -> Result:
        return self.terminal("review", *words, "--home", str(self.home), width=width)

    def json(self, *words: str):
        result = self(*words, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout)

    def save(self, *proposals: Proposal) -> None:
        with open_store(self.url) as store:
            for proposal in proposals:
                store.save(proposal)


@pytest.fixture
def empty(terminal: Terminal, tmp_path: Path) -> Review:
    return Review(terminal, tmp_path)


@pytest.fixture
def review(empty: Review) -> Review:
    empty.save(samples.ENGLISH, samples.CHINESE.model_copy(update={"id": ZH}))
    return empty


def refused(result: Result, code: str) -> str:
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert f"[{code}]" in result.stderr
    return result.stderr


def test_looking_into_an_empty_workspace_makes_no_database(empty: Review) -> None:
    assert "--save" in empty("list").stdout
    assert empty.json("list") == {"total": 0, "following": None, "proposals": []}
    for words in (("show", "x"), ("confirm", "x"), ("reject", "x", "--reason", "r"), ("withdraw", "x")):
        assert "--save" in refused(empty(*words), "nothing_kept")
    assert list(empty.home.iterdir()) == []


def test_the_list_shows_each_proposal_on_any_terminal(review: Review) -> None:
    for width in (60, 80, 120):
        shown = review("list", width=width).stdout
        assert "25 g PET bottle" in " ".join(shown.split())
        assert "zh-2b7f" in shown
        assert "2 proposals." in shown
        assert max(map(cell_len, shown.splitlines())) <= width


def test_the_list_is_filtered_paged_and_json(review: Review) -> None:
    review("confirm", EN, "--by", "Ana")
    listed = review.json("list", "--status", "confirmed")
    assert listed["total"] == 1
    (row,) = listed["proposals"]
    assert (row["id"], row["status"], row["kg_co2e"]) == (EN, "confirmed", samples.ENGLISH.estimate.kg_co2e)
    assert [one["by"] for one in row["decisions"]] == ["Ana"]
    assert "Ana" in review("list", width=120).stdout
    assert "共 2 项建议，显示前 1 项" in review("list", "--limit", "1").stdout
    assert "No proposal is rejected." in review("list", "--status", "rejected").stdout
    assert refused(review("list", "--status", "decided"), "usage")


def test_a_list_of_chinese_descriptions_is_chinese(empty: Review) -> None:
    empty.save(samples.CHINESE)
    shown = empty("list").stdout
    assert "共 1 项建议" in shown
    assert "待定" in shown


def test_a_proposal_is_shown_with_its_history(review: Review) -> None:
    review("confirm", EN[:6], "--by", "Ana", "--reason", "it is bottle grade")
    review("withdraw", EN[:6], "--by", "Ben", "--reason", "wrong mass")
    shown = review("show", EN[:6], width=120).stdout
    for told in ("25 g PET bottle", "Confirmed", "taken back", "by Ana", "it is bottle grade", "Withdrawn", "by Ben"):
        assert told in shown
    assert "review confirm" in shown  # it may be decided again
    body = review.json("show", EN)
    assert Proposal.model_validate(body["proposal"]) == samples.ENGLISH
    assert [one["verdict"] for one in body["decisions"]] == ["confirmed", "withdrawn"]


def test_confirming_says_what_was_taken_and_how_to_take_it_back(review: Review) -> None:
    result = review("confirm", EN, "--by", "Ana", "--candidate", "2")
    assert result.exit_code == 0
    for told in ("✓ Confirmed", "PET film, extruded (ademe-22894)", "by Ana", f"review withdraw {EN[:8]}"):
        assert told in result.stdout
    assert status(review, EN) == "confirmed"


def test_a_chinese_description_is_answered_in_chinese(review: Review) -> None:
    result = review("reject", ZH, "--by", "陈莉", "--reason", "不是瓶级", "--all")
    assert result.stdout.startswith("✓ 已否决：25 克矿泉水 PET 瓶\n")
    assert result.stdout.count("→") == 4
    assert "聚丙烯颗粒" in result.stdout
    shown = review("show", ZH).stdout
    assert "决定记录" in shown
    assert "理由：不是瓶级" in shown


def test_every_decision_is_json_too(review: Review) -> None:
    confirmed = review.json("confirm", EN, "--by", "Ana")
    assert (confirmed["proposal_id"], confirmed["status"]) == (EN, "confirmed")
    (decision,) = confirmed["decisions"]
    assert (decision["verdict"], decision["dataset_id"], decision["sequence"]) == ("confirmed", "ademe-21894", 1)
    gone = review.json("withdraw", decision["id"][:8], "--by", "Ana", "--reason", "r")
    assert (gone["status"], gone["decisions"][0]["refers_to"]) == ("proposed", decision["id"])
    assert len(review.json("reject", EN, "--all", "--by", "Ana", "--reason", "r")["decisions"]) == 4
    assert status(review, EN) == "rejected"


def test_overriding_asks_the_catalogue(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    class Index:
        class catalogue:  # noqa: N801 - stands in for an attribute
            sha256 = "ab" * 32

            @staticmethod
            def find(dataset_id: str) -> int | None:
                return 0 if dataset_id == "ours-1" else None

            @staticmethod
            def column(_name: str) -> list[str]:
                return ["ours-1"]

            @staticmethod
            def texts(_name: str, _rows: list[int]) -> list[str]:
                return ["cradle_to_gate"]

            @staticmethod
            def dataset(_row: int) -> Dataset:
                return Dataset("ours-1", "Our own PET bottles", "kg", 3.0, "cradle_to_gate", "process", "ours")

    monkeypatch.setattr(review_command, "open_index", lambda *_: Index)
    wrong = review("override", EN, "--dataset", "ours-2", "--by", "Ana", "--reason", "r")
    assert "ours-1" in refused(wrong, "dataset_unknown")
    assert refused(review("override", EN, "--dataset", "ours-1", "--by", "Ana"), "reason_missing")
    assert "ours-1" in review("override", EN, "--dataset", "ours-1", "--by", "Ana", "--reason", "ours").stdout
    assert status(review, EN) == "overridden"
    (decision,) = review.json("show", EN)["decisions"]
    assert (decision["dataset"]["name"], decision["dataset"]["gwp100_kg_co2e"]) == ("Our own PET bottles", 3.0)


def test_the_name_is_the_users_unless_it_is_given(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "li.chen")
    assert "by li.chen" in review("confirm", EN).stdout

    def nobody() -> str:
        raise OSError("no such user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert "--by NAME" in refused(review("confirm", ZH), "name_missing")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("show", "fp-01HZX4TT"), "proposal_unknown", EN),
        (("confirm", "nothing like it"), "proposal_unknown", "review list"),
        (("confirm", EN, "--candidate", "9"), "candidate_unknown", "1 to 4"),
        (("confirm", EN, "--candidate", "0"), "usage", "--candidate"),
        (("confirm", EN, "--by", "a\x1b[31m"), "name_unprintable", "U+001B"),
        (("reject", EN), "reason_missing", "--reason TEXT"),
        (("withdraw", EN, "--reason", "r"), "decision_not_standing", "review show"),
        (("override", EN, "--reason", "r"), "usage", "--dataset"),
        (("override", "nothing like it", "--dataset", "x", "--reason", "r"), "proposal_unknown", "review list"),
    ],
)
def test_a_wrong_word_is_one_message(review: Review, words: tuple[str, ...], code: str, told: str) -> None:
    assert told in refused(review(*words), code)
    assert status(review, EN) == "proposed"


def test_who_decided_first_is_told(review: Review) -> None:
    review("confirm", EN, "--by", "Ana")
    told = refused(review("reject", EN, "--by", "Ben", "--reason", "no"), "proposal_decided")
    assert "'Ana'" in told
    assert "review withdraw" in told


def test_an_escape_sequence_in_a_description_does_not_reach_the_terminal(empty: Review) -> None:
    product = samples.ENGLISH.product.model_copy(update={"description": "bottle \x1b[31m\x07 red"})
    empty.save(samples.ENGLISH.model_copy(update={"product": product}))
    outputs = [empty("list"), empty("show", EN), empty("confirm", EN, "--by", "Ana")]
    assert all("\x1b" not in each.stdout and "\x07" not in each.stdout for each in outputs)
    assert all(each.exit_code == 0 for each in outputs)


def test_the_words_of_both_languages_cover_every_status_and_verdict() -> None:
    from typing import get_args

    from firstprint.domain.decision import Verdict

    for words in (ENGLISH, CHINESE):
        assert set(words.status) == set(get_args(Status))
        assert set(words.verdict) == set(words.effect) == set(get_args(Verdict))
    assert set(ENGLISH.columns) == set(CHINESE.columns)


def status(review: Review, proposal_id: str) -> str:
    with open_store(review.url) as store:
        return store.get(proposal_id).status
