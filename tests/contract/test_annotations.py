"""The hand-made annotations name real, allowed datasets, and nothing of the test list is in the training list."""

import csv
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRAINING = ROOT / "index" / "labels_train.csv"
SUITE = ROOT / "evals" / "suites" / "mixed-products"
TRAINING_COLUMNS = ["id", "text", "language", "unit", "geography", "mass_kg", "relevant", "acceptable", "group"]
QUERY_COLUMNS = [
    "id", "text", "language", "geography", "unit", "amount", "mass_kg", "category", "group",
    "relevant", "acceptable", "reference_kg_co2e",
]  # fmt: skip
UNITS = {"", "kg", "t", "piece", "kWh", "MJ", "tkm", "m", "m2", "m3", "litre"}
CURRENCIES = {"EUR", "USD"}
"""Lines of a ledger state money: training alone teaches that a dataset per euro answers them, or none does."""


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def listed(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def normalised(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def overlap(one: str, other: str) -> float:
    """Jaccard overlap of the character bigrams of two normalised texts."""
    first, second = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return len(first & second) / max(1, len(first | second))


@pytest.fixture(scope="module")
def training() -> list[dict[str, str]]:
    return read(TRAINING)


@pytest.fixture(scope="module")
def queries() -> list[dict[str, str]]:
    return read(SUITE / "queries.csv")


@pytest.fixture(scope="module")
def catalogue() -> dict[str, dict[str, str]]:
    files = sorted((ROOT / "index" / "catalogue").glob("*.csv"))
    return {row["dataset_id"]: row for file in files for row in read(file)}


def test_columns_are_exact(training, queries):
    assert list(training[0]) == TRAINING_COLUMNS
    assert list(queries[0]) == QUERY_COLUMNS
    assert all(None not in row and None not in row.values() for row in training + queries), "a row is ragged"


def test_ids_are_unique_and_texts_are_not_repeated(training, queries):
    for rows in (training, queries):
        assert len({row["id"] for row in rows}) == len(rows)
        texts = Counter(normalised(row["text"]) for row in rows)
        assert [text for text, times in texts.items() if times > 1] == []


def test_counts_and_languages(training, queries):
    languages = Counter(row["language"] for row in training)
    assert len(training) >= 180
    assert set(languages) == {"zh", "en", "de", "fr"}
    assert languages["zh"] >= 80
    assert languages["en"] >= 60
    assert min(languages["de"], languages["fr"]) >= 20
    assert Counter(row["language"] for row in queries) == {"zh": 20, "en": 12, "de": 4, "fr": 4}


def test_groups_allow_grouped_folds(training, queries):
    assert all(row["group"] for row in training + queries)
    assert len({row["group"] for row in training}) >= 40


def test_every_test_query_has_a_right_answer_and_training_also_teaches_abstaining(training, queries):
    assert [row["id"] for row in queries if not row["relevant"]] == []
    answered = {row["group"] for row in training if row["relevant"] or row["acceptable"]}
    unanswered = {row["group"] for row in training} - answered
    # Shares of products, not of rows: a product stands in up to three wordings. Fewer than one in twelve would leave
    # the probability nothing to learn from in a fold; more than one in six would teach that abstaining is the habit.
    assert 1 / 12 <= len(unanswered) / len(unanswered | answered) <= 1 / 6


@pytest.mark.parametrize("field", ["relevant", "acceptable"])
def test_every_dataset_exists_and_may_stand_in_for_a_product(field, training, queries, catalogue):
    faults = []
    for row in training + queries:
        for dataset_id in listed(row[field]):
            dataset = catalogue.get(dataset_id)
            if dataset is None:
                faults.append(f"{row['id']}: {dataset_id} is not in the catalogue")
            elif dataset["system_boundary"] == "cbam_default" or dataset["life_cycle_phase"] == "avoided":
                faults.append(f"{row['id']}: {dataset_id} is a regulatory default or a credit")
    assert faults == []


def test_no_dataset_is_both_relevant_and_acceptable_or_listed_twice(training, queries):
    for row in training + queries:
        everything = listed(row["relevant"]) + listed(row["acceptable"])
        assert len(set(everything)) == len(everything), row["id"]


def test_end_of_life_datasets_answer_only_waste_queries(training, queries, catalogue):
    for row in training + queries:
        named = listed(row["relevant"]) + listed(row["acceptable"])
        if any(catalogue[dataset_id]["life_cycle_phase"] == "end_of_life" for dataset_id in named):
            assert "waste" in row["group"] or "paper-recycling" in row["group"], row["id"]


def test_units_and_masses_are_readable(training, queries):
    assert [row["id"] for row in queries if row["unit"] not in UNITS] == []
    assert [row["id"] for row in training if row["unit"] not in UNITS | CURRENCIES] == []
    for row in training + queries:
        assert not row["mass_kg"] or float(row["mass_kg"]) > 0, row["id"]
    assert all(float(row["amount"]) > 0 for row in queries)
    assert all(not row["reference_kg_co2e"] for row in queries)


def test_money_is_answered_by_purchase_datasets_alone(training, catalogue):
    for row in training:
        if row["unit"] in CURRENCIES:
            named = listed(row["relevant"]) + listed(row["acceptable"])
            assert [one for one in named if catalogue[one]["unit"] not in CURRENCIES] == [], row["id"]
            assert not row["mass_kg"], row["id"]


def test_no_test_text_or_near_duplicate_is_in_training(training, queries):
    known = [(row["id"], normalised(row["text"])) for row in training]
    close = [
        (query["id"], train_id)
        for query in queries
        for train_id, text in known
        if overlap(normalised(query["text"]), text) > 0.5
    ]
    assert close == []


def test_suite_file_names_the_protocol():
    suite = tomllib.loads((SUITE / "suite.toml").read_text(encoding="utf-8"))
    assert suite.pop("description")
    assert suite == {
        "name": "mixed-products",
        "task": "match",
        "catalogue": "default",
        "protocol": "zero-shot",
        "group": "group",
        "folds": 0,
        "seed": 1,
        "licence": "Apache-2.0",
        "source": "own",
    }
