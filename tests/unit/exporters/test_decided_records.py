"""What a decision makes of a proposal: the number under a dataset is always that dataset's."""

from __future__ import annotations

import pytest
from export_samples import PROPOSAL, candidate, decision, draft, proposal, record

from firstprint.assembly import candidate as found_candidate
from firstprint.assembly import flags
from firstprint.decided import catalogue_candidate, decided_record, flags_for, needs_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.domain.proposal import Candidate, Flag
from firstprint.domain.steps import Retrieved
from firstprint.errors import InputError
from firstprint.estimation.combine import combine
from firstprint.ranking.fit import Asked, fit_scores
from firstprint.ranking.ranker import Ranked
from firstprint.routes import beside_of, evidence_of, proxy_of


class FakeCatalogue:
    """One dataset that is none of the candidates."""

    sha256 = "cd" * 32

    def __init__(self, *datasets: Dataset) -> None:
        self.datasets = {one.dataset_id: one for one in datasets}

    def find(self, dataset_id: str) -> int | None:
        return list(self.datasets).index(dataset_id) if dataset_id in self.datasets else None

    def dataset(self, row: int) -> Dataset:
        return list(self.datasets.values())[row]

    def column(self, name: str) -> list[str]:
        assert name == "dataset_id"
        return list(self.datasets)


GLASS = Dataset(
    "made-up-glass",
    "Glass",
    "kg",
    1.2,
    "cradle_to_gate",
    "process",
    "made-up",
    geography="CN",
    year=2025,
    licence="MIT",
)

WATCH = Dataset(
    "basecarbone:27031",  # one of those whose source says what each stage adds
    "Smart watch",
    "piece",
    9.72,
    "cradle_to_gate",
    "process",
    "base-carbone",
    name_zh="智能手表",
    geography="FR",
    year=2018,
    valid_until=2020,
    source_version="23",
    licence="proprietary",
    url="https://example.com/watch",
    uncertainty_pct=30.0,
    attributes={"citation": "Made-up, 2018"},
)


def test_the_first_candidate_confirmed_keeps_the_number_that_was_seen() -> None:
    found = record()
    assert found.method == "as_proposed"
    assert found.footprint == PROPOSAL.estimate
    assert found.flags == PROPOSAL.flags
    assert found.taken is not None
    assert (found.taken.rank, found.taken.dataset_id, found.taken.dqr.technological) == (1, "made-up-1", 2)
    assert not found.draft


def test_another_candidate_is_computed_anew_by_the_same_routes() -> None:
    found = record(dataset_id="made-up-3")
    assert found.method == "recomputed"
    assert found.taken is not None
    assert (found.taken.rank, found.taken.kg_co2e) == (3, 0.125)
    chosen = PROPOSAL.candidates[2].model_copy(update={"acceptance_probability": 1.0, "dqr": found.taken.dqr})
    evidence = evidence_of(chosen, PROPOSAL.product)
    expected = combine(proxy_of(chosen, evidence), PROPOSAL.surrogate, dataset=beside_of(chosen, evidence))
    assert found.footprint == expected
    assert found.footprint is not None
    assert 0.07 < found.footprint.kg_co2e < 0.125
    assert found.footprint != PROPOSAL.estimate


def test_a_human_choice_is_no_guess() -> None:
    unlikely = proposal(candidates=(candidate(1), candidate(2, acceptance_probability=0.01, similarity=0.1)))
    likely = proposal(candidates=(candidate(1), candidate(2, acceptance_probability=0.9, similarity=0.9)))
    assert record(unlikely, "made-up-2").footprint == record(likely, "made-up-2").footprint


def test_flags_follow_the_dataset_taken() -> None:
    other = proposal(candidates=(candidate(1), candidate(2, basis="spend", geography="CN")))
    codes = {flag.code for flag in record(other, "made-up-2").flags}
    assert "spend_based" in codes
    assert "geography_fallback" not in codes


def test_a_candidate_confirmed_where_nothing_matched_gets_a_number_of_its_own() -> None:
    """At ``no_match`` the proposal's number is the model's alone, so it is not the dataset's."""
    alone = PROPOSAL.estimate.model_copy(update={"basis": "surrogate", "kg_co2e": 0.07, "low": 0.03, "high": 0.16})
    found = record(proposal(decision="no_match", estimate=alone))
    assert found.method == "recomputed"
    assert found.footprint is not None
    assert found.footprint.basis == "combined"
    assert draft(proposal(decision="no_match", estimate=alone)).taken is None


def test_an_override_reads_the_catalogue() -> None:
    history = [decision(PROPOSAL, "overridden", "made-up-glass")]
    assert needs_catalogue(PROPOSAL, history)
    found = decided_record(PROPOSAL.model_copy(update={"status": "overridden"}), history, FakeCatalogue(GLASS))
    assert found.taken is not None
    assert (found.taken.rank, found.taken.kg_co2e, found.taken.dqr.geographical) == (None, pytest.approx(0.03), 1)
    assert found.taken.conversion[-1] == "0.025 kg × 1.2 kg CO2e/kg = 0.03 kg CO2e"
    assert found.catalogue_sha256 == "cd" * 32
    assert found.footprint is not None
    assert 0.03 < found.footprint.kg_co2e < 0.07
    assert not needs_catalogue(PROPOSAL, [decision(PROPOSAL)])


def test_a_dataset_that_a_person_named_says_all_that_it_says_where_a_search_finds_it() -> None:
    asked = Asked("smart watch", "piece", None, geography="CN", boundary="cradle_to_gate", year=2026)
    ranked = Ranked(
        Retrieved(0, 0.8, 0.75, 0.6, 0.2, 0, "name"),
        WATCH,
        asked,
        fit_scores(asked, WATCH),
        0.9,
        acceptance_probability=0.7,
    )
    found = found_candidate(1, ranked, PROPOSAL.product, 2026, "watch", "en")
    named = catalogue_candidate(WATCH, PROPOSAL)
    of_the_search = {"rank", "similarity", "scores", "acceptance_probability", "dqr", "matched_label", "reasons", "fit"}
    assert named.model_dump(exclude=of_the_search) == found.model_dump(exclude=of_the_search)
    assert [one.stage for one in named.stages] == ["materials", "production", "distribution"]
    assert sum(one.kg_co2e for one in named.stages) == pytest.approx(9.72, rel=0.01)
    assert [line[:12] for line in named.warnings] == ["Valid until ", "Restricted l", "Its 9.72 kg "]
    taken = decided_record(PROPOSAL, [decision(PROPOSAL, "overridden", WATCH.dataset_id)], FakeCatalogue(WATCH)).taken
    assert taken is not None
    assert taken.stages == named.stages


def told(language: str, decision_: str, first: Candidate, **changes: object) -> tuple[Flag, ...]:
    """Every flag that may hold of a candidate, as the search raises them in a language."""
    estimate = PROPOSAL.estimate.model_copy(update={"low": 0.001, "high": 1.0}) if changes.get("number", True) else None
    return flags(
        proposal(mass_kg=None).product,
        decision_,
        (first,),
        estimate,
        routes_disagree=True,
        out_of_domain=True,
        rationale_fallback="it was late",
        year=2026,
        language=language,
    )


@pytest.mark.parametrize("decision_", ["ambiguous", "no_match"])
@pytest.mark.parametrize("number", [True, False])
def test_flags_are_told_in_the_readers_language_whatever_the_records(decision_: str, number: bool) -> None:
    first = candidate(1, year=2009, basis="spend", system_boundary="gate_to_gate", licence="proprietary", kg_co2e=None)
    english, chinese = (told(language, decision_, first, number=number) for language in ("en", "zh"))
    assert len(english) == (11 if decision_ == "ambiguous" else 6) - (not number)
    estimate = PROPOSAL.estimate if number else None
    made = proposal(mass_kg=None, flags=english, candidates=(first,), decision=decision_, estimate=estimate)
    record = decided_record(made, ())
    assert flags_for(record, "en") == english
    assert [one for one in flags_for(record, "zh") if one.code != "rationale_fallback"] == list(chinese[:-1])
    assert flags_for(record, "zh")[-1] == english[-1], "whose reason is kept in one language"
    back = made.model_copy(update={"flags": chinese, "rationale": made.rationale.model_copy(update={"language": "zh"})})
    assert flags_for(decided_record(back, ()), "en")[:-1] == english[:-1]


def test_flags_of_a_dataset_taken_name_that_dataset_in_the_readers_language() -> None:
    taken = record(proposal(candidates=(candidate(1), candidate(2, geography="FR"))), "made-up-2")
    (flag,) = [one for one in flags_for(taken, "zh") if one.code == "geography_fallback"]
    assert flag.message == "首位数据集的地域标注为“法国”，所求为“中国”。"


def test_a_dataset_that_is_gone_is_named() -> None:
    history = [decision(PROPOSAL, "overridden", "made-up-glas")]
    with pytest.raises(InputError, match="made-up-glas") as raised:
        decided_record(PROPOSAL, history, FakeCatalogue(GLASS))
    assert raised.value.code == "dataset_vanished"
    assert "made-up-glass" in raised.value.hint


def test_a_dataset_without_a_number_leaves_the_models_alone() -> None:
    silent = proposal(candidates=(candidate(1), candidate(2, gwp100_kg_co2e=None, kg_co2e=None)))
    found = record(silent, "made-up-2")
    assert found.footprint is not None
    assert (found.footprint.basis, found.footprint.kg_co2e) == ("surrogate", pytest.approx(0.07))
    mute = record(silent.model_copy(update={"surrogate": None}), "made-up-2")
    assert (mute.footprint, mute.method) == (None, "none")


def test_what_was_rejected_or_withdrawn_has_no_footprint_of_its_own() -> None:
    rejected = decided_record(PROPOSAL.model_copy(update={"status": "rejected"}), [decision(PROPOSAL, "rejected")])
    assert (rejected.taken, rejected.footprint, rejected.draft) == (None, None, False)
    assert not needs_catalogue(PROPOSAL, [decision(PROPOSAL, "rejected", "gone")])
    first = decision(PROPOSAL)
    back = decision(PROPOSAL, "withdrawn", id="w", refers_to=first.id)
    again = decided_record(PROPOSAL, [first, back])
    assert (again.draft, again.decision, len(again.history)) == (True, None, 2)
    assert again.footprint == PROPOSAL.estimate
