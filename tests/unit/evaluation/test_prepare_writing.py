"""Originals are recognised and read with every fault named; a suite folder is written whole or not at all."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.catalogue.reader import read_sound_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError, InputError
from firstprint.evaluation.prepare.published import prepare, published
from firstprint.evaluation.prepare.writing import QUERY_COLUMNS, Draft, write_suite
from firstprint.evaluation.records import Query
from firstprint.evaluation.suite import read_suite
from firstprint.importers import reading
from firstprint.importers.cells import number_text
from firstprint.importers.reading import Original, Shape, find_originals, read_table, read_tables

PEARS = Original("pear table", "pears.csv", "the orchard's own page", "CC0 1.0")
PLUMS = Original("plum table", "plums.csv", "doi 10.0000/plums", "CC BY 4.0")
SHAPES = (Shape(PEARS, ("pear", "kg")), Shape(PLUMS, ("plum", "kg", "colour")))


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def pears(tmp_path: Path) -> Path:
    return _write(tmp_path, "a.csv", "pear,kg\nWilliams,0.2\n")


@pytest.fixture
def plums(tmp_path: Path) -> Path:
    return _write(tmp_path, "b.csv", "kg,plum,colour,note\n0.05,Mirabelle,yellow,x\n")


def test_originals_are_found_by_their_columns_in_any_order(pears: Path, plums: Path) -> None:
    assert find_originals("fruit", [plums, pears], SHAPES) == (pears, plums)


def test_a_folder_stands_for_its_files_and_its_other_files_are_passed_over(pears: Path, plums: Path) -> None:
    _write(pears.parent, "readme.txt", "nothing")
    _write(pears.parent, "cherries.csv", "cherry,kg\n")
    assert find_originals("fruit", [pears.parent], SHAPES) == (pears, plums)


def test_a_file_named_beside_its_folder_is_one_file(pears: Path, plums: Path) -> None:
    assert find_originals("fruit", [pears, pears, pears.parent], SHAPES) == (pears, plums)


def test_a_missing_original_says_where_to_get_it_and_its_terms(pears: Path) -> None:
    with pytest.raises(FaultsError) as caught:
        find_originals("fruit", [pears], SHAPES)
    (fault,) = caught.value.faults
    for part in ("plum table", "plums.csv", "doi 10.0000/plums", "CC BY 4.0"):
        assert part in fault


def test_a_file_of_another_shape_says_what_it_has_and_what_it_needs(pears: Path, tmp_path: Path) -> None:
    other = _write(tmp_path, "other.csv", "plum,colour,weight\n")
    with pytest.raises(FaultsError) as caught:
        find_originals("fruit", [pears, other], SHAPES)
    shape, missing = caught.value.faults
    assert "plum, colour, weight" in shape
    assert "plum table (plums.csv) also needs kg" in shape
    assert missing.startswith("plum table: is missing")


def test_all_faults_of_the_files_come_together(pears: Path, tmp_path: Path) -> None:
    twin = _write(tmp_path, "twin.csv", "kg,pear\n")
    workbook = _write(tmp_path, "plums.xlsx", "no workbook")
    with pytest.raises(FaultsError) as caught:
        find_originals("fruit", [pears, twin, workbook, tmp_path / "gone.csv"], SHAPES)
    text = "\n".join(caught.value.faults)
    assert "both are the pear table" in text
    assert "plums.xlsx: its columns are none that can be read" in text
    assert "gone.csv: there is no such file or folder" in text
    assert "plum table: is missing" in text


def test_a_file_too_large_is_not_opened(pears: Path, plums: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 10)
    with pytest.raises(FaultsError, match="is larger than"):
        find_originals("fruit", [pears, plums], SHAPES)
    with pytest.raises(FaultsError, match="is larger than"):
        read_table(pears)


def test_a_folder_of_too_many_files_is_not_looked_through(
    pears: Path, plums: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_MAX_FILES_IN_FOLDER", 1)
    with pytest.raises(FaultsError, match="holds 2 files; name the originals instead"):
        find_originals("fruit", [pears.parent], SHAPES)
    assert find_originals("fruit", [pears, plums], SHAPES) == (pears, plums)


def test_a_folder_that_cannot_be_opened_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refused)
    with pytest.raises(FaultsError, match="cannot be opened: Permission denied"):
        find_originals("fruit", [tmp_path], SHAPES)


def test_a_header_is_read_where_the_file_is_longer_than_what_is_looked_at(tmp_path: Path) -> None:
    text = "\ufeffpear,kg,größe\n" + "Ä,1,ß\n" * 20_000
    assert reading.csv_columns(_write(tmp_path, "long.csv", text)) == ("pear", "kg", "größe")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_tables_are_read_in_utf_8_and_cp1252(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "fruit.csv"
    path.write_bytes("größe, kg \nGroß , 2\n\n".encode(encoding))
    table = read_table(path)
    assert table.columns == ("größe", "kg")
    assert [(row.line, dict(row.cells)) for row in table.rows] == [(2, {"größe": "Groß", "kg": "2"})]


def test_a_row_is_named_by_the_line_it_begins_on(tmp_path: Path) -> None:
    path = _write(tmp_path, "fruit.csv", 'a,b\n"one\ntwo",1\n\nthree,2,3\n')
    with pytest.raises(FaultsError) as caught:
        read_table(path)
    assert caught.value.faults == ("line 5: has 3 cells, the header has 2.",)


def test_all_faults_of_a_table_come_together(tmp_path: Path) -> None:
    path = _write(tmp_path, "fruit.csv", "a,a\n1\n2,3\n4,5,6\n")
    with pytest.raises(FaultsError) as caught:
        read_table(path, ["kg", "a"])
    assert caught.value.faults == (
        "line 1: the column 'kg' is missing.",
        "line 1: the column 'a' stands twice.",
        "line 2: has 1 cells, the header has 2.",
        "line 4: has 3 cells, the header has 2.",
    )


def test_the_faults_of_several_tables_come_together(tmp_path: Path) -> None:
    paths = [_write(tmp_path, name, "a,b\n1\n") for name in ("one.csv", "two.csv")]
    with pytest.raises(FaultsError) as caught:
        read_tables(paths)
    assert [fault.split()[0] for fault in caught.value.faults] == ["one.csv", "two.csv"]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "is empty"),
        (b"a,b\n1,\x002\n", "line 2: holds a NUL character"),
        (b'a,b\n1,"2\n', "line 2: unexpected end of data"),
        (b"a,b\n\xff\x81,2\n", "is neither UTF-8 nor Windows-1252 text (byte 5)"),
    ],
)
def test_a_damaged_table_is_a_fault(tmp_path: Path, data: bytes, fault: str) -> None:
    path = tmp_path / "fruit.csv"
    path.write_bytes(data)
    with pytest.raises(FaultsError) as caught:
        read_table(path)
    assert fault in caught.value.faults[0]


def test_a_table_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="cannot be opened"):
        read_table(tmp_path / "gone.csv")


DATASETS = (
    Dataset(
        dataset_id="pear-1",
        name="Pear, dried",
        unit="kg",
        gwp100_kg_co2e=0.1,
        system_boundary="cradle_to_gate",
        basis="process",
        source="invented",
        synonyms=("dried | pears", "梨干"),
        year=2020,
        variant="organic",
        attributes={"note": 'with, a comma and "quotes"'},
    ),
    Dataset(
        dataset_id="plum-1",
        name="Plum",
        unit="kg",
        gwp100_kg_co2e=None,
        system_boundary="cradle_to_gate",
        basis="process",
        source="invented",
    ),
)
DRAFT = Draft(
    name="fruit",
    task="match",
    protocol="zero-shot",
    catalogue="own",
    queries=(
        Query(id="q-1", text="dried pears\nin a bag", group="pears", mass_kg=0.25, relevant=("pear-1",), pair="p"),
        Query(id="q-2", text="李子", group="plums", acceptable=("plum-1", "pear-1"), extra={"shop": "A, B"}),
    ),
    licence="CC0 1.0",
    source='an "orchard" \\ elsewhere',
    description="Two fruits.",
    datasets=DATASETS,
    notes=("nothing left out",),
)


def test_a_suite_written_is_a_suite_read(tmp_path: Path, pears: Path) -> None:
    prepared = write_suite(tmp_path / "new" / "out", DRAFT, [pears])
    assert (prepared.queries, prepared.datasets, prepared.notes) == (2, 2, ("nothing left out",))
    suite = read_suite(prepared.folder)
    assert (suite.name, suite.task, suite.protocol, suite.source) == ("fruit", "match", "zero-shot", DRAFT.source)
    first, second = suite.queries
    assert (first.mass_kg, first.relevant, first.pair, first.group) == (0.25, ("pear-1",), "p", "pears")
    assert (second.relevant, second.acceptable, second.extra["shop"]) == ((), ("plum-1", "pear-1"), "A, B")
    pear, plum = read_sound_catalogue([prepared.folder / "catalogue.csv"])
    assert (pear.synonyms, pear.variant, pear.attributes) == (
        ("dried / pears", "梨干"),
        "organic",
        DATASETS[0].attributes,
    )
    assert plum.gwp100_kg_co2e is None


def test_the_columns_stand_in_the_contracts_order_with_further_ones_after_them(tmp_path: Path) -> None:
    folder = write_suite(tmp_path, DRAFT, []).folder
    header = (folder / "queries.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.split(",") == [*QUERY_COLUMNS, "pair", "shop"]


def test_the_settings_name_the_originals_and_their_checksums(tmp_path: Path, pears: Path) -> None:
    folder = write_suite(tmp_path, DRAFT, [pears]).folder
    settings = tomllib.loads((folder / "suite.toml").read_text(encoding="utf-8"))
    assert settings["prepared_by"].startswith("firstprint ")
    (original,) = settings["prepared_from"]
    assert original["file"] == "a.csv"
    assert len(original["sha256"]) == 64
    assert str(tmp_path) not in (folder / "suite.toml").read_text(encoding="utf-8")


def test_a_suite_over_the_default_catalogue_has_no_catalogue_file(tmp_path: Path) -> None:
    prepared = write_suite(tmp_path, replace(DRAFT, catalogue="default"), [])
    assert prepared.datasets is None
    assert not (prepared.folder / "catalogue.csv").exists()


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, pears: Path) -> None:
    folders = [write_suite(tmp_path / name, DRAFT, [pears]).folder for name in ("one", "two")]
    for name in ("suite.toml", "queries.csv", "catalogue.csv"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


def test_a_suite_prepared_before_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_suite(tmp_path, DRAFT, [])
    write_suite(tmp_path, replace(DRAFT, catalogue="default", queries=DRAFT.queries[:1]), [])
    assert [entry.name for entry in tmp_path.iterdir()] == ["fruit"]
    assert sorted(entry.name for entry in (tmp_path / "fruit").iterdir()) == ["queries.csv", "suite.toml"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "fruit").mkdir()
    assert write_suite(tmp_path, DRAFT, []).queries == 2


@pytest.mark.parametrize("kind", ["file", "hand-made suite", "file added", "broken settings", "link"])
def test_what_was_not_made_here_is_left_alone(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "fruit"
    if kind == "file":
        target.write_text("mine", encoding="utf-8")
    elif kind == "link":
        (tmp_path / "elsewhere").mkdir()
        target.symlink_to(tmp_path / "elsewhere")
    else:
        target.mkdir()
        mine = {"hand-made suite": 'name = "fruit"', "file added": 'prepared_by = "x"', "broken settings": "= ="}
        (target / "suite.toml").write_text(mine[kind], encoding="utf-8")
        if kind == "file added":
            (target / "metrics.json").write_text("{}", encoding="utf-8")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(InputError) as caught:
        write_suite(tmp_path, DRAFT, [])
    assert caught.value.code == "suite_folder_foreign"
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_where_the_swap_fails_the_suite_before_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_suite(tmp_path, DRAFT, []).folder
    before = (folder / "queries.csv").read_bytes()
    real = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if self.name.startswith(".fruit-") and not self.name.endswith("-old"):
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(InputError, match="No space left"):
        write_suite(tmp_path, replace(DRAFT, queries=DRAFT.queries[:1]), [])
    assert (folder / "queries.csv").read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["fruit"]


def test_a_place_that_cannot_be_written_is_bad_input(pears: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_suite(pears, DRAFT, [])
    assert caught.value.code == "suite_not_writable"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_it_was(value: float) -> None:
    assert float(number_text(value)) == value


def test_numbers_are_short() -> None:
    assert [number_text(value) for value in (None, 1.0, 0.1, -2.5)] == ["", "1", "0.1", "-2.5"]


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        prepare("pears", [], tmp_path)
    assert caught.value.code == "published_unknown"
    for name in published():
        assert name in caught.value.hint


def test_every_published_dataset_says_what_it_needs_and_makes() -> None:
    made = [suite for entry in published().values() for suite in entry.makes]
    assert len(made) == len(set(made))
    for name, entry in published().items():
        assert entry.name == name
        assert entry.makes
        for original in entry.originals:
            assert all(original)
