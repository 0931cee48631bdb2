"""The report page: it says what the figures allow, shows hostile texts as texts, and needs nothing but itself."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from report_samples import HOSTILE, estimate_result, figure, match_result, queries, rationale_result, suite

from firstprint.evaluation.metrics.direction import HIGHER_IS_BETTER
from firstprint.evaluation.records import Difference, Metric, PairOutcomes, SuiteResult
from firstprint.evaluation.report import write_overview, write_report
from firstprint.evaluation.report.glossary import METRICS
from firstprint.evaluation.report.verdict import verdict
from firstprint.evaluation.report.worst import worst_faults

VOID = {"meta", "img", "br", "link", "input", "hr"}
NOTHING = Metric(None, None, None)


class Tree(HTMLParser):
    """Collects elements and texts, and fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))


def rendered(result: SuiteResult, folder: Path, **names: str) -> str:
    path = folder / "report.html"
    write_report(result, path, names)
    return path.read_text("utf-8")


RESULTS = {
    "match": lambda: match_result(60, 8),
    "estimate": lambda: estimate_result(80, 12),
    "ranges": lambda: estimate_result(40, 6, ranges=True),
    "rationale": lambda: rationale_result(80),
    "match, one query": lambda: match_result(1, 1),
    "estimate, one query": lambda: estimate_result(2, 1),
    "rationale, one text": lambda: rationale_result(1),
    "match, no baselines": lambda: match_result(30, 5, baselines=False),
}


@pytest.fixture(params=list(RESULTS))
def result(request: pytest.FixtureRequest) -> SuiteResult:
    return RESULTS[request.param]()


def test_every_report_is_whole_and_accessible(result: SuiteResult, tmp_path: Path) -> None:
    tree = Tree(rendered(result, tmp_path))
    ids = [attrs["id"] for _, attrs in tree.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    assert len(tree.all("h1")) == 1
    assert all(attrs.get("scope") in {"row", "col"} for attrs in tree.all("th"))
    drawings = [attrs for attrs in tree.all("svg") if attrs.get("role") == "img"]
    assert len(drawings) == len(tree.all("figure")) == len(tree.all("figcaption"))
    assert all(attrs["aria-labelledby"] in ids for attrs in drawings)
    assert all(attrs["href"].startswith("#") and attrs["href"][1:] in ids for attrs in tree.all("a"))
    used = re.findall(r'(?:href="|url\()#([^")]+)', rendered(result, tmp_path))
    assert set(used) <= set(ids)


def test_nothing_is_loaded_and_nothing_runs(result: SuiteResult, tmp_path: Path) -> None:
    page = rendered(result, tmp_path).replace(result.suite.source, "")
    tree = Tree(page)
    assert not re.search(r"https?://|@import|url\((?!#)", page)
    assert not {"script", "link", "img", "iframe", "object", "image"} & {tag for tag, _ in tree.elements}
    assert not [name for _, attrs in tree.elements for name in attrs if name.startswith("on")]
    policy = next(a["content"] for a in tree.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy


def test_the_same_result_gives_the_same_bytes(result: SuiteResult, tmp_path: Path) -> None:
    assert rendered(result, tmp_path) == rendered(result, tmp_path)


def test_no_drawing_token_and_no_stand_in_colour_is_left(result: SuiteResult, tmp_path: Path) -> None:
    page = rendered(result, tmp_path)
    assert not re.search(r"@m?\d+@|#0a0b[0-9a-f]{2}|DejaVu Sans'", page)
    assert "nan" not in Tree(page).text.lower().split()


def test_every_figure_of_each_task_is_there(tmp_path: Path) -> None:
    def keys(one: SuiteResult) -> set[str]:
        return {attrs["id"].removeprefix("figure-") for attrs in Tree(rendered(one, tmp_path)).all("figure")}

    assert keys(match_result(60, 8)) == {"dots", "risk", "calibration", "pairs"}
    assert keys(estimate_result(80, 12)) == {"scatter", "dots", "coverage", "groups"}
    assert keys(estimate_result(40, 6, ranges=True)) >= {"ranges"}


def hostile_match() -> SuiteResult:
    clean = match_result(40, 4)
    rows = tuple(replace(row, text=HOSTILE, group=HOSTILE, relevant=(HOSTILE,)) for row in clean.suite.queries)
    systems = tuple(
        replace(
            system, name=system.name if i == 0 else HOSTILE + str(i), first=(HOSTILE,) * 40, first_name=(HOSTILE,) * 40
        )
        for i, system in enumerate(clean.run.systems)
    )
    run = replace(clean.run, systems=systems, groups=np.array([HOSTILE] * 40))
    return replace(
        clean,
        suite=replace(clean.suite, name=HOSTILE, queries=rows, source=HOSTILE, licence=HOSTILE, description=HOSTILE),
        run=run,
        baselines={HOSTILE + str(i): metrics for i, metrics in enumerate(clean.baselines.values(), 1)},
        differences=(Difference("hit@1", HOSTILE + "1", 0.1, -0.1, 0.2, better=False, worse=False),),
        warnings=tuple(entry._replace(code=HOSTILE, message=HOSTILE) for entry in clean.warnings),
        provenance={HOSTILE: HOSTILE},
    )


def hostile_estimate() -> SuiteResult:
    clean = estimate_result(40, 4, ranges=True)
    groups = [f"{HOSTILE} {row.group}" for row in clean.suite.queries]
    rows = tuple(
        replace(r, text=HOSTILE, group=g, unit=HOSTILE) for r, g in zip(clean.suite.queries, groups, strict=True)
    )
    run = replace(
        clean.run, groups=np.array(groups), proxy=(HOSTILE,) * 40, proxy_name=(HOSTILE,) * 40, flags=(HOSTILE,) * 40
    )
    return replace(clean, suite=replace(clean.suite, queries=rows), run=run)


def hostile_rationale() -> SuiteResult:
    clean = rationale_result(40)
    run = replace(
        clean.run, texts=(HOSTILE,) * 40, kind=(HOSTILE,) * 40, reasons=(HOSTILE,) * 40, language=("<b>",) * 40
    )
    generated = tuple(entry._replace(text=HOSTILE, reason=HOSTILE, query_id=HOSTILE) for entry in clean.run.generated)
    return replace(clean, run=replace(run, generated=generated))


@pytest.mark.parametrize("make", [hostile_match, hostile_estimate, hostile_rationale])
def test_hostile_texts_are_shown_as_texts(make: object, tmp_path: Path) -> None:
    page = rendered(make(), tmp_path)
    tree = Tree(page)
    assert not {"script", "img", "b"} & {tag for tag, _ in tree.elements}
    assert not [name for _, attrs in tree.elements for name in attrs if name.startswith("on")]
    assert "<script>alert(1)</script>" in tree.text
    assert "$x_1$ @0@" in tree.text
    assert "\x00" not in page


def test_a_hostile_suite_name_cannot_become_a_scheme_or_markup(tmp_path: Path) -> None:
    one, two = match_result(12, 3), estimate_result(12, 3)
    names = ("javascript:alert(1)//", HOSTILE)
    results = [replace(r, suite=replace(r.suite, name=name)) for r, name in zip((one, two), names, strict=True)]
    write_overview(results, tmp_path / "index.html")
    tree = Tree((tmp_path / "index.html").read_text("utf-8"))
    links = [attrs["href"] for attrs in tree.all("a")]
    assert links[0] == "./javascript%3Aalert%281%29///report.html"
    assert links[1].startswith("./%3Cscript%3E")
    assert "script" not in {tag for tag, _ in tree.elements}


def test_the_overview_has_a_row_and_a_link_a_suite(tmp_path: Path) -> None:
    results = [match_result(20, 4), estimate_result(20, 4), rationale_result(20)]
    write_overview(results, tmp_path / "index.html")
    tree = Tree((tmp_path / "index.html").read_text("utf-8"))
    assert [attrs["href"] for attrs in tree.all("a")] == [f"./demo-{r.suite.task}/report.html" for r in results]
    assert "within noise" in tree.text
    assert "better" in tree.text


def against(better: bool, worse: bool) -> SuiteResult:
    one = match_result(60, 20)
    ends = (0.02, 0.14) if better else (-0.14, -0.02) if worse else (-0.03, 0.1)
    entry = Difference("hit@1", "bm25", sum(ends) / 2, *ends, better=better, worse=worse)
    return replace(one, differences=(entry,))


@pytest.mark.parametrize(
    ("better", "worse", "says", "never"),
    [
        (True, False, "firstprint is better beyond noise", "worse"),
        (False, True, "firstprint is worse beyond noise", "better"),
        (False, False, "does not show which is better", "beyond noise"),
    ],
)
def test_the_summary_claims_what_the_interval_allows(better: bool, worse: bool, says: str, never: str) -> None:
    words = " ".join(verdict(against(better, worse)).sentences)
    assert says in words
    assert never not in words


def test_coverage_is_judged_by_its_interval() -> None:
    def words(low: float, high: float) -> str:
        one = estimate_result(40, 12)
        metrics = dict(one.metrics) | {"coverage@0.9": Metric((low + high) / 2, low, high)}
        return " ".join(verdict(replace(one, metrics=metrics)).sentences)

    assert "too narrow" in words(0.7, 0.85)
    assert "consistent with the promise" in words(0.85, 0.95)
    assert "wider than needed" in words(0.93, 0.99)


def test_one_group_and_no_baselines_are_said() -> None:
    words = " ".join(verdict(match_result(5, 1, baselines=False)).sentences)
    assert "one group" in words
    assert "No baseline ran" in words


def test_a_suite_without_any_metric_still_gives_a_page(tmp_path: Path) -> None:
    one = match_result(10, 3)
    empty = replace(one, metrics=dict.fromkeys(one.metrics, NOTHING), baselines={}, differences=())
    assert "No metric could be computed" in Tree(rendered(empty, tmp_path)).text


def test_missing_metrics_are_named_and_the_best_value_is_marked_once(tmp_path: Path) -> None:
    one = match_result(40, 6)
    best = {"bm25": {"hit@1": figure(0.9), "ece": NOTHING}}
    tree = Tree(rendered(replace(one, metrics={"hit@1": figure(0.5), "ece": NOTHING}, baselines=best), tmp_path))
    assert "This suite cannot give: ece ." in tree.text
    assert re.findall(r"★ best (\S+) %", tree.text) == ["90.0"]


def test_a_leaky_split_and_the_warnings_stand_above_the_figures(tmp_path: Path) -> None:
    one = estimate_result(30, 5)
    page = rendered(replace(one, suite=replace(one.suite, leaky=True)), tmp_path)
    assert page.index("Leaky split") < page.index("In one paragraph")
    assert page.index("3 rows.") < page.index("In one paragraph")
    assert "--allow-leaky" in page
    assert "Leaky split" not in rendered(one, tmp_path)


def test_sure_and_wrong_comes_first_and_abstaining_rightly_is_no_error(tmp_path: Path) -> None:
    one = match_result(80, 10)
    faults = worst_faults(one, {"ds-1": "Steel"})
    product = one.run.systems[0]
    places = [int(fault.query[1:]) for fault in faults]
    sure = [float(product.probability[place]) for place in places]
    assert len(faults) == 20
    assert sure == sorted(sure, reverse=True)
    assert not any(product.accepted[place] for place in places)
    assert not any(one.run.decisions[p] == "no_match" and not one.run.answerable[p] for p in places)
    page = rendered(one, tmp_path)
    assert "abstaining is right" in page or all(one.run.answerable[place] for place in places)


def test_right_datasets_get_their_names(tmp_path: Path) -> None:
    one = match_result(30, 5)
    wrong = worst_faults(one, {})[0].right[-1].id
    write_report(one, tmp_path / "r.html", {wrong: "Steel, named"})
    assert ("Steel, named" in (tmp_path / "r.html").read_text("utf-8")) == bool(wrong)


def test_estimates_are_off_in_words_and_the_farthest_comes_first() -> None:
    one = estimate_result(30, 5)
    value = one.run.systems[0].log10_value.copy()
    value[7] = one.run.log10_reference[7] + 3
    value[8] = one.run.log10_reference[8] - 2.5
    run = replace(one.run, systems=(replace(one.run.systems[0], log10_value=value), *one.run.systems[1:]))
    faults = worst_faults(replace(one, run=run), {})
    assert [(fault.query, fault.measure) for fault in faults[:2]] == [
        ("q7", "1,000 times too high"),
        ("q8", "316 times too low"),
    ]
    assert ("Flags", "mass assumed, geography differs") in faults[1].details


def test_in_a_suite_of_ranges_only_what_lies_outside_is_an_error() -> None:
    one = estimate_result(30, 5, ranges=True)
    value = one.run.systems[0].log10_value
    run = replace(one.run, log10_reference=np.full(30, np.nan))
    faults = worst_faults(replace(one, run=run), {})
    outside = (value < one.run.low_high.low) | (value > one.run.low_high.high)
    assert 0 < len(faults) == min(20, int(outside.sum()))
    assert all("end" in fault.measure for fault in faults)


def test_long_texts_are_cut_with_the_rest_one_click_away(tmp_path: Path) -> None:
    rows = tuple(replace(row, text="word " * 100 + "last") for row in queries(5, 2, answers=False))
    one = estimate_result(5, 2)
    tree = Tree(rendered(replace(one, suite=suite("estimate", rows)), tmp_path))
    assert len(tree.all("details")) == 4
    assert "word last" in tree.text


def test_nothing_finite_to_draw_gives_a_page_without_those_figures(tmp_path: Path) -> None:
    one = estimate_result(10, 3)
    nothing = np.full(10, np.nan)
    systems = tuple(replace(system, log10_value=nothing, band80=None, band90=None) for system in one.run.systems)
    metrics = dict.fromkeys(one.metrics, NOTHING)
    tree = Tree(rendered(replace(one, run=replace(one.run, systems=systems), metrics=metrics), tmp_path))
    assert tree.all("figure") == []
    match = match_result(10, 3)
    pairs = PairOutcomes(np.array([0]), np.array([1]), np.array([True]), np.array([np.nan]))
    silent = tuple(
        replace(s, confidence=np.full(10, -np.inf), probability=None, first=("",) * 10) for s in match.run.systems
    )
    tree = Tree(rendered(replace(match, run=replace(match.run, systems=silent, pairs=pairs)), tmp_path))
    assert [attrs["id"] for attrs in tree.all("figure")] == ["figure-dots"]


def test_extreme_estimates_do_not_overflow(tmp_path: Path) -> None:
    one = estimate_result(10, 3)
    value = one.run.systems[0].log10_value.copy()
    value[3], value[4] = 400.0, -350.0
    run = replace(one.run, systems=(replace(one.run.systems[0], log10_value=value), *one.run.systems[1:]))
    assert "10^400 kg" in rendered(replace(one, run=run), tmp_path)


def test_the_guards_failures_are_listed_with_its_reason(tmp_path: Path) -> None:
    one = rationale_result(80)
    text = Tree(rendered(one, tmp_path)).text
    true = int((one.run.true & one.run.alarm).sum())
    assert f"True texts refused: {true}" in text
    assert "the number 7 is no fact" in text
    assert "names a dataset that is no candidate" in text
    assert "12 (80.0 %)" in text


def test_an_absolute_folder_is_not_published(tmp_path: Path) -> None:
    one = match_result(10, 3)
    page = rendered(replace(one, suite=replace(one.suite, folder=tmp_path / "my suite")), tmp_path)
    assert str(tmp_path) not in page
    assert "firstprint eval run &#39;my suite&#39;" in page


def test_an_interval_without_width_is_not_given_as_one(tmp_path: Path) -> None:
    one = rationale_result(80)
    metrics = dict(one.metrics) | {"guard_false_alarm": Metric(0.0, 0.0, 0.0)}
    changed = replace(one, metrics=metrics)
    words = " ".join(verdict(changed).sentences)
    assert "The guard refused 0 % of the true texts; every group gives the same figure" in words
    text = Tree(rendered(changed, tmp_path)).text
    assert "0–0" not in text
    assert "no spread" in text


def test_every_metric_of_the_contract_is_explained() -> None:
    assert set(HIGHER_IS_BETTER) | {"coverage@0.8", "coverage@0.9", "group_coverage@0.9"} == set(METRICS)
    assert all(info.meaning for info in METRICS.values())


def test_the_date_is_shown_to_the_minute_or_as_it_stands(tmp_path: Path) -> None:
    one = match_result(10, 3)
    assert "2025-01-31 10:00 UTC" in Tree(rendered(one, tmp_path)).text
    assert "<dd><bdi>some day</bdi>" in rendered(replace(one, provenance={"created": "some day"}), tmp_path)
