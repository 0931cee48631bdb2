"""Published footprints as estimate suites: references, groups, what is left out, faults, the same bytes each time."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from firstprint.catalogue.reader import read_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError, InputError
from firstprint.evaluation.prepare import boavizta, carbon_catalogue, catalogue_goods, su_eatable
from firstprint.evaluation.prepare.published import Prepared, published
from firstprint.evaluation.prepare.studies import Item, spread, study_values

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"

CATALOGUE_COLUMNS = [
    "*PCF-ID",
    "Year of reporting",
    "Product name (and functional unit)",
    "Product detail",
    "Company",
    "Country (where company is incorporated)",
    "Company's GICS Industry Group",
    "Company's GICS Industry",
    "*Company's sector",
    "Product weight (kg)",
    "Product's carbon footprint (PCF, kg CO2e)",
    "*Carbon intensity",
]
BOAVIZTA_COLUMNS = [
    "manufacturer",
    "name",
    "category",
    "subcategory",
    "gwp_total",
    "gwp_manufacturing_ratio",
    "weight",
    "assembly_location",
    "screen_size",
    "server_type",
    "hard_drive",
    "memory",
    "number_cpu",
    "comment",
]
AGRIBALYSE_COLUMNS = [
    "Code AGB",
    "Groupe d'aliment",
    "Sous-groupe d'aliment",
    "Nom du Produit en Français",
    "LCI Name",
    "DQR",
    "Changement climatique",
]

Rows = list[dict[str, str]]


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    book.close()
    return path


def table(path: Path, columns: list[str], rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def queries_of(prepared: Prepared) -> Rows:
    with (prepared.folder / "queries.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def settings_of(prepared: Prepared) -> dict[str, object]:
    return tomllib.loads((prepared.folder / "suite.toml").read_text(encoding="utf-8"))


def product(**cells: object) -> list[object]:
    usual: dict[str, object] = {
        "*PCF-ID": "7-1-2015",
        "Year of reporting": 2015,
        "Product name (and functional unit)": "Garden gnome",
        "Product detail": "BLANK",
        "Company": "Gnomes Ltd",
        "Country (where company is incorporated)": "Norway",
        "Company's GICS Industry Group": "Household things",
        "Company's GICS Industry": "Not used for 2015 reporting",
        "*Company's sector": "Home",
        "Product weight (kg)": 4,
        "Product's carbon footprint (PCF, kg CO2e)": 10,
        "*Carbon intensity": 2.5,
    }
    names = {"id": "*PCF-ID", "name": CATALOGUE_COLUMNS[2], "detail": "Product detail", "company": "Company"}
    names |= {"weight": "Product weight (kg)", "footprint": CATALOGUE_COLUMNS[10], "industry": CATALOGUE_COLUMNS[7]}
    return list((usual | {names[key]: value for key, value in cells.items()}).values())


def carbon(tmp_path: Path, *rows: list[object]) -> tuple[Prepared, ...]:
    path = workbook(tmp_path / "c.xlsx", {"Product Level Data": [list(CATALOGUE_COLUMNS), *rows]})
    return carbon_catalogue.prepare([path], tmp_path / "out")


def test_carbon_catalogue_per_kg_divides_by_weight_and_per_piece_does_not(tmp_path: Path) -> None:
    kg, piece = carbon(tmp_path, product())
    assert [kg.folder.name, piece.folder.name] == ["carbon-catalogue-per-kg", "carbon-catalogue-per-piece"]
    (per_kg,), (per_piece,) = queries_of(kg), queries_of(piece)
    assert (per_kg["reference_kg_co2e"], per_kg["unit"], per_kg["amount"], per_kg["mass_kg"]) == ("2.5", "kg", "1", "4")
    assert (per_piece["reference_kg_co2e"], per_piece["unit"], per_piece["mass_kg"]) == ("10", "piece", "4")
    assert (per_kg["id"], per_kg["group"], per_kg["category"]) == ("7-1-2015", "Gnomes Ltd", "Home")
    assert per_kg["geography"] == ""
    assert (per_kg["company_country"], per_kg["industry"]) == ("Norway", "Household things")


def test_carbon_catalogue_settings_leave_one_company_out(tmp_path: Path) -> None:
    for prepared in carbon(tmp_path, product()):
        settings = settings_of(prepared)
        assert settings["task"] == "estimate"
        assert settings["protocol"] == "cross-fit"
        assert (settings["folds"], settings["catalogue"], settings["group"]) == (0, "default", "group")
        assert "whole life" in str(settings["description"])


@pytest.mark.parametrize(
    ("name", "detail", "text"),
    [
        ("Gnome", "BLANK", "Gnome"),
        ("Gnome", "Field not included in 2013 data", "Gnome"),
        ("Gnome", None, "Gnome"),
        ("Gnome", "Gnome", "Gnome"),
        ("Gnome", "Made of clay", "Gnome. Made of clay"),
        ("Gnome", "Gnome made of clay", "Gnome made of clay"),
        ("Gnome", "Use stage: 68.1 kgCO2eq", "Gnome"),
        ("Gnome", "It causes CO2 equivalent emissions of around 3.8 kg", "Gnome"),
        ("Gnome", "measured in kg CO2 equivalents", "Gnome. measured in kg CO2 equivalents"),
        ("CO2 cartridge", "for beer", "CO2 cartridge. for beer"),
    ],
)
def test_carbon_catalogue_text_has_no_placeholder_and_never_states_the_result(
    tmp_path: Path, name: str, detail: str | None, text: str
) -> None:
    kg, _ = carbon(tmp_path, product(name=name, detail=detail))
    assert queries_of(kg)[0]["text"] == text


def test_carbon_catalogue_counts_what_it_leaves_out(tmp_path: Path) -> None:
    kg, piece = carbon(
        tmp_path,
        product(),
        product(id="7-2-2015", weight=None),
        product(id="7-3-2015", weight=0),
        product(id="7-4-2015", footprint=0),
        product(id="7-5-2015", company=None),
        product(id="7-6-2015", name="Gnome, 4 kg CO2e"),
    )
    assert (kg.queries, piece.queries) == (1, 3)
    assert "left out 2 rows: no weight, or a weight of zero" in kg.notes
    assert not any("weight" in note for note in piece.notes)
    for prepared in (kg, piece):
        assert "left out 1 row: no footprint, or none above zero" in prepared.notes
        assert "left out 1 row: no id, company or product name" in prepared.notes
        assert "left out 1 row: the product name states a CO2 figure" in prepared.notes


def test_carbon_catalogue_names_every_fault_at_once_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(FaultsError) as caught:
        carbon(tmp_path, product(), product(weight="heavy"), product(id="8", footprint="#REF!"))
    twice, weight, footprint = caught.value.faults
    assert "line 3, column '*PCF-ID': '7-1-2015' stands twice, first in line 2" in twice
    assert "line 3, column 'Product weight (kg)': 'heavy'" in weight
    assert "line 4" in footprint
    assert "'#REF!' is not a finite number" in footprint
    assert not (tmp_path / "out").exists()


def test_carbon_catalogue_without_a_usable_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="no row has a product name"):
        carbon(tmp_path, product(footprint=None))


def test_carbon_catalogue_in_another_shape_says_what_is_expected_and_where_to_get_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", {"Product Level Data": [["Company", "Footprint"], ["Gnomes Ltd", 3]]})
    with pytest.raises(FaultsError) as caught:
        carbon_catalogue.prepare([path], tmp_path / "out")
    text = str(caught.value)
    for said in ("Company, Footprint", "Product weight (kg)", "doi 10.1038/s41597-022-01178-9", "CC0 1.0"):
        assert said in text


def device(**cells: object) -> dict[str, object]:
    usual = {
        "manufacturer": "Acme",
        "name": "Slate 3",
        "category": "Workplace",
        "subcategory": "Tablet",
        "gwp_total": "100",
        "gwp_manufacturing_ratio": "0.75",
        "weight": "0.5",
        "assembly_location": "China",
        "screen_size": "10.0",
        "comment": "75 kgCO2eq",
    }
    return usual | cells


def devices(tmp_path: Path, *rows: dict[str, object]) -> Prepared:
    path = table(tmp_path / "boavizta-data-us.csv", BOAVIZTA_COLUMNS, list(rows))
    (prepared,) = boavizta.prepare([path], tmp_path / "out")
    return prepared


def test_boavizta_reference_is_the_making_of_one_device(tmp_path: Path) -> None:
    prepared = devices(tmp_path, device())
    (query,) = queries_of(prepared)
    assert (query["reference_kg_co2e"], query["unit"], query["mass_kg"]) == ("75", "piece", "0.5")
    assert (query["geography"], query["group"], query["category"]) == ("CN", "Acme", "Tablet")
    assert query["text"] == "Acme Slate 3, tablet, 10 inch screen"
    assert settings_of(prepared)["folds"] == 0
    assert "gwp_manufacturing_ratio" in str(settings_of(prepared)["description"])


@pytest.mark.parametrize(
    ("place", "code"), [("CN", "CN"), ("EU", "EU27"), ("Asia", "RAS"), ("WW", ""), ("default", ""), ("Narnia", "")]
)
def test_boavizta_place_is_taken_where_it_is_one(tmp_path: Path, place: str, code: str) -> None:
    assert queries_of(devices(tmp_path, device(assembly_location=place)))[0]["geography"] == code


def test_boavizta_text_says_each_thing_once(tmp_path: Path) -> None:
    row = device(
        name="Acme Tower Server", subcategory="Server", screen_size="0", memory="64", number_cpu="2", hard_drive="1TB"
    )
    assert queries_of(devices(tmp_path, row))[0]["text"] == "Acme Tower Server, 2 processors, 64 GB memory, 1TB"


def test_boavizta_spellings_of_one_manufacturer_are_one_group(tmp_path: Path) -> None:
    rows = [
        device(name=str(n), manufacturer=maker) for n, maker in enumerate(["Acme", "ACME Inc.", "acme", "Acme", "Co"])
    ]
    assert [query["group"] for query in queries_of(devices(tmp_path, *rows))] == ["Acme"] * 4 + ["Co"]


def test_boavizta_ids_are_unique_where_names_are_not(tmp_path: Path) -> None:
    ids = [
        query["id"]
        for query in queries_of(devices(tmp_path, device(), device(), device(manufacturer="联想", name="电脑")))
    ]
    assert ids == ["acme-slate-3", "acme-slate-3--2", "device-4"]


def test_boavizta_counts_what_it_leaves_out(tmp_path: Path) -> None:
    prepared = devices(
        tmp_path,
        device(),
        device(gwp_manufacturing_ratio=""),
        device(gwp_manufacturing_ratio="7.76"),
        device(gwp_manufacturing_ratio="0"),
        device(gwp_total=""),
        device(name=""),
        device(weight=""),
    )
    assert prepared.queries == 2
    assert prepared.notes[1:] == (
        "left out 2 rows: a share of manufacturing that is not between 0 and 1",
        "left out 1 row: no footprint, or none above zero",
        "left out 1 row: no manufacturer or name",
        "left out 1 row: no share of manufacturing (gwp_manufacturing_ratio)",
    )


def test_boavizta_names_every_cell_that_is_no_number(tmp_path: Path) -> None:
    with pytest.raises(FaultsError) as caught:
        devices(tmp_path, device(gwp_total="much", weight="nan"), device(screen_size="wide"))
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "line 2, column 'gwp_total'",
        "line 2, column 'weight'",
        "line 3, column 'screen_size'",
    ]


FOODS: dict[str, list[list[object]]] = {
    "SEL CF for users": [
        [
            "FOOD COMMODITY GROUP",
            "Food commodity ITEM",
            "Carbon Footprint kg CO2eq/kg or l of food ITEM",
            "Uncertainty    low (L) high (H)",
            "Suggested CF value",
            "Food commodity TYPOLOGY",
        ],
        ["CROPS", "MOONFRUIT*", 0.5, "L", "OK item", "FRUIT"],
        ["CROPS", "MOONFRUIT (g)", 2, "H", "OK item", "FRUIT"],
        ["CROPS", "MOONFRUIT (G)", 3, "H", "OK item", "FRUIT"],
        ["FISHING", "STARFISCH (F)", 4, "H", "better typology", "FISH*"],
        ["FISHING", "VOID", 0, "H", "better typology", "FISH*"],
    ],
    "SEL CF DATA SOURCES": [
        [
            "FOOD COMMODITY GROUP",
            "FOOD COMMODITY TYPOLOGY",
            "FOOD COMMODITY ITEM",
            "Carbon footprint  (kg CO2 eq/kg or litre of food commodity)",
        ],
        ["CROPS", "FRUIT", "MOONFRUIT", 0.4],
        ["CROPS", "FRUIT", "MOONFRUIT", 0.6],
        ["CROPS", "FRUIT", "MOONFRUIT", 0],
        ["CROPS", "FRUIT", "MOONFRUIT (g)", 2],
        ["FISHING", "FISH", "STARFISH (F)", 3],
        ["FISHING", "FISH", "STARFISH (F)", 5],
    ],
    "SEL CF  ITEMS STAT": [
        [None, None, None, "kg CO2 eq"],
        ["FOOD COMMODITY GROUP", "FOOD COMMODITY ITEM", "n", "min", "max"],
        ["CROPS", "MOONFRUIT", 2, 0.4, 0.6],
        ["FISHING", "STARFISCH (F)", 2, 3, 5],
    ],
}
PLATES = [["1001", "fruits", "baies", "Fruit de lune", "Moonfruit, raw", "2.1", "0.7"]]


def foods(tmp_path: Path, sheets: dict[str, list[list[object]]] = FOODS, plates: list[list[str]] = PLATES) -> Prepared:
    rows: list[dict[str, object]] = [dict(zip(AGRIBALYSE_COLUMNS, row, strict=True)) for row in plates]
    table(tmp_path / "agribalyse.csv", AGRIBALYSE_COLUMNS, rows)
    (prepared,) = su_eatable.prepare(
        [workbook(tmp_path / "foods.xlsx", sheets), tmp_path / "agribalyse.csv"], tmp_path / "out"
    )
    return prepared


def test_su_eatable_asks_each_food_with_the_spread_of_its_studies(tmp_path: Path) -> None:
    prepared = foods(tmp_path)
    moon, green, heated, star = queries_of(prepared)
    assert [q["text"] for q in (moon, green, heated, star)] == [
        "moonfruit",
        "moonfruit, from greenhouse",
        "moonfruit, from heated greenhouse",
        "starfisch, frozen",
    ]
    assert (moon["reference_kg_co2e"], moon["unit"], moon["group"]) == ("0.5", "kg", "FRUIT")
    assert (moon["studies"], moon["study_values"]) == ("2", "0.4|0.6")
    assert float(moon["reference_low"]) == pytest.approx(0.41)
    assert float(moon["reference_high"]) == pytest.approx(0.59)
    assert (green["studies"], green["study_values"], green["reference_low"]) == ("1", "", "")
    assert heated["studies"] == "0"
    assert (star["study_values"], star["group"]) == ("3|5", "FISH")
    assert "left out 1 row: a food with no footprint, or none above zero" in prepared.notes
    assert len({q["id"] for q in (moon, green, heated, star)}) == 4


def test_su_eatable_catalogue_is_agribalyse_to_the_plate(tmp_path: Path) -> None:
    prepared = foods(tmp_path)
    read = read_catalogue([prepared.folder / "catalogue.csv"])
    assert not read.faults
    (dataset,) = read.datasets
    assert (dataset.dataset_id, dataset.name, dataset.gwp100_kg_co2e) == ("agb:1001", "Moonfruit, raw", 0.7)
    assert dataset.attributes["name_fr"] == "Fruit de lune"
    assert (dataset.unit, dataset.geography, dataset.basis) == ("kg", "FR", "process")
    assert (dataset.system_boundary, dataset.licence) == ("cradle_to_grave", "etalab-2.0")
    assert prepared.datasets == 1
    settings = settings_of(prepared)
    assert (settings["catalogue"], settings["protocol"]) == ("catalogue.csv", "zero-shot")
    assert "5th and 95th percentile" in str(settings["description"])


def test_su_eatable_names_faults_of_all_sheets_at_once(tmp_path: Path) -> None:
    users, studies, statistics = FOODS.values()
    sheets = {
        "SEL CF for users": [*users, ["CROPS", "MOONFRUIT*", 1, "L", "OK", "FRUIT"], ["CROPS", "X", "?", "L", "", "Y"]],
        "SEL CF DATA SOURCES": [*studies, ["CROPS", "FRUIT", "X", "some"]],
        "SEL CF  ITEMS STAT": [*statistics, ["CROPS", "X", 1, "low", 2]],
    }
    with pytest.raises(FaultsError) as caught:
        foods(tmp_path, sheets)
    text = str(caught.value)
    for said in ("'MOONFRUIT*' stands twice", "'?'", "'some'", "'low'", "sheet 'SEL CF DATA SOURCES', line 8"):
        assert said in text


def test_su_eatable_food_that_differs_only_in_asterisks_is_a_fault(tmp_path: Path) -> None:
    users = [*FOODS["SEL CF for users"], ["CROPS", "MOONFRUIT", 1, "L", "OK", "FRUIT"]]
    with pytest.raises(FaultsError, match="stands twice, apart from asterisks"):
        foods(tmp_path, FOODS | {"SEL CF for users": users})


def test_su_eatable_without_the_sheet_of_studies_names_it(tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="has no sheet 'SEL CF DATA SOURCES'"):
        foods(tmp_path, {name: rows for name, rows in FOODS.items() if "SOURCES" not in name})


def test_su_eatable_needs_both_originals(tmp_path: Path) -> None:
    with pytest.raises(FaultsError) as caught:
        su_eatable.prepare([workbook(tmp_path / "foods.xlsx", FOODS)], tmp_path / "out")
    (fault,) = caught.value.faults
    assert "Agribalyse synthesis: is missing" in fault
    assert "Licence Ouverte 2.0" in fault


def test_agribalyse_faults_name_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(FaultsError) as caught:
        foods(tmp_path, plates=[*PLATES, ["1001", "a", "b", "c", "d", "1", "1"], ["2", "a", "b", "c", "d", "1", "x"]])
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "line 3, column 'Code AGB'",
        "line 4, column 'Changement climatique'",
    ]


def test_studies_of_a_like_name_are_taken_only_where_the_published_ends_agree() -> None:
    studies = {"CHEDDAR": [5.0, 9.0], "GOUDA": [6.0, 7.0]}
    assert study_values(["CEDDAR"], studies, [Item("CEDDAR", 5.0, 9.0)]) == {"CEDDAR": (5.0, 9.0)}
    assert study_values(["CEDDAR"], studies, [Item("CEDDAR", 5.0, 8.0)]) == {}
    assert study_values(["ZZZZ"], studies, [Item("ZZZZ", 5.0, 9.0)]) == {}
    assert study_values(["CEDDAR"], studies, []) == {}


def test_studies_of_a_name_that_another_food_has_are_not_taken() -> None:
    studies = {"CHEDDAR": [5.0, 9.0]}
    ends = [Item("CEDDAR", 5.0, 9.0), Item("CHEDDAR", 5.0, 9.0)]
    assert study_values(["CEDDAR", "CHEDDAR*"], studies, ends) == {"CHEDDAR*": (5.0, 9.0)}


def test_spread_of_many_values_leaves_the_outer_twentieths_out() -> None:
    assert spread([float(n) for n in range(101)]) == (5.0, 95.0)
    assert spread([2.0]) == (2.0, 2.0)


def good(dataset_id: str, name: str, value: float | None = 10.0, **more: object) -> Dataset:
    usual: dict[str, object] = {"source": "base-carbone", "category": "goods / things", "geography": "FR"}
    fields = {"unit": "piece", "system_boundary": "cradle_to_gate", "basis": "process"} | usual | more
    return Dataset(dataset_id=dataset_id, name=name, gwp100_kg_co2e=value, **fields)  # type: ignore[arg-type]


def test_goods_hold_out_every_row_of_the_same_good_whatever_its_source() -> None:
    draft = catalogue_goods.draft(
        [
            good("b:1", "Shirt, cotton", 11.0),
            good("b:2", "Polo shirt", 8.0),
            good("n:1", "Shirt", 10.1, source="nosgestesclimat"),
            good("b:3", "Oven (electric)", 200.0),
            good("x:1", "Shirt fabric, shirt", 5.0, unit="kg"),
        ]
    )
    held = {query.id: (query.group, query.held_out) for query in draft.queries}
    assert held == {
        "b:1": ("shirt", ("b:1", "b:2", "n:1")),
        "b:2": ("shirt", ("b:1", "b:2", "n:1")),
        "b:3": ("oven", ("b:3",)),
    }
    assert (draft.protocol, draft.folds, draft.catalogue) == ("cross-fit", 5, "default")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (good("a", "Fridge, small", name_zh="冰箱（小）"), good("b", "Cooler", 50.0, name_zh="冰箱"), True),
        (good("a", "Sofa, sofa bed", 198.0), good("b", "Sofa bed", 197.0), True),
        (good("a", "Sofa, sofa bed", 198.0), good("b", "Sofa bed", 180.0), False),
        (good("a", "Kettle", 9.91), good("b", "Backpack", 9.9), False),
        (good("a", "Pair of skis"), good("b", "Ski", 30.0), True),
        (good("a", "Hoop with concrete base"), good("b", "Base", 30.0), False),
        (good("a", "Shoes, leather"), good("b", "Gym shoe", 30.0), True),
        (good("a", "Dress, cotton"), good("b", "Dres", 30.0), False),
    ],
)
def test_kin_joins_names_of_one_good_and_copied_values(one: Dataset, other: Dataset, together: bool) -> None:
    kinds = catalogue_goods.kin([one, other])
    assert (kinds["a"] == kinds["b"]) is together


def test_kin_joins_over_a_third_row_in_any_order() -> None:
    rows = [
        good("a", "Cooler", 1.0, name_zh="冰箱"),
        good("b", "Fridge", 30.0),
        good("c", "Small fridge", 90.0, name_zh="冰箱（小）"),
    ]
    assert set(catalogue_goods.kin(rows).values()) == {"cooler"}
    assert set(catalogue_goods.kin(rows[::-1]).values()) == {"cooler"}


def test_goods_alternate_languages_where_the_chinese_name_is_chinese() -> None:
    rows = [
        good("b:1", "Oven", 1.0, name_zh="烤箱"),
        good("b:2", "Kettle", 2.0, name_zh="电水壶"),
        good("b:3", "Lamp", 3.0, name_zh="灯"),
        good("b:4", "Mower, thermal", 4.0, name_zh="割草机（thermal）"),
        good("b:5", "Chair", 5.0),
        good("b:6", "Table", 6.0),
    ]
    asked = [(query.language, query.text) for query in catalogue_goods.draft(rows).queries]
    assert asked == [
        ("en", "Oven"),
        ("zh", "电水壶"),
        ("en", "Lamp"),
        ("en", "Mower, thermal"),
        ("en", "Chair"),
        ("en", "Table"),
    ]


def test_goods_leave_out_what_is_no_durable_good_made_once() -> None:
    draft = catalogue_goods.draft(
        [
            good("b:1", "Oven"),
            good("b:2", "Meal", category="services / meals"),
            good("b:3", "Cartridge, per A4 sheet printed"),
            good("b:4", "Freezer", system_boundary="cradle_to_grave"),
            good("b:5", "Lamp", None),
            good("n:1", "Lamp", source="nosgestesclimat"),
            good("b:6", "Steel", unit="kg"),
        ]
    )
    assert [query.id for query in draft.queries] == ["b:1"]
    assert len(draft.notes) == 5
    assert all("1 row:" in note for note in draft.notes[1:])


def test_goods_need_a_good() -> None:
    with pytest.raises(InputError) as caught:
        catalogue_goods.draft([good("b:1", "Meal", category="services / meals")])
    assert caught.value.code == "catalogue_no_goods"


def test_goods_of_the_shipped_catalogue_never_see_their_own_row(tmp_path: Path) -> None:
    (prepared,) = catalogue_goods.prepare([], tmp_path)
    queries = queries_of(prepared)
    assert len(queries) > 150
    assert len({query["group"] for query in queries}) > 60
    by_group: dict[str, set[str]] = {}
    for query in queries:
        assert query["id"] in query["held_out"].split("|")
        by_group.setdefault(query["group"], set()).add(query["held_out"])
    assert all(len(held) == 1 for held in by_group.values())
    assert {query["language"] for query in queries} == {"en", "zh"}


def test_goods_take_no_files(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        catalogue_goods.prepare([tmp_path / "a.csv"], tmp_path / "out")
    assert caught.value.code == "originals_not_wanted"


MAKERS: dict[str, Callable[[Path], object]] = {
    "carbon": lambda folder: carbon(folder, product(), product(id="9-1-2015", name="Pond", weight=0.3)),
    "boavizta": lambda folder: devices(folder, device(), device(manufacturer="Zeta", name="Ünit 4")),
    "foods": foods,
    "goods": lambda folder: catalogue_goods.prepare([], folder / "out"),
}


@pytest.mark.parametrize("name", MAKERS)
def test_same_input_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    MAKERS[name](tmp_path)
    first = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    originals = {path: path.read_bytes() for path in tmp_path.glob("*.*")}
    if name == "carbon":  # a workbook holds the time it was saved; the very same file is asked for again
        carbon_catalogue.prepare([tmp_path / "c.xlsx"], tmp_path / "out")
    elif name == "foods":
        su_eatable.prepare([tmp_path / "foods.xlsx", tmp_path / "agribalyse.csv"], tmp_path / "out")
    else:
        MAKERS[name](tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.glob("*.*")} == originals
    assert {path: path.read_bytes() for path in first} == first
    assert len(first) >= 2


@pytest.mark.parametrize("module", [carbon_catalogue, boavizta, su_eatable])
def test_originals_say_where_and_under_which_terms(module: object) -> None:
    entry = module.PUBLISHED  # type: ignore[attr-defined]
    assert entry.originals
    assert all(original.where and original.terms and original.file for original in entry.originals)


@pytest.mark.shared_data
def test_real_carbon_catalogue_has_every_product_and_company(tmp_path: Path) -> None:
    kg, piece = carbon_catalogue.prepare([SHARED / "carbon_catalogue"], tmp_path)
    assert (kg.queries, piece.queries) == (866, 866)
    assert len({query["group"] for query in queries_of(kg)}) == 145
    assert len({query["category"] for query in queries_of(kg)}) == 8
    assert "2 product details state a CO2 figure and are left away; the name stays" in kg.notes


@pytest.mark.shared_data
def test_real_boavizta_keeps_rows_with_a_share_of_manufacturing(tmp_path: Path) -> None:
    (prepared,) = boavizta.prepare([SHARED / "boavizta"], tmp_path)
    assert prepared.queries == 756
    queries = queries_of(prepared)
    assert len({query["id"] for query in queries}) == 756
    assert {query["geography"] for query in queries} == {"", "CN", "EU27", "KR", "RAS"}


@pytest.mark.shared_data
def test_real_su_eatable_joins_most_studies(tmp_path: Path) -> None:
    (prepared,) = su_eatable.prepare([SHARED / "su_eatable_life", SHARED / "agribalyse"], tmp_path)
    assert (prepared.queries, prepared.datasets) == (324, 2500)
    queries = queries_of(prepared)
    assert sum(int(query["studies"]) for query in queries) > 3100  # 3,349 are in the sheet
    assert sum(query["studies"] == "0" for query in queries) < 10
    outside = [q for q in queries if q["reference_low"] and not _inside(q)]
    assert len(outside) <= 1
    assert not read_catalogue([prepared.folder / "catalogue.csv"]).faults


def _inside(query: dict[str, str]) -> bool:
    low, value, high = (float(query[name]) for name in ("reference_low", "reference_kg_co2e", "reference_high"))
    return low <= value <= high


@pytest.mark.shared_data
def test_real_originals_of_one_dataset_are_not_taken_for_another(tmp_path: Path) -> None:
    with pytest.raises(FaultsError):
        carbon_catalogue.prepare([SHARED / "su_eatable_life"], tmp_path)
    with pytest.raises(FaultsError):
        boavizta.prepare([SHARED / "agribalyse"], tmp_path)


def test_registry_knows_these_suites() -> None:
    known = published()
    for name in ("carbon-catalogue", "su-eatable", "boavizta", "catalogue-goods"):
        assert known[name].makes
