"""``firstprint review list`` and ``bulk``: what matters first, every filter, and the expected error before anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import cli_samples as samples
import pytest
from test_cli_review import EN, ZH, Review, refused

from firstprint.domain.proposal import Estimate
from firstprint.store.opening import open_store

if TYPE_CHECKING:
    from conftest import Terminal

LARGE = "large-1"


@pytest.fixture
def review(terminal: Terminal, tmp_path: Path) -> Review:
    """An English and a Chinese bottle, and an English one a thousand times as large."""
    opened = Review(terminal, tmp_path)
    large = Estimate(kg_co2e=400.0, low=100.0, high=1600.0, coverage=0.9, basis="combined")
    provenance = samples.ENGLISH.provenance.model_copy(update={"created": "2020-01-01T00:00:00+00:00"})
    opened.save(
        samples.ENGLISH,
        samples.CHINESE.model_copy(update={"id": ZH}),
        samples.ENGLISH.model_copy(update={"id": LARGE, "estimate": large, "provenance": provenance}),
    )
    return opened


def bulk_json(review: Review, *words: str):
    result = review("bulk", *words, "--json")
    assert result.exit_code == 0
    return json.loads(result.stdout)


def rest_plan() -> dict[str, object]:
    """Nothing is left to confirm."""
    left_out = dict.fromkeys(("two_people", "first_opinions", "no_match"), 0)
    return {"min_probability": 0.5, "items": [], "expected_wrong": 0.0, "expected_wrong_share": 0.0, **left_out}


def listed(review: Review, *words: str) -> list[str]:
    return [row["id"] for row in review.json("list", *words)["proposals"]]


def test_most_kilograms_in_doubt_are_first(review: Review):
    rows = review.json("list")["proposals"]
    assert rows[0]["id"] == LARGE
    assert rows[0]["importance"] == pytest.approx(400.0 * 2.772588722)  # ln 16
    assert (rows[0]["version"], rows[0]["awaits_second"], rows[0]["owner"]) == (1, False, None)
    assert rows[0]["acceptance_probability"] == samples.ENGLISH.candidates[0].acceptance_probability
    assert listed(review, "--sort", "oldest")[0] == LARGE
    assert listed(review, "--sort", "newest")[-1] == LARGE


def test_the_list_is_filtered(review: Review):
    probability = str(samples.ENGLISH.candidates[0].acceptance_probability)
    assert listed(review, "--language", "zh") == [ZH]
    assert listed(review, "--text", "矿泉水") == [ZH]
    assert set(listed(review, "--text", "MINERAL pet")) == {EN, LARGE}
    assert listed(review, "--to", "2021-01-01") == [LARGE]
    assert set(listed(review, "--from", "2021-01-01T00:00+08:00")) == {EN, ZH}
    assert set(listed(review, "--min-probability", probability)) >= {EN, LARGE}
    assert listed(review, "--max-probability", "0") == []
    assert listed(review, "--owner", "nobody") == listed(review, "--source", "nowhere") == []
    assert listed(review, "--flag", "spend_based") == []
    assert len(listed(review, "--no-second")) == 3
    for words in (("--min-probability", "2"), ("--min-probability", "nan"), ("--from", "yesterday"), ("--flag", "x")):
        assert refused(review("list", *words), "usage")


def test_pages_follow_each_other(review: Review):
    first = review.json("list", "--limit", "2")
    second = review.json("list", "--limit", "2", "--after", first["following"])
    assert (first["total"], second["following"]) == (3, None)
    assert len({row["id"] for page in (first, second) for row in page["proposals"]}) == 3
    assert refused(review("list", "--after", "nonsense"), "page_invalid")


def test_bulk_tells_first_and_writes_only_when_told_to(review: Review):
    told = review("bulk", "--min-probability", "0.5", "--dry-run")
    assert told.exit_code == 0
    p = samples.ENGLISH.candidates[0].acceptance_probability
    plan = review.json("bulk", "--min-probability", "0.5", "--dry-run")["plan"]
    assert len(plan["items"]) == 3
    assert f"Expected to be wrong: {plan['expected_wrong']:.2f} of 3" in told.stdout
    assert plan["expected_wrong"] == pytest.approx(
        2 * (1 - p) + 1 - samples.CHINESE.candidates[0].acceptance_probability
    )
    nobody = review("bulk", "--min-probability", "0.5", "--by", "Ana")
    assert nobody.exit_code == 2
    assert "[agreement_missing]" in nobody.stderr
    assert listed(review, "--status", "confirmed") == []
    done = bulk_json(review, "--min-probability", "0.5", "--language", "en", "--by", "Ana", "--yes")
    assert set(done["result"]["confirmed"]) == {EN, LARGE}
    decision = review.json("show", EN)["decisions"][0]
    assert (decision["by"], decision["reason"]) == ("Ana", "Bulk confirmation from an acceptance probability of 0.5.")
    rest = review("bulk", "--min-probability", "0.5", "--by", "陈莉", "--yes").stdout
    assert "预计有误：1 项中约" in rest
    assert "✓ 已确认 1 项" in rest
    assert review.json("bulk", "--min-probability", "0.5", "--yes") == {"plan": rest_plan(), "result": None}


def test_a_second_reviewer_is_told_what_changed(review: Review):
    seen = str(review.json("show", EN)["version"])
    review("confirm", EN, "--by", "Ana", "--reason", "bottle grade", "--expected-version", seen)
    told = refused(
        review("reject", EN, "--by", "Ben", "--reason", "film", "--expected-version", seen), "proposal_conflict"
    )
    for word in ("version 1, now 2", "confirmed", "by 'Ana' at 20", "bottle grade", f"review show {EN}"):
        assert word in told


def test_two_people_decide_about_a_large_footprint(review: Review, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FIRSTPRINT_FOUR_EYES_ABOVE_KG", "100")
    first = review("confirm", LARGE, "--by", "Ana")
    assert "Confirmed (first opinion)" in first.stdout
    assert "waits for a second, different reviewer" in " ".join(first.stdout.split())
    assert listed(review, "--second") == [LARGE]
    assert "first opinion" in review("show", LARGE).stdout
    assert refused(review("confirm", LARGE, "--by", "ana"), "second_reviewer_needed")
    assert review.json("bulk", "--min-probability", "0.5", "--dry-run")["plan"]["first_opinions"] == 1
    second = review.json("confirm", LARGE, "--by", "Ben")
    assert (second["status"], second["decisions"][0]["seconds"] is not None) == ("confirmed", True)
    assert listed(review, "--status", "confirmed") == [LARGE]
    assert "first opinion" not in review("confirm", EN, "--by", "Ana").stdout  # it is small


def test_a_chinese_first_opinion_is_told_in_chinese(review: Review, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FIRSTPRINT_FOUR_EYES_ABOVE_KG", "0")
    told = review("confirm", ZH, "--by", "陈莉").stdout
    assert "已确认 (初步意见)" in told
    assert "尚待另一位审核人" in told
    with open_store(review.url) as store:
        assert store.get(ZH).status == "proposed"
