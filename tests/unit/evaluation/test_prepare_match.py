"""Match suites from published files: what becomes a query, what is right, what is left out and what is refused."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from firstprint.catalogue.reader import read_sound_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError
from firstprint.evaluation.prepare import caml_grocery, parakeet_austin, tiangong_zh
from firstprint.evaluation.prepare.published import Prepared, Published, prepare
from firstprint.evaluation.records import Query, Suite
from firstprint.evaluation.suite import read_suite

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
Rows = Sequence[Sequence[str]]


def _table(path: Path, header: Sequence[str], rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _open(prepared: Prepared) -> tuple[Suite, tuple[Dataset, ...]]:
    """The suite as an evaluation run reads it, with every id checked against its catalogue."""
    suite = read_suite(prepared.folder)
    assert isinstance(suite.catalogue, Path)
    datasets = read_sound_catalogue([suite.catalogue])
    assert (prepared.queries, prepared.datasets) == (len(suite.queries), len(datasets))
    return suite, datasets


def _by_text(suite: Suite) -> dict[str, Query]:
    return {query.text: query for query in suite.queries}


# Austin

FACTOR_HEADER = (
    "2017 NAICS Code",
    "2017 NAICS Title",
    "GHG",
    "Unit",
    "Supply Chain Emission Factors with Margins",
)
TRUTH_HEADER = ("COMMODITY", "COMMODITY_DESCRIPTION", "CONTRACT_NAME", "naics_code_final")
UNIT = "kg CO2e/2022 USD, purchaser price"
FACTORS = (
    ("100001", "Rope Works", "All GHGs", UNIT, "0.25"),
    ("100002", "Sail Lofts", "All GHGs", UNIT, "0.5"),
    ("200001", "Boat Yards", "All GHGs", UNIT, "0"),
)
INDEX = (
    ("100001", "Rope, hemp | sisal"),
    ("100001", "Twine"),
    ("100002", "Sails"),
    ("900009", "Lighthouses"),
    ("******", "Cordage -- see Rope"),
)
TRUTH = (
    ("54010", "ROPE HEMP 10 MM", "Harbour  order", "100001"),
    ("540101200", "Rope  hemp 10 mm", "Other order", "100001"),
    ("67015", "ROPE HEMP 12 MM", "harbour ORDER", "100001"),
    ("", "mainsail", "", "100002"),
    ("070A5", "slipway hire", "Yard", "-2"),
    ("67015", "spar", "Yard", "100002"),
    ("67015", "SPAR", "Yard", "200001"),
    ("67015", "Spar", "Yard", "100002"),
    ("67015", "oar", "Yard", "100001"),
    ("67015", "Oar", "Yard", "200001"),
    ("67015", "buoy", "Quay", "2000"),
    ("67015", "anchor", "Yard", "700007"),
    ("67015", " -- ", "Yard", "100001"),
    ("67015", "anchor chain", "Pier", "-1"),
    ("67015", "anchor  chain", "Yard", "100001"),
)


@pytest.fixture
def austin(tmp_path: Path) -> Callable[..., list[Path]]:
    def files(truth: Rows = TRUTH, factors: Rows = FACTORS, index: Rows = INDEX) -> list[Path]:
        return [
            _table(tmp_path / "index.csv", ("NAICS17", "INDEX ITEM DESCRIPTION"), index),
            _table(tmp_path / "truth.csv", TRUTH_HEADER, truth),
            _table(tmp_path / "factors.csv", FACTOR_HEADER, factors),
        ]

    return files


def test_austin_makes_both_suites_with_the_same_queries(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    made = parakeet_austin.prepare(austin(), tmp_path / "out")
    assert tuple(prepared.folder.name for prepared in made) == parakeet_austin.PUBLISHED.makes
    zero_shot, with_decisions = (_open(prepared)[0] for prepared in made)
    assert (zero_shot.protocol, with_decisions.protocol, with_decisions.folds) == ("zero-shot", "with-decisions", 5)
    assert zero_shot.queries == with_decisions.queries


def test_austin_asks_each_description_once(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    suite, _ = _open(parakeet_austin.prepare(austin(), tmp_path / "out")[0])
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
    suite, _ = _open(parakeet_austin.prepare(austin(), tmp_path / "out")[0])
    queries = _by_text(suite)
    assert queries["slipway hire"].relevant == ()
    assert (queries["spar"].relevant, queries["spar"].acceptable) == (("naics-100002",), ("naics-200001",))
    assert (queries["oar"].relevant, queries["oar"].acceptable) == (("naics-100001", "naics-200001"), ())
    assert queries["buoy"].relevant == ("naics-200001",)  # the only sector below 2000
    assert queries["anchor chain"].relevant == ("naics-100001",)  # "no match" beside a code is no vote


def test_austin_groups_are_the_first_contracts(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    suite, _ = _open(parakeet_austin.prepare(austin(), tmp_path / "out")[0])
    queries = _by_text(suite)
    assert queries["ROPE HEMP 10 MM"].group == queries["ROPE HEMP 12 MM"].group == "contract-0001"
    assert queries["mainsail"].group not in {queries["spar"].group, "contract-0001"}
    assert queries["spar"].group == queries["oar"].group


def test_austin_keeps_the_item_of_the_commodity_code(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    rows = [(code, f"thing {number}", "x", "100001") for number, code in enumerate(("540", "5401012", "54010120012"))]
    rows += [("1" * 12, "thing 3", "x", "100001"), ("070A532", "thing 4", "x", "100001")]
    suite, _ = _open(parakeet_austin.prepare(austin(truth=rows), tmp_path / "out")[0])
    items = [query.extra["commodity_item"] for query in suite.queries]
    assert items == ["00540", "54010", "54010", "austin-0004", "070A5"]


def test_austin_catalogue(austin: Callable[..., list[Path]], tmp_path: Path) -> None:
    _, datasets = _open(parakeet_austin.prepare(austin(), tmp_path / "out")[0])
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


# CaML

CLASS_HEADER = ("naics_code", "title", "desc", "idx", "bea", "co2")
PRODUCT_HEADER = ("product_code", "naics_code", "raw_annotations", "product_text")
CLASSES = (
    ("300001", "Jam Kitchens ", "Makes\njam.", "Jam; Jelly ;", "3", "1.5"),
    ("300002", "Bakeries", "Bakes.", "Bread", "3", ""),
    ("300003", "Dairies", "Milk.", "Milk; Cheese", "3", "2"),
)
PRODUCTS = (
    ("A", "300001", "300001|300001|300002|-1|300009", "\n\nPlum Jam 2 oz\n\nBest on bread\n"),
    ("B", "300002", "300002|300003", "Cheese  Scone\n"),
    ("C", "300003", "300003|300003", "cheese scone"),
    ("D", "0", "0|0|300001", "Mystery box"),
    ("E", "-1", "-1", "Another box"),
    ("F", "300009", "300009", "Candle"),
    ("G", "300001", "300001", "\n\n"),
)


@pytest.fixture
def groceries(tmp_path: Path) -> Callable[..., list[Path]]:
    def files(products: Rows = PRODUCTS, classes: Rows = CLASSES) -> list[Path]:
        return [
            _table(tmp_path / "classes.csv", CLASS_HEADER, classes),
            _table(tmp_path / "products.csv", PRODUCT_HEADER, products),
        ]

    return files


def test_grocery_verdicts(groceries: Callable[..., list[Path]], tmp_path: Path) -> None:
    (prepared,) = caml_grocery.prepare(groceries(), tmp_path / "out")
    suite, _ = _open(prepared)
    jam, scone = suite.queries
    assert (jam.id, jam.text, jam.group) == ("grocery-0001", "Plum Jam 2 oz", "naics-300001")
    assert (jam.relevant, jam.acceptable) == (("naics-300001",), ("naics-300002",))
    assert (jam.extra["annotators"], jam.extra["agreement"]) == ("5", "0.4")
    assert (scone.text, scone.relevant, scone.acceptable) == ("Cheese Scone", ("naics-300002", "naics-300003"), ())


def test_the_label_published_decides_a_tie(groceries: Callable[..., list[Path]], tmp_path: Path) -> None:
    (prepared,) = caml_grocery.prepare(
        groceries([("A", "300002", "300001|300002|300001|300002", "Toast with jam")]), tmp_path / "out"
    )
    (query,) = _open(prepared)[0].queries
    assert (query.relevant, query.acceptable) == (("naics-300002",), ("naics-300001",))


def test_grocery_classes_carry_no_value(groceries: Callable[..., list[Path]], tmp_path: Path) -> None:
    _, datasets = _open(caml_grocery.prepare(groceries(), tmp_path / "out")[0])
    jam = datasets[0]
    assert (jam.name, jam.synonyms, jam.description) == ("Jam Kitchens", ("Jam", "Jelly"), "Makes jam.")
    assert [dataset.gwp100_kg_co2e for dataset in datasets] == [None] * 3


def test_groceries_say_what_was_left_out(groceries: Callable[..., list[Path]], tmp_path: Path) -> None:
    (prepared,) = caml_grocery.prepare(groceries(), tmp_path / "out")
    notes = "\n".join(prepared.notes)
    assert "2 distinct product names of 7 products, in 2 groups" in notes
    assert "2 products whose plurality chose no sector" in notes
    assert "1 whose label is not among the classes, 1 without words" in notes


def test_groceries_name_every_fault_of_their_originals(groceries: Callable[..., list[Path]], tmp_path: Path) -> None:
    products = (("A", "jam", "300001|x", "Jam"), PRODUCTS[0])
    classes = (*CLASSES, CLASSES[0], ("12", "", "d", "i", "b", "1"))
    with pytest.raises(FaultsError) as caught:
        caml_grocery.prepare(groceries(products, classes), tmp_path / "out")
    faults = "\n".join(caught.value.faults)
    for fault in (
        "products.csv line 2: 'jam', 'x' is neither a NAICS code nor -1 or 0",
        "naics_code '300001' stands already in the table",
        "naics_code '12' is not a code of six digits",
        "title is empty",
    ):
        assert fault in faults


# TianGong

PROCESS_HEADER = (
    "uuid",
    "name_zh",
    "name_en",
    "ref_flow_en",
    "ref_amount",
    "classes",
    "location",
    "year",
    "tech_zh",
)
LONG = "该数据集描述了用回转窑煅烧石灰石生产生石灰的工艺过程"


def _process(number: int, flow: str, text: str, **cells: str) -> tuple[str, ...]:
    row = {
        "uuid": f"00000000-0000-0000-0000-{number:012d}",
        "name_zh": f"过程{number}",
        "name_en": f"Process  {number} | works",
        "ref_flow_en": flow,
        "ref_amount": "1000.0",
        "classes": "Unit processes / Minerals",
        "location": "CN",
        "year": "2019",
        "tech_zh": text,
    } | cells
    return tuple(row[name] for name in PROCESS_HEADER)


PROCESSES = (
    _process(1, "Lime", LONG + "一"),
    _process(2, "lime ", LONG + "二", location="SZ-JS-CN", year=""),
    _process(3, "Glass", LONG + "三", location="Atlantis", classes="CEEIO / 2018"),
    _process(4, "Glass", LONG + "三"),
    _process(5, "Sand", LONG + "四"),
    _process(6, "Gravel", LONG + "四"),
    _process(7, "", LONG + "五"),
    _process(8, "Clay", "太短"),
    _process(9, "Clay", "A description of twenty characters and more in English"),
)


@pytest.fixture
def processes(tmp_path: Path) -> Callable[..., list[Path]]:
    def files(rows: Rows = PROCESSES) -> list[Path]:
        return [_table(tmp_path / "processes.csv", PROCESS_HEADER, rows)]

    return files


def test_every_dataset_of_the_flow_is_right(processes: Callable[..., list[Path]], tmp_path: Path) -> None:
    suite, _ = _open(tiangong_zh.prepare(processes(), tmp_path / "out")[0])
    assert [(query.text, query.relevant) for query in suite.queries] == [
        (LONG + "一", ("tiangong-0001", "tiangong-0002")),
        (LONG + "二", ("tiangong-0001", "tiangong-0002")),
        (LONG + "三", ("tiangong-0003", "tiangong-0004")),
    ]
    assert [query.group for query in suite.queries] == ["flow-0001", "flow-0001", "flow-0002"]
    assert {query.language for query in suite.queries} == {"zh"}


def test_processes_say_why_they_are_not_asked(processes: Callable[..., list[Path]], tmp_path: Path) -> None:
    (prepared,) = tiangong_zh.prepare(processes(), tmp_path / "out")
    notes = "\n".join(prepared.notes)
    assert "3 queries of 3 usable descriptions, in 2 groups" in notes
    for left_out in (
        "1 processes without a reference flow",
        "2 processes without a Chinese description",
        "2 processes whose description stands at several reference flows",
        "1 processes whose description stands at another process of the same flow",
    ):
        assert left_out in notes


def test_the_descriptions_are_not_in_the_catalogue(processes: Callable[..., list[Path]], tmp_path: Path) -> None:
    (prepared,) = tiangong_zh.prepare(processes(), tmp_path / "out")
    assert LONG not in (prepared.folder / "catalogue.csv").read_text(encoding="utf-8")


def test_tiangong_catalogue(processes: Callable[..., list[Path]], tmp_path: Path) -> None:
    _, datasets = _open(tiangong_zh.prepare(processes(), tmp_path / "out")[0])
    assert len(datasets) == len(PROCESSES)
    second, third = datasets[1:3]
    assert (second.name, second.name_zh) == ("Process 2 | works", "过程2")
    assert (second.geography, second.attributes["location"], second.year) == ("CN-JS", "SZ-JS-CN", None)
    assert (third.geography, third.basis, second.basis) == ("Atlantis", "spend", "process")
    assert {dataset.gwp100_kg_co2e for dataset in datasets} == {None}


def test_a_sample_keeps_the_proportion_of_classes(
    processes: Callable[..., list[Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiangong_zh, "SAMPLE", 20)
    rows = [_process(n, f"flow {n}", f"{LONG}第{n}种", classes="A" if n <= 60 else "B") for n in range(1, 81)]
    suite, datasets = _open(tiangong_zh.prepare(processes(rows), tmp_path / "out")[0])
    category = {dataset.dataset_id: dataset.category for dataset in datasets}
    drawn = [category[query.relevant[0]] for query in suite.queries]
    assert (drawn.count("A"), drawn.count("B")) == (15, 5)
    numbers = [int(query.relevant[0][-4:]) for query in suite.queries]
    assert numbers == sorted(numbers)
    assert numbers != list(range(1, 61, 4)) + list(range(61, 81, 4))


def test_processes_name_every_fault(processes: Callable[..., list[Path]], tmp_path: Path) -> None:
    rows = (PROCESSES[0], PROCESSES[0], _process(2, "Lime", LONG, uuid="lime", name_en="", year="last"))
    with pytest.raises(FaultsError) as caught:
        tiangong_zh.prepare(processes(rows), tmp_path / "out")
    assert [fault.split(": ", 1)[1] for fault in caught.value.faults] == [
        "uuid '00000000-0000-0000-0000-000000000001' stands already in line 2.",
        "uuid 'lime' is not a UUID.",
        "name_en is empty.",
        "year 'last' is not a year from 1900 to 2099.",
    ]


# All

ALL = {"austin": parakeet_austin, "groceries": caml_grocery, "processes": tiangong_zh}


@pytest.mark.parametrize("name", ALL)
def test_the_same_originals_give_the_same_bytes(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    files: list[Path] = request.getfixturevalue(name)()
    first = ALL[name].prepare(files, tmp_path / "one")
    second = ALL[name].prepare(files[::-1], tmp_path / "two")
    for one, two in zip(first, second, strict=True):
        for path in sorted(one.folder.iterdir()):
            assert path.read_bytes() == (two.folder / path.name).read_bytes()


@pytest.mark.parametrize("name", ALL)
def test_a_dataset_is_prepared_by_its_name(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    files: list[Path] = request.getfixturevalue(name)()
    known: Published = ALL[name].PUBLISHED
    made = prepare(known.name, files, tmp_path / "out")
    assert tuple(prepared.folder.name for prepared in made) == known.makes


@pytest.mark.parametrize("name", ALL)
def test_without_files_every_original_is_asked_for(name: str, tmp_path: Path) -> None:
    published: Published = ALL[name].PUBLISHED
    with pytest.raises(FaultsError) as caught:
        published.prepare([tmp_path], tmp_path / "out")
    assert len(caught.value.faults) == len(published.originals)
    for fault, original in zip(caught.value.faults, published.originals, strict=True):
        assert original.where in fault
        assert original.terms in fault


@pytest.mark.shared_data
def test_austin_as_published(tmp_path: Path) -> None:
    folders = [SHARED / "parakeet_austin", SHARED / "us_epa_scef"]
    for prepared in parakeet_austin.prepare(folders, tmp_path):
        suite, datasets = _open(prepared)
        assert (len(suite.queries), len(datasets)) == (1_881, 1_016)
        assert sum(not query.relevant for query in suite.queries) == 33
        assert len({query.group for query in suite.queries}) == 1_296
        assert sum(bool(dataset.synonyms) for dataset in datasets) == 1_014


@pytest.mark.shared_data
def test_groceries_as_published(tmp_path: Path) -> None:
    (prepared,) = caml_grocery.prepare([SHARED / "caml_grocery"], tmp_path)
    suite, datasets = _open(prepared)
    assert (len(suite.queries), len(datasets)) == (6_089, 568)
    assert all(query.relevant for query in suite.queries)
    assert len({query.group for query in suite.queries}) == 258


@pytest.mark.shared_data
def test_tiangong_as_published(tmp_path: Path) -> None:
    (prepared,) = tiangong_zh.prepare([SHARED / "tiangong"], tmp_path)
    suite, datasets = _open(prepared)
    assert (len(suite.queries), len(datasets)) == (1_000, 3_307)
    assert all(query.relevant for query in suite.queries)
    assert len({query.text for query in suite.queries}) == 1_000
