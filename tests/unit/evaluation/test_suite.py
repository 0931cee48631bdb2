from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_folders import CATALOGUE, ESTIMATE, ESTIMATE_ROWS, HEAD, MATCH, MATCH_ROWS, faults, only_fault, write

from firstprint.catalogue.reader import catalogue_files, read_sound_catalogue
from firstprint.evaluation import suite_rows
from firstprint.evaluation.suite import read_suite, suite_summary

ROOT = Path(__file__).parents[3]
MIXED = ROOT / "evals" / "suites" / "mixed-products"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tiny"


# --- what is read ---


def test_every_column_arrives_typed(folder):
    rows = (
        "id,text,language,geography,unit,amount,mass_kg,category,group,relevant,acceptable,reference_kg_co2e,"
        "held_out,pair,note\n"
        "a, Steel bolt M8 ,en,广东,lb,2,0.5,fasteners,Acme\u00a0 Ltd,d1|d1,d2|,3.5,d2,p1,seen twice\n"
        '\nb,"glass\njar",,,,,,,y,,,,,,\n'
    )
    suite = read_suite(write(folder, rows=rows), known_ids=lambda: ["d1", "d2"])
    first, second = suite.queries
    assert (first.text, first.language, first.geography, first.unit) == ("Steel bolt M8", "en", "广东", "lb")
    assert (first.amount, first.mass_kg, first.category, first.group) == (2.0, 0.5, "fasteners", "Acme Ltd")
    assert (first.relevant, first.acceptable, first.held_out) == (("d1",), ("d2",), ("d2",))
    assert (first.reference_kg_co2e, first.pair, first.extra, first.line) == (3.5, "p1", {"note": "seen twice"}, 2)
    assert (second.text, second.relevant, second.unit, second.amount, second.line) == ("glass\njar", (), None, 1.0, 4)


def test_settings_arrive_with_their_defaults(folder):
    suite = read_suite(write(folder, MATCH + 'licence = "CC0"\nsource = "own"\nprepared_by = "x"\n'))
    assert (suite.name, suite.task, suite.protocol, suite.catalogue) == ("tiny", "match", "zero-shot", "default")
    assert (suite.folds, suite.seed, suite.licence, suite.source, suite.description) == (5, 0, "CC0", "own", "")
    assert not suite.leaky
    assert suite.folder == folder


def test_a_byte_order_mark_is_no_fault(folder):
    write(folder, ("\ufeff" + MATCH), ("\ufeff" + MATCH_ROWS))
    assert [query.id for query in read_suite(folder).queries] == ["a", "b"]


def test_ids_are_not_asked_for_where_no_row_names_one(folder):
    def never():
        raise AssertionError("the catalogue was opened")

    write(folder, ESTIMATE + 'catalogue = "default"\n', ESTIMATE_ROWS)
    assert len(read_suite(folder, known_ids=never).queries) == 2


def test_an_estimate_suite_may_do_without_a_catalogue(folder):
    assert read_suite(write(folder, ESTIMATE, ESTIMATE_ROWS)).catalogue is None
    assert read_suite(write(folder, ESTIMATE + 'catalogue = "none"\n', ESTIMATE_ROWS)).catalogue is None


def test_another_column_can_hold_the_group(folder):
    rows = ESTIMATE_ROWS.replace("group", "company")
    suite = read_suite(write(folder, ESTIMATE + 'group = "company"\n', rows))
    assert [(query.group, dict(query.extra)) for query in suite.queries] == [("x", {}), ("y", {})]


def test_ranges_stay_among_the_further_columns(folder):
    rows = "id,text,group,reference_kg_co2e,reference_low,reference_high\na,bolt,x,2,1,3\nb,jar,y,2,,\n"
    suite = read_suite(write(folder, ESTIMATE, rows))
    assert suite.queries[0].extra == {"reference_low": "1", "reference_high": "3"}


def test_a_rationale_suite_needs_texts_in_a_known_language(folder):
    settings = HEAD + 'task = "rationale"\nprotocol = "zero-shot"\n'
    rows = "id,text,group,language,record,kind\na,The factor is 2.,x,en,r1,template\nb,系数为2。,y,zh,r1,template\n"
    suite = read_suite(write(folder, settings, rows))
    assert suite.queries[1].extra == {"record": "r1", "kind": "template"}
    assert "column language: 'fr' is not known" in only_fault(write(folder, settings, rows.replace(",en,", ",fr,")))


def test_a_suite_brings_its_own_catalogue(folder):
    own = MATCH.replace("default", "catalogue.csv")
    write(folder, own, MATCH_ROWS.replace("d2", "d1"), **{"catalogue.csv": CATALOGUE})
    suite = read_suite(folder, known_ids=list)
    assert suite.catalogue == folder / "catalogue.csv"
    assert only_fault(write(folder, own, **{"catalogue.csv": CATALOGUE})).startswith(
        "queries.csv line 3: column relevant: 'd2' is not an id of catalogue.csv"
    )


@pytest.mark.parametrize("name", ["suite.toml", "queries.csv", "catalogue.csv"])
def test_the_checksum_follows_every_file(folder, name):
    own = MATCH.replace("default", "catalogue.csv")
    write(folder, own, MATCH_ROWS.replace("d2", "d1"), **{"catalogue.csv": CATALOGUE})
    before = read_suite(folder).sha256
    assert read_suite(folder).sha256 == before
    with (folder / name).open("a") as handle:
        handle.write("\n")
    assert read_suite(folder).sha256 != before


def test_the_shipped_suite_reads_cleanly_against_the_default_catalogue():
    ids = {each.dataset_id for each in read_sound_catalogue(catalogue_files(ROOT / "index" / "catalogue"))}
    suite = read_suite(MIXED, known_ids=lambda: ids)
    assert len(suite.queries) == 40
    assert suite.queries[0].relevant == ("gbt51366-rebar",)


# --- faults of suite.toml and of the folder ---


def test_all_faults_of_a_folder_come_together(folder):
    settings = 'task = "match"\ncatalogue = "default"\nprotocol = "zero shot"\nfolds = 1\n'
    rows = (
        "id,text,group,relevant,amount,unit\n"
        "a,steel bolt,x,d9,-3,florps\n"
        "a,,  ,d1,1,kg\n"
        "c,jar,x,d1,1,kg,more\n"
        "d,jar,x,d1,1e999,kg\n"
    )
    found = faults(write(folder, settings, rows))
    assert [fault.split(";")[0] for fault in found] == [
        "suite.toml: the key name is missing",
        "suite.toml: protocol = 'zero shot' is not known",
        "suite.toml: folds = 1 leaves nothing to learn from",
        "queries.csv line 2: column unit: 'florps' is not a known unit",
        "queries.csv line 2: column amount: '-3' is not a finite number above 0",
        "queries.csv line 2: column relevant: 'd9' is not an id of the default catalogue "
        "(see: firstprint catalogue list TEXT)",
        "queries.csv line 3: column text: breaks a rule: The description is empty.",
        "queries.csv line 3: column group: is empty",
        "queries.csv line 3: column id: 'a' stands already in line 2",
        "queries.csv line 4: has 7 cells and the header 6",
        "queries.csv line 5: column amount: '1e999' is not a finite number above 0",
    ]


def test_a_missing_folder_or_a_file_is_named(folder):
    assert "is not a folder" in only_fault(folder)
    assert "is not a folder" in only_fault(write(folder) / "suite.toml")


def test_missing_files_are_all_named(folder):
    write(folder, None, None)
    assert [fault.split(";")[0] for fault in faults(folder)] == ["suite.toml: is missing", "queries.csv: is missing"]
    own = MATCH.replace("default", "catalogue.csv")
    assert only_fault(write(folder, own)) == "catalogue.csv: is missing; add it to the suite's folder"


def test_a_folder_in_place_of_a_file_is_named(folder):
    write(folder, rows=None)
    (folder / "queries.csv").mkdir()
    assert only_fault(folder).startswith("queries.csv: is not a plain file")


@pytest.mark.parametrize("broken", ["name = ", "name = 'a'\nname = 'b'\n", "a = " + "[" * 5000, "a = " + "9" * 5000])
def test_broken_toml_is_one_fault_and_the_rows_are_checked_still(folder, broken):
    found = faults(write(folder, broken, MATCH_ROWS.replace("glass jar", "")))
    assert found[0].startswith("suite.toml: is not TOML: ")
    assert found[1].startswith("queries.csv line 3: column text")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (MATCH.replace('"match"', '"guess"'), "task = 'guess' is not known; use \"match\", \"estimate\" or"),
        (MATCH.replace("zero-shot", "few-shot"), "protocol = 'few-shot' is not known"),
        (MATCH.replace('"default"', '"../other.csv"'), "catalogue = '../other.csv' is not known"),
        (MATCH.replace('"tiny"', '"../../tiny"'), "name = '../../tiny' cannot name a folder"),
        (MATCH.replace('"tiny"', "7"), "name = '7' is not a text"),
        (MATCH + 'folds = "5"\n', "folds = '5' is not a whole number"),
        (MATCH + "folds = true\n", "folds = 'True' is not a whole number"),
        (MATCH + "folds = -1\n", "folds = '-1' is not a whole number"),
        (MATCH + "seed = 1.5\n", "seed = '1.5' is not a whole number"),
        (MATCH + "seed = 0x" + "f" * 9000 + "\n", "seed = … is not a whole number"),
        (MATCH + "group = 3\n", "group = '3' is not a text"),
        (MATCH + 'group = " "\n', "group is empty"),
        (MATCH + 'license = "CC0"\n', "the key 'license' is not known; write licence"),
        (MATCH.replace('catalogue = "default"\n', ""), "a match suite needs a catalogue"),
        (MATCH.replace("zero-shot", "cross-fit"), "protocol = 'cross-fit' makes no sense for task = 'match'"),
    ],
)  # fmt: skip
def test_faults_of_the_settings(folder, settings, says):
    found = [fault for fault in faults(write(folder, settings)) if says in fault]
    assert found
    assert found[0].startswith("suite.toml: ")


@pytest.mark.parametrize(("task", "protocol"), [("estimate", "with-decisions"), ("rationale", "cross-fit")])
def test_protocols_that_make_no_sense_for_a_task(folder, task, protocol):
    settings = HEAD + f'task = "{task}"\nprotocol = "{protocol}"\n'
    rows = "id,text,group,reference_kg_co2e,language\na,bolt,x,1,en\nb,jar,y,1,en\n"
    found = faults(write(folder, settings, rows))
    assert f"protocol = '{protocol}' makes no sense for task = '{task}'" in found[0]


# --- faults of queries.csv ---


@pytest.mark.parametrize(
    ("settings", "rows", "column"),
    [
        (MATCH, "id,text,group\na,bolt,x\n", "relevant"),
        (MATCH, "id,group,relevant\na,x,d1\n", "text"),
        (ESTIMATE, "id,text,group\na,bolt,x\nb,jar,y\n", "reference_kg_co2e"),
        (ESTIMATE + 'group = "company"\n', ESTIMATE_ROWS, "company"),
    ],
)
def test_a_missing_column_is_named_with_those_found(folder, settings, rows, column):
    fault = only_fault(write(folder, settings, rows))
    assert fault.startswith(f"queries.csv line 1: column {column} is missing (found: 'id'")


def test_semicolons_show_in_the_message(folder):
    assert "found: 'id;text;group;relevant'" in faults(write(folder, rows="id;text;group;relevant\n"))[0]


def test_columns_without_name_or_twice_are_faults(folder):
    found = faults(write(folder, rows="id,text,group,relevant,,group\na,bolt,x,d1,,y\n"))
    assert "column 5 has no name" in found[0]
    assert "column 'group' stands there twice" in found[1]


@pytest.mark.parametrize("rows", ["", "id,text,group,relevant\n", "id,text,group,relevant\n\n\n"])
def test_a_suite_without_rows_is_a_fault(folder, rows):
    assert "no row of queries follows" in only_fault(write(folder, rows=rows))


@pytest.mark.parametrize("value", ["zwei", "nan", "inf", "-1", "0", "1e999", "1,5", "1_000", "１", "0x10", "9" * 70])
@pytest.mark.parametrize("column", ["amount", "mass_kg", "reference_kg_co2e", "reference_low"])
def test_numbers_are_plain_finite_and_positive(folder, column, value):
    cells = {"id": "a", "text": "bolt", "group": "x", "reference_kg_co2e": "2", column: f'"{value}"'}
    rows = ",".join(cells) + "\n" + ",".join(cells.values()) + "\nb,jar,y,2" + "," * (len(cells) - 4) + "\n"
    assert only_fault(write(folder, ESTIMATE, rows)).startswith(f"queries.csv line 2: column {column}: '{value[:60]}")


def test_a_missing_reference_is_a_fault(folder):
    fault = only_fault(write(folder, ESTIMATE, ESTIMATE_ROWS.replace("0.9", "")))
    assert fault.startswith("queries.csv line 3: column reference_kg_co2e: is empty")


def test_a_range_upside_down_is_a_fault(folder):
    rows = "id,text,group,reference_kg_co2e,reference_low,reference_high\na,bolt,x,2,3,1\nb,jar,y,2,1,1\n"
    assert "column reference_low: '3' is above reference_high '1'" in only_fault(write(folder, ESTIMATE, rows))


@pytest.mark.parametrize(
    ("header", "cell", "says"),
    [
        ("geography", "Atlantis", "column geography: 'Atlantis' is not a known geography"),
        ("unit", "kgg", "column unit: 'kgg' is not a known unit"),
        ("acceptable", "d1|d8", "column acceptable: 'd8' is not an id of the default catalogue"),
        ("held_out", "d7", "column held_out: 'd7' is not an id of the default catalogue"),
        ("category", "c" * 201, "has more than 200 characters"),
        ("pair", "a\0b", "holds a NUL character"),
    ],
)
def test_faults_of_optional_columns(folder, header, cell, says):
    rows = f"id,text,group,relevant,{header}\na,bolt,x,d1,{cell}\n"
    fault = only_fault(write(folder, rows=rows))
    assert fault.startswith("queries.csv line 2: ")
    assert says in fault


@pytest.mark.parametrize(
    ("text", "says"), [("x" * 20_001, "20,001 characters"), ("---", "no letter and no digit"), ("", "is empty")]
)
def test_texts_the_product_would_refuse_are_faults(folder, text, says):
    assert says in only_fault(write(folder, rows=f"id,text,group,relevant\na,{text},x,d1\n"))


def test_a_long_paragraph_is_taken(folder):
    suite = read_suite(write(folder, rows=f"id,text,group,relevant\na,{'oat drink ' * 1500},x,d1\n"))
    assert len(suite.queries[0].text) == 14_999


def test_rows_too_long_or_too_short_are_named_after_a_cell_of_two_lines(folder):
    found = faults(write(folder, rows='id,text,group,relevant\na,"bolt\nM8",x,d1\nb,jar,y\nc,jar,y,d1,\n'))
    assert found == (
        "queries.csv line 4: has 3 cells and the header 4; check commas and quotes",
        "queries.csv line 5: has 5 cells and the header 4; check commas and quotes",
    )


@pytest.mark.parametrize("cell", ['"open', "y" * 250_000, '"closed" early'])
def test_a_table_that_is_no_csv_is_one_fault(folder, cell):
    fault = faults(write(folder, rows=f"id,text,group,relevant\na,bolt,x,d1\nb,{cell},x,d1\n"))[-1]
    assert fault.startswith("queries.csv line 3: is not CSV (")


def test_another_encoding_is_named_with_its_line(folder):
    write(folder, rows="id,text,group,relevant\na,bolt,x,d1\nb,Käse,x,d1\n".encode("latin-1"))
    assert only_fault(folder) == "queries.csv line 3: byte 0xe4 is not UTF-8; save the file in UTF-8"


def test_absurd_sizes_are_refused(folder, monkeypatch):
    monkeypatch.setattr("firstprint.evaluation.suite.MAX_TABLE_BYTES", 20)
    assert "at most 20 are read" in only_fault(write(folder))
    monkeypatch.undo()
    monkeypatch.setattr(suite_rows, "MAX_ROWS", 1)
    assert only_fault(write(folder)) == "queries.csv line 3: more than 1 rows; split the suite"


def test_reading_stops_after_very_many_faults(folder, monkeypatch):
    monkeypatch.setattr(suite_rows, "MAX_FAULTS", 3)
    found = faults(write(folder, rows="id,text,group,relevant\n" + "a\n" * 100))
    assert len(found) == 4
    assert "reading stops after 3 faults" in found[-1]


def test_faults_of_the_own_catalogue_come_along_and_its_ids_are_not_blamed(folder):
    own = MATCH.replace("default", "catalogue.csv")
    faulty = CATALOGUE + "d2,Glass,,cradle_to_gate,process,own\n"
    found = faults(write(folder, own, MATCH_ROWS.replace("bolt", ""), **{"catalogue.csv": faulty}))
    assert found == ("catalogue.csv line 3: column unit: is empty, and must be given",)
    assert "are missing" in only_fault(write(folder, own, **{"catalogue.csv": "dataset_id,name\nd1,Steel\n"}))
    assert "has no dataset" in faults(write(folder, own, **{"catalogue.csv": CATALOGUE.splitlines()[0] + "\n"}))[0]


@given(settings=st.binary(max_size=60), rows=st.binary(max_size=120), sound=st.booleans())
def test_hostile_files_give_faults_and_nothing_else(tmp_path_factory, settings, rows, sound):
    folder = write(tmp_path_factory.mktemp("hostile"), settings, MATCH_ROWS.encode() + rows if sound else rows)
    assert suite_summary(folder).fault
    assert faults(folder)
