"""How the builder puts Base Carbone's lines into stages: lines of our own making, in the source's columns."""

from __future__ import annotations

import sys

import pytest

from firstprint.resources import resource

sys.path.insert(0, str(resource("index")))

from readers import base_carbone_stages
from readers.rows import Row

CHAIR = "basecarbone:7"


def element(category: str = "Achats de biens > Mobilier", unit: str = "kgCO2e/unité") -> dict[str, str]:
    return {"Code de la catégorie": category, "Unité français": unit}


def line(kind: str, name: str, value: str) -> dict[str, str]:
    return {"Type poste": kind, "Nom poste français": name, "Total poste non décomposé": value}


def row(value: float, unit: str = "piece") -> Row:
    return Row(CHAIR, "Chair", unit, value, "cradle_to_gate", "process", "base-carbone", "V22.0", "etalab-2.0", "c",
               "goods", "FR")  # fmt: skip


def split(value: float, *lines: dict[str, str], **more: str):
    return base_carbone_stages.splits({CHAIR: element(**more)}, {CHAIR: lines}, {CHAIR: row(value)})


LINES = (
    line("Intrants", "Matières premières", "6,0"),
    line("Transport", "Approvisionnement", "1.0"),
    line("Energie", "Mise en forme", "0,5"),
    line("Energie", "Assemblage", "0,5"),
    line("Transport", "Distribution", "2"),
)


def test_lines_become_stages_with_shares_of_their_sum():
    found = split(10.0, *LINES)
    assert [(one.stage, one.kg_co2e, one.share) for one in found.parts] == [
        ("materials", 6.0, 0.6),
        ("materials", 1.0, 0.1),
        ("production", 0.5, 0.05),
        ("production", 0.5, 0.05),
        ("distribution", 2.0, 0.2),
    ]
    assert found.parts[0].name_fr == "Intrants Matières premières"
    assert (found.datasets(), dict(found.left_out)) == (1, {})


def test_a_tonne_or_energy_unit_is_converted_as_the_value_is():
    found = base_carbone_stages.splits(
        {CHAIR: element("Combustibles > Fossiles", "kgCO2e/GJ PCI")},
        {CHAIR: [line("Amont", "", "36"), line("Combustion", "", "324")]},
        {CHAIR: row(360 * 0.0036, "kWh")},
    )
    assert [(one.stage, round(one.kg_co2e, 4)) for one in found.parts] == [("production", 0.1296), ("use", 1.1664)]


@pytest.mark.parametrize(
    ("value", "lines", "reason"),
    [
        (10.2, LINES, "the parts do not add up to the value"),
        (10.0, (*LINES[:4], line("Autre", "", "2")), "a line is of no single stage"),
        (7.0, LINES[:2], "one stage only"),
        (10.0, (line("Intrants", "Matières premières", "12"), line("Transport", "Distribution", "-2")),
         "a part is negative"),
    ],
)  # fmt: skip
def test_what_gives_no_sound_split_is_left_out_with_its_reason(value, lines, reason):
    found = split(value, *lines)
    assert found.parts == []
    assert dict(found.left_out) == {reason: [CHAIR]}


def test_rounding_of_published_figures_is_let_through():
    assert split(10.05, *LINES).datasets() == 1


def test_elements_that_the_catalogue_dropped_have_no_split():
    found = base_carbone_stages.splits({CHAIR: element()}, {CHAIR: list(LINES)}, {})
    assert (found.parts, dict(found.left_out)) == ([], {})


def test_the_file_lists_stages_in_the_order_of_the_life_cycle():
    text = base_carbone_stages.splits_csv(split(10.0, *reversed(LINES)))
    stages = [record.split(",")[1] for record in text.splitlines()[1:]]
    assert stages == ["materials", "materials", "production", "production", "distribution"]
    assert text.splitlines()[1].endswith(",1,0.1000")
