"""Austin purchases (Parakeet) as match suites: queries, verdicts, groups, the catalogue, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from prepared_matches import FACTORS, SHARED, UNIT, opened

from firstprint.errors import FaultsError
from firstprint.evaluation.prepare import parakeet_austin
from firstprint.evaluation.records import Query, Suite


def by_text(suite: Suite) -> dict[str, Query]:
    return {query.text: query for query in suite.queries}


def test_austin_makes_both_suites_with_the_same_queries(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    made = parakeet_austin.prepare(austin(), tmp_path / "out")
    assert tuple(prepared.folder.name for prepared in made) == parakeet_austin.PUBLISHED.makes
    zero_shot, with_decisions = (opened(prepared)[0] for prepared in made)
    assert (zero_shot.protocol, with_decisions.protocol, with_decisions.folds) == ("zero-shot", "with-decisions", 5)
    assert zero_shot.queries == with_decisions.queries


def test_austin_asks_each_description_once(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    suite, _ = opened(parakeet_austin.prepare(austin(), tmp_path / "out")[0])
    assert [query.text for query in suite.queries] == [
        "ROPE HEMP 10 MM",
        "ROPE HEMP 12 MM",
        "mainsail",
        "slipway hire",
        "spar",
        "oar",
        "buoy",
        "anchor chain",
    ]
    assert [query.id for query in suite.queries] == [f"austin-{number:04d}" for number in range(1, 9)]
    assert {query.unit for query in suite.queries} == {"USD"}


def test_austin_verdicts(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    suite, _ = opened(parakeet_austin.prepare(austin(), tmp_path / "out")[0])
    queries = by_text(suite)
    assert queries["slipway hire"].relevant == ()
    assert (queries["spar"].relevant, queries["spar"].acceptable) == (("naics-100002",), ("naics-200001",))
    assert (queries["oar"].relevant, queries["oar"].acceptable) == (("naics-100001", "naics-200001"), ())
    assert queries["buoy"].relevant == ("naics-200001",)  # the only sector below 2000
    assert queries["anchor chain"].relevant == ("naics-100001",)  # "no match" beside a code is no vote


def test_austin_groups_are_the_first_contracts(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    suite, _ = opened(parakeet_austin.prepare(austin(), tmp_path / "out")[0])
    queries = by_text(suite)
    assert queries["ROPE HEMP 10 MM"].group == queries["ROPE HEMP 12 MM"].group == "contract-0001"
    assert queries["mainsail"].group not in {queries["spar"].group, "contract-0001"}
    assert queries["spar"].group == queries["oar"].group


def test_austin_keeps_the_item_of_the_commodity_code(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    rows = [(code, f"thing {number}", "x", "100001") for number, code in enumerate(("540", "5401012", "54010120012"))]
    rows += [("1" * 12, "thing 3", "x", "100001"), ("070A532", "thing 4", "x", "100001")]
    suite, _ = opened(parakeet_austin.prepare(austin(truth=rows), tmp_path / "out")[0])
    items = [query.extra["commodity_item"] for query in suite.queries]
    assert items == ["00540", "54010", "54010", "austin-0004", "070A5"]


def test_austin_catalogue(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    _, datasets = opened(parakeet_austin.prepare(austin(), tmp_path / "out")[0])
    rope = datasets[0]
    assert (rope.dataset_id, rope.name, rope.unit, rope.basis) == ("naics-100001", "Rope Works", "USD", "spend")
    assert rope.synonyms == ("Rope, hemp / sisal", "Twine")
    assert (rope.gwp100_kg_co2e, rope.year) == (0.25, 2022)
    assert datasets[2].synonyms == ()


def test_austin_says_what_was_left_out(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    notes = "\n".join(parakeet_austin.prepare(austin(), tmp_path / "out")[0].notes)
    assert "8 distinct descriptions of 15 lines, in 5 groups" in notes
    assert "1 of them answered 'no match'" in notes
    assert "2 with more than one code" in notes
    assert "1 lines without words, 1 descriptions whose code has no EPA factor (700007)" in notes
    assert "1 of 1 codes without an EPA factor, and 1 that only refer to other entries" in notes


def test_austin_names_every_fault_of_its_originals(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    truth = (("1", "rope", "x", "hemp"), ("1", "rope", "x", "100001"), ("1", "sail", "x", ""))
    factors = (
        ("100001", "Rope Works", "All GHGs", UNIT, "much"),
        ("1000", "", "Carbon dioxide", "kg/USD", "nan"),
        *FACTORS[1:],
        FACTORS[1],
    )
    with pytest.raises(FaultsError) as caught:
        parakeet_austin.prepare(austin(truth, factors), tmp_path / "out")
    faults = "\n".join(caught.value.faults)
    for fault in (
        "truth.csv line 2: naics_code_final 'hemp'",
        "truth.csv line 4: naics_code_final ''",
        "factors.csv line 2: Supply Chain Emission Factors with Margins 'much' is not a finite number",
        "factors.csv line 3: 2017 NAICS Code '1000' is not a code of six digits",
        "factors.csv line 3: 2017 NAICS Title is empty",
        "factors.csv line 3: GHG is 'Carbon dioxide'",
        "factors.csv line 3: Unit 'kg/USD'",
        "factors.csv line 6: the code '100002' stands already in the table",
    ):
        assert fault in faults
    assert not (tmp_path / "out").exists()


@pytest.mark.shared_data
def test_austin_as_published(tmp_path: Path) -> None:
    folders = [SHARED / "parakeet_austin", SHARED / "us_epa_scef"]
    for prepared in parakeet_austin.prepare(folders, tmp_path):
        suite, datasets = opened(prepared)
        assert (len(suite.queries), len(datasets)) == (1_881, 1_016)
        assert sum(not query.relevant for query in suite.queries) == 33
        assert len({query.group for query in suite.queries}) == 1_296
        assert sum(bool(dataset.synonyms) for dataset in datasets) == 1_014
