"""The suites of our own keep their format and their rules; read as plain files, and once by the reader."""

from __future__ import annotations

import csv
import math
import re
import tomllib
import unicodedata
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from firstprint.evaluation.suite import read_suite
from firstprint.units import dimension, parse_unit

ROOT = Path(__file__).resolve().parents[2]
SUITES = ROOT / "evals" / "suites"
MATCH = ("bilingual-parity", "unit-and-geography", "abstention")
OWN = (*MATCH, "sanity-range")
COLUMNS = [
    *("id", "text", "language", "geography", "unit", "amount", "mass_kg", "category", "group", "relevant"),
    *("acceptable", "reference_kg_co2e"),
]
EXTRA = {
    "bilingual-parity": ["pair"],
    "unit-and-geography": ["pair", "note"],
    "abstention": ["note"],
    "sanity-range": ["reference_low", "reference_high", "note"],
}
HAN = re.compile(r"[\u4e00-\u9fff]")

Row = dict[str, str]


def rows_of(suite: str) -> list[Row]:
    with (SUITES / suite / "queries.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plain(text: str) -> str:
    """Width, case, spaces and punctuation taken away: what two texts share when one was copied."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def ids(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def pairs_of(suite: str) -> list[tuple[Row, Row]]:
    by_pair: dict[str, list[Row]] = {}
    for row in rows_of(suite):
        if row["pair"]:
            by_pair.setdefault(row["pair"], []).append(row)
    assert all(len(rows) == 2 for rows in by_pair.values())
    return [(first, second) for first, second in by_pair.values()]


def physical(row: Row) -> tuple[float, str]:
    """The declared amount in kg where pieces have a mass, else in a base of its dimension."""
    amount = parse_unit(row["unit"])
    size = float(row["amount"]) * amount.amount
    base = {"g": ("kg", 1e-3), "t": ("kg", 1e3), "litre": ("m3", 1e-3), "kWh": ("MJ", 3.6)}
    if amount.unit == "piece" and row["mass_kg"]:
        return size * float(row["mass_kg"]), "kg"
    unit, factor = base.get(amount.unit, (amount.unit, 1.0))
    return size * factor, unit


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for path in sorted((ROOT / "index" / "catalogue").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows.update((row["dataset_id"], row) for row in csv.DictReader(file))
    return rows


@pytest.fixture(scope="module")
def places() -> set[str]:
    with (ROOT / "index" / "geography.csv").open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return {row["code"] for row in csv.DictReader(lines)}


@pytest.mark.parametrize("suite", OWN)
def test_a_suite_says_what_it_is(suite: str):
    said = tomllib.loads((SUITES / suite / "suite.toml").read_text(encoding="utf-8"))
    assert said["name"] == suite
    assert said["task"] == ("match" if suite in MATCH else "estimate")
    assert (said["catalogue"], said["protocol"], said["group"]) == ("default", "zero-shot", "group")
    assert said["source"] == "own" and said["licence"] and said["description"]


@pytest.mark.parametrize("suite", OWN)
def test_the_reader_finds_no_fault_and_loses_nothing(suite: str, catalogue: dict[str, Row]):
    read = read_suite(SUITES / suite, known_ids=lambda: catalogue.keys())
    rows = rows_of(suite)
    assert [query.id for query in read.queries] == [row["id"] for row in rows]
    assert [list(query.relevant) for query in read.queries] == [ids(row["relevant"]) for row in rows]
    assert [query.pair for query in read.queries] == [row.get("pair", "") for row in rows]
    ends = [query.extra.get("reference_low", "") for query in read.queries]
    assert ends == [row.get("reference_low", "") for row in rows]


@pytest.mark.parametrize("suite", OWN)
def test_the_columns_are_the_contract_and_the_suites_own(suite: str):
    assert list(rows_of(suite)[0]) == COLUMNS + EXTRA[suite]


@pytest.mark.parametrize("suite", OWN)
def test_every_row_can_be_asked(suite: str, places: set[str]):
    rows = rows_of(suite)
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["text"].strip() and row["group"] and None not in row
        assert row["text"] == row["text"].strip()
        assert row["language"] == ("zh" if HAN.search(row["text"]) else "en")
        assert not row["geography"] or row["geography"] in places, row["id"]
        dimension(row["unit"])
        assert float(row["amount"]) > 0
        assert not row["mass_kg"] or float(row["mass_kg"]) > 0


@pytest.mark.parametrize("suite", MATCH)
def test_right_datasets_are_in_the_catalogue_once(suite: str, catalogue: dict[str, Row]):
    for row in rows_of(suite):
        named = ids(row["relevant"]) + ids(row["acceptable"])
        assert [one for one in named if one not in catalogue] == [], row["id"]
        assert len(set(named)) == len(named), row["id"]
        assert row["relevant"] or not row["acceptable"], row["id"]


@pytest.mark.parametrize("suite", MATCH)
def test_right_datasets_convert_to_the_unit_asked_for(suite: str, catalogue: dict[str, Row]):
    bridged = {"count", "mass", "volume", "area", "length"}
    for row in rows_of(suite):
        asked = dimension(row["unit"])
        for one in ids(row["relevant"]) + ids(row["acceptable"]):
            has = dimension(catalogue[one]["unit"])
            by_mass = bool(row["mass_kg"]) and {asked, has} <= bridged
            assert asked == has or by_mass, (row["id"], one)


@pytest.mark.parametrize("suite", MATCH)
def test_no_right_dataset_is_a_credit(suite: str, catalogue: dict[str, Row]):
    named = [one for row in rows_of(suite) for one in ids(row["relevant"]) + ids(row["acceptable"])]
    assert [one for one in named if catalogue[one]["life_cycle_phase"].startswith("avoided")] == []


@pytest.mark.parametrize("suite", OWN)
def test_no_text_is_a_name_of_the_catalogue_or_a_text_trained_on(suite: str, catalogue: dict[str, Row]):
    known = {plain(row[key]) for row in catalogue.values() for key in ("name", "name_zh", "name_fr")}
    known |= {plain(name) for row in catalogue.values() for name in row["synonyms"].split("|")}
    with (ROOT / "index" / "labels_train.csv").open(encoding="utf-8", newline="") as file:
        known |= {plain(row["text"]) for row in csv.DictReader(file)}
    known |= {plain(row["text"]) for row in rows_of("mixed-products")}
    assert [row["text"] for row in rows_of(suite) if plain(row["text"]) in known] == []


def test_no_two_suites_ask_the_same():
    texts = {suite: {plain(row["text"]) for row in rows_of(suite)} for suite in OWN}
    assert [texts[one] & texts[other] for one, other in combinations(OWN, 2)] == [set()] * 6


@pytest.mark.parametrize("suite", ["bilingual-parity", "abstention", "sanity-range"])
def test_no_text_is_asked_twice(suite: str):
    texts = Counter(plain(row["text"]) for row in rows_of(suite))
    assert [text for text, count in texts.items() if count > 1] == []


def test_parity_asks_each_product_once_in_each_language():
    pairs = pairs_of("bilingual-parity")
    assert len(pairs) >= 70
    assert len({row["group"] for row in rows_of("bilingual-parity")}) == len(pairs)
    for first, second in pairs:
        assert {first["language"], second["language"]} == {"zh", "en"}
        same = ("geography", "unit", "amount", "mass_kg", "group", "relevant", "acceptable")
        assert [first[key] for key in same] == [second[key] for key in same]
        assert first["relevant"]


def test_pairs_of_units_are_one_physical_amount():
    pairs = pairs_of("unit-and-geography")
    assert len(pairs) >= 15
    for first, second in pairs:
        (left, unit), (right, other) = physical(first), physical(second)
        assert unit == other and math.isclose(left, right, rel_tol=1e-9), first["pair"]
        same = ("geography", "group", "relevant", "acceptable")
        assert [first[key] for key in same] == [second[key] for key in same]
        assert plain(first["text"]) == plain(second["text"])


def test_every_question_of_unit_and_place_has_an_answer():
    rows = rows_of("unit-and-geography")
    assert len(rows) >= 60
    assert [row["id"] for row in rows if not row["relevant"]] == []


def test_half_of_the_abstention_suite_has_no_answer():
    rows = rows_of("abstention")
    empty = sum(not row["relevant"] for row in rows)
    assert len(rows) >= 80 and 0.4 <= empty / len(rows) <= 0.6
    for kind in {row["group"] for row in rows}:
        answers = {bool(row["relevant"]) for row in rows if row["group"] == kind}
        assert answers == {True, False}, f"{kind} gives the answer away"
    for language in ("zh", "en"):
        some = [bool(row["relevant"]) for row in rows if row["language"] == language]
        assert 0.35 <= sum(some) / len(some) <= 0.65
    assert all(row["note"] for row in rows if not row["relevant"])


def test_ranges_hold_their_reference_in_the_geometric_middle():
    rows = rows_of("sanity-range")
    assert len(rows) >= 60
    for row in rows:
        low, high = float(row["reference_low"]), float(row["reference_high"])
        assert 0 < low < high and high / low >= 1.3, row["id"]
        assert math.isclose(float(row["reference_kg_co2e"]), math.sqrt(low * high), rel_tol=1e-3), row["id"]
        assert row["note"]
