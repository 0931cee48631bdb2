"""Imported references in the home folder: versions side by side, the same file once, nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from firstprint.domain.reference import ReferenceFootprint
from firstprint.errors import InputError, WorkspaceError
from firstprint.importers.reference_formats import read_references
from firstprint.importers.reference_records import ReferenceTable
from firstprint.reference_sources import (
    Kept,
    active_sources,
    keep_source,
    reference_folder,
    remove_source,
    rows_of,
    source_named,
    stored_sources,
)
from firstprint.settings import Settings

HEADER = "id,text,unit,amount,mass_kg,category,geography,year,group,kg_co2e,system_boundary,source,licence\n"
CUP = 'c1,"Cup, 杯",piece,3,0.3,Kitchen,CN,2022,Cups Ltd,0.1,cradle_to_gate,EPD,CC0\n'


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def file(folder: Path, text: str = HEADER + CUP, name: str = "cups.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def kept(home: Settings, path: Path, **names: str) -> Kept:
    return keep_source(home, read_references(path), path, **names)


def test_what_is_stored_reads_back_to_the_last_digit(home: Settings, tmp_path: Path) -> None:
    path = file(tmp_path)
    source = kept(home, path).source
    assert rows_of(home, source) == read_references(path).rows
    assert (source.source_id, source.rows_read, source.rows_kept, source.units) == ("cups", 1, 1, {"piece": 1})
    assert source.licence == "CC0"
    assert len(source.original_sha256) == 64
    assert source.imported.endswith("+00:00")


def test_the_stored_table_can_be_imported_again(home: Settings, tmp_path: Path) -> None:
    source = kept(home, file(tmp_path)).source
    stored = reference_folder(home) / source.key / "references.csv"
    assert read_references(stored).rows == rows_of(home, source)


def test_the_same_bytes_change_nothing(home: Settings, tmp_path: Path) -> None:
    first = kept(home, file(tmp_path))
    again = kept(home, file(tmp_path, name="copy.csv"), source_id="other", version="9")
    assert (first.already, again.already) == (False, True)
    assert again.source == first.source
    assert [each.key for each in stored_sources(home)] == [first.source.key]


def test_versions_stand_side_by_side_and_the_last_import_counts(home: Settings, tmp_path: Path) -> None:
    kept(home, file(tmp_path), version="2.0")
    kept(home, file(tmp_path, HEADER + CUP.replace("0.1", "0.2")), version="1.0")
    assert [each.key for each in stored_sources(home)] == ["cups@2.0", "cups@1.0"]
    assert [each.key for each in active_sources(home)] == ["cups@1.0"]
    assert [each.key for each in source_named(home, "cups@2.0")] == ["cups@2.0"]


def test_a_version_is_never_overwritten(home: Settings, tmp_path: Path) -> None:
    kept(home, file(tmp_path), version="1")
    with pytest.raises(InputError) as caught:
        kept(home, file(tmp_path, HEADER + CUP.replace("0.1", "0.2")), version="1")
    assert caught.value.code == "reference_version_taken"
    assert rows_of(home, stored_sources(home)[0])[0].kg_co2e == 0.1


@pytest.mark.parametrize(
    "names",
    [{"source_id": "../x"}, {"source_id": "a b"}, {"source_id": "a@b"}, {"version": "1/2"}, {"version": ".."}],
)
def test_names_that_could_leave_the_folder_are_refused(home: Settings, tmp_path: Path, names: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        kept(home, file(tmp_path), **names)
    assert caught.value.code == "reference_name"
    assert not reference_folder(home).exists()


def test_nothing_half_written_is_left(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    path = file(tmp_path)
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(WorkspaceError, match="No space left"):
        kept(home, path)
    assert list(reference_folder(home).iterdir()) == []
    assert stored_sources(home) == ()


def test_removing_takes_one_version_or_all(home: Settings, tmp_path: Path) -> None:
    for version, value in (("1", "0.1"), ("2", "0.2"), ("3", "0.3")):
        kept(home, file(tmp_path, HEADER + CUP.replace("0.1", value)), version=version)
    assert remove_source(home, "cups@2") == ("cups@2",)
    assert remove_source(home, "cups") == ("cups@1", "cups@3")
    assert list(reference_folder(home).iterdir()) == []
    with pytest.raises(InputError, match="No imported reference source"):
        remove_source(home, "cups")


def test_changed_files_are_noticed_and_can_still_be_removed(home: Settings, tmp_path: Path) -> None:
    source = kept(home, file(tmp_path)).source
    folder = reference_folder(home) / source.key
    (folder / "references.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(WorkspaceError, match="damaged"):
        rows_of(home, source)
    (folder / "source.json").write_text("{}", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="damaged"):
        stored_sources(home)
    assert remove_source(home, "cups") == (source.key,)
    assert stored_sources(home) == ()


def test_a_moved_folder_is_noticed(home: Settings, tmp_path: Path) -> None:
    source = kept(home, file(tmp_path)).source
    (reference_folder(home) / source.key).rename(reference_folder(home) / "other@1")
    with pytest.raises(WorkspaceError, match="names"):
        stored_sources(home)


def test_skipped_rows_are_kept_with_their_reasons(home: Settings, tmp_path: Path) -> None:
    source = kept(home, file(tmp_path, HEADER + CUP + CUP.replace("c1", "c2").replace(",0.1,", ",,"))).source
    note = json.loads((reference_folder(home) / source.key / "source.json").read_text(encoding="utf-8"))
    assert note["skipped"] == [{"reason": "no footprint", "rows": 1, "examples": ["line 3: Cup, 杯"]}]
    assert (note["rows_read"], note["rows_kept"]) == (2, 1)


def test_rows_survive_whatever_stands_in_them(home: Settings, tmp_path: Path) -> None:
    odd = ReferenceFootprint("r", 'a "quoted", text; with | and 杯', 0.1 + 0.2, "kg", 1e-7 / 3, "g, h", year=1999)
    table = ReferenceTable("csv", "t", "t", "1", "l", "a", "c", (odd,), 1)
    source = keep_source(home, table, file(tmp_path)).source
    assert rows_of(home, source) == (odd,)
