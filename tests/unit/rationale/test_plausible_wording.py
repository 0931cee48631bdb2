"""True texts whose numbers' owners are told in passing pass; the same texts with a clear falsehood do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstprint.evaluation.rationale_records import load_records
from firstprint.rationale.facts import compute_facts
from firstprint.rationale.guard import check_rationale

SUITE = Path(__file__).resolve().parents[3] / "evals" / "suites" / "rationale-guard"
TRUE = (
    ("made-up-06", "en", "Shipping 500 tkm by lorry: 42 kg (dataset), 73 kg (model), 50 kg (estimate)."),
    ("made-up-06", "en", "By rail the same job would emit only 10.8 kg, about a quarter of the lorry's figure."),
    ("made-up-08", "en", "Two kilos of boneless beef: 51.1 kg CO2e, or about 25.6 kg per kilo."),
    ("made-up-08", "en", "Pork would cut that to 11.7 kg, veal barely changes it at 47.2 kg."),
    ("made-up-01", "en", "We blended 3.85 and 1.03 kg into 2.59 kg CO2e."),
    ("made-up-03", "en", "1,200 kWh × 0.537 kg = 644 kg CO2e, straight from the Chinese mix."),
    ("made-up-10", "en", "The model's guess is 64.2 kg for the fuel, so we say 94 kg."),
    ("made-up-20", "en", "The dataset doubles the surrogate's figure (51.2 vs. 24.8 kg)."),
    ("made-up-00", "zh", "如改用 PET 薄膜则升至 0.0658 千克，改用聚丙烯则降到 0.0408 千克。"),
    ("made-up-02", "zh", "每千克热轧卷 2.21 千克；冷轧卷要高四成，到 3.08 千克。"),
    ("chair", "en", "Treat 18 kg CO2e as an order of magnitude only: the interval runs from 5.1 up to 65 kg."),
)
FALSE = (
    ("made-up-06", "en", "Shipping 500 tkm by lorry: 42 kg (model), 73 kg (dataset), 50 kg (estimate)."),
    ("made-up-08", "en", "Two kilos of boneless beef: 51.1 kg CO2e, or about 51.1 kg per kilo."),
    ("made-up-20", "en", "The dataset doubles the surrogate's figure (51.2 vs. 51.2 kg)."),
    ("made-up-20", "en", "The dataset is higher, 24.8 against 51.2 kg."),
    ("made-up-03", "en", "1,200 kWh × 0.537 kg = 644 kg CO2e, straight from the Polish mix."),
    ("made-up-10", "en", "The surrogate model estimates 93.9 kg CO2e."),
    ("made-up-20", "en", "Dataset: Bamboo fibre composite, moulded | similarity 0.86"),
)


@pytest.fixture(scope="module")
def facts():
    return {name: compute_facts(draft) for name, draft in load_records(SUITE).items()}


@pytest.mark.parametrize(("record", "language", "text"), TRUE)
def test_a_true_text_passes(facts, record, language, text):
    assert check_rationale(text, facts[record], language).problems == ()


@pytest.mark.parametrize(("record", "language", "text"), FALSE)
def test_a_clear_falsehood_does_not(facts, record, language, text):
    assert not check_rationale(text, facts[record], language).passed
