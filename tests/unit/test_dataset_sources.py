"""Imported datasets in the home folder: versions, one transaction a source, and the catalogue they are part of."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstprint import dataset_import
from firstprint.dataset_import import Imported, Wishes, import_package
from firstprint.dataset_sources import (
    SUSPICIOUS,
    SUSPICIOUS_VALUE,
    active_sources,
    combined,
    datasets_of,
    remove_source,
    source_folder,
    stored_sources,
)
from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError, InputError, WorkspaceError
from firstprint.importers.datasets.formats import Recognised
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import About, Asked, Problem
from firstprint.settings import Settings
from firstprint.workspace import contents, shipped


def dataset(number: int, value: float | None = 1.0, **changes: object) -> Dataset:
    made = Dataset(f"id-{number}", f"Thing {number}", "kg", value, "cradle_to_gate", "process", "made", name_zh="东西")
    return dataclasses.replace(made, **changes)


class Made:
    """An importer that yields what it is given."""

    format, title = "made", "made-up"

    def __init__(self, *rows: Dataset | Problem | BaseException, about: About | None = None) -> None:
        self.rows = rows
        self.said = about or About("made", "Made-up", "1", "CC0-1.0")

    def recognised(self, package: Package) -> str:
        return "it always is" if package.members else ""

    def about(self, package: Package) -> About:
        return self.said

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        for row in self.rows:
            if isinstance(row, BaseException):
                raise row
            yield row

    def steps(self, package: Package) -> int:
        return len(self.rows)


NONE = Wishes()


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def imported(home: Settings, importer: Made, wishes: Wishes = NONE, *, dry: bool = False) -> Imported:
    path = home.home.parent / "original.txt"
    path.write_text("original")
    with Package(path) as package:
        return import_package(home, package, Recognised(importer, "as said"), Asked(), wishes, lambda *_: None, dry=dry)


def test_what_is_kept_reads_back_and_says_where_it_is_from(home: Settings) -> None:
    rows = [dataset(1, licence="CC-BY-4.0"), dataset(2, None), Problem("has no unit", "c.xml"), dataset(3, 0.1 + 0.2)]
    source = imported(home, Made(*rows)).source
    assert (source.rows_read, source.rows_kept, source.without_result, source.units) == (4, 3, 1, {"kg": 3})
    assert [(each.reason, each.count, each.examples) for each in source.skipped] == [("has no unit", 1, ("c.xml",))]
    kept = list(datasets_of(home, source))
    assert [each.gwp100_kg_co2e for each in kept] == [1.0, None, 0.1 + 0.2]
    assert [each.licence for each in kept] == ["CC-BY-4.0", "CC0-1.0", "CC0-1.0"]
    assert {(each.source, each.source_version, each.name_zh) for each in kept} == {("made", "1", "东西")}
    assert stored_sources(home) == active_sources(home) == (source,)


def test_the_same_again_changes_nothing_and_other_content_needs_a_version(home: Settings) -> None:
    first = imported(home, Made(dataset(1), dataset(2)))
    again = imported(home, Made(dataset(2), dataset(1)))
    assert not first.already
    assert again.already
    assert again.source.content_sha256 == first.source.content_sha256
    with pytest.raises(InputError, match="already, with other content") as caught:
        imported(home, Made(dataset(1, 2.0)))
    assert caught.value.code == "dataset_version_taken"
    later = imported(home, Made(dataset(1, 2.0)), Wishes(version="2")).source
    assert [each.key for each in stored_sources(home)] == ["made@1", "made@2"]
    assert active_sources(home) == (later,)


def test_an_import_that_stops_leaves_nothing(home: Settings) -> None:
    with pytest.raises(FaultsError):
        imported(home, Made(dataset(1), FaultsError("broken", ["at the end"])))
    with pytest.raises(KeyboardInterrupt):
        imported(home, Made(dataset(1), KeyboardInterrupt()))
    assert stored_sources(home) == ()
    assert list(source_folder(home).iterdir()) == []


def test_nothing_usable_is_an_error_that_says_why(home: Settings) -> None:
    with pytest.raises(FaultsError) as caught:
        imported(home, Made(Problem("has no unit", "a.xml", "flow x"), Problem("has no unit", "b.xml")))
    assert caught.value.faults == ("has no unit (2): a.xml: flow x; b.xml",)
    assert stored_sources(home) == ()


def test_a_dry_run_reports_and_keeps_nothing(home: Settings) -> None:
    report = imported(home, Made(dataset(1)), dry=True)
    assert (report.dry, report.source.rows_kept) == (True, 1)
    assert stored_sources(home) == ()


def test_an_id_that_stands_twice_is_told_and_the_first_is_taken(home: Settings) -> None:
    source = imported(home, Made(dataset(1), dataset(1, 9.0))).source
    assert [each.gwp100_kg_co2e for each in datasets_of(home, source)] == [1.0]
    assert source.skipped[0].count == 1


@pytest.mark.parametrize("name", ["../up", "a b", "", "x" * 80, ".hidden", "a/b"])
def test_a_name_that_is_no_folder_name_is_refused(home: Settings, name: str) -> None:
    with pytest.raises(InputError) as caught:
        imported(home, Made(dataset(1), about=About(name, "t", "1")))
    assert caught.value.code == "dataset_source_name"


def test_a_suspicious_value_is_kept_aside_unless_the_user_vouches(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_import, "suspicious", lambda one: "too large: 1e7" if one.dataset_id == "id-1" else "")
    for wishes, expected in ((Wishes(), None), (Wishes(source_id="trusted", trusted=True), 1e7)):
        source = imported(home, Made(dataset(1, 1e7), dataset(2)), wishes).source
        assert (source.suspicious[0].reason, source.suspicious[0].count) == ("too large", 1)
        first, second = combined([], [(source, datasets_of(home, source))])
        assert first.gwp100_kg_co2e == expected
        assert first.attributes[SUSPICIOUS] == "too large: 1e7"
        assert first.attributes.get(SUSPICIOUS_VALUE) == ("10000000.0" if expected is None else None)
        assert second.gwp100_kg_co2e == 1.0


def test_the_catalogue_has_the_last_version_and_its_checksum_follows(home: Settings) -> None:
    assert contents(home).sha256 == shipped().catalogue_sha256
    imported(home, Made(dataset(1)))
    one = contents(home)
    imported(home, Made(dataset(1, 2.0)), Wishes(version="2"))
    two = contents(home)
    assert len({shipped().catalogue_sha256, one.sha256, two.sha256}) == 3
    assert [each.version for each in two.imported] == ["2"]
    assert contents(home, shipped_only=True).sha256 == shipped().catalogue_sha256
    assert remove_source(home, "made@2") == ("made@2",)
    assert contents(home).sha256 == one.sha256
    assert remove_source(home, "made") == ("made@1",)
    assert contents(home).sha256 == shipped().catalogue_sha256


def test_an_id_of_another_source_is_told_apart(home: Settings) -> None:
    source = imported(home, Made(dataset(1))).source
    found = combined([dataset(1, 5.0)], [(source, datasets_of(home, source))])
    assert [(each.dataset_id, each.gwp100_kg_co2e) for each in found] == [("id-1", 5.0), ("made:id-1", 1.0)]
    assert found[1].attributes["original_id"] == "id-1"


@pytest.mark.parametrize("file", ["datasets.arrow", "source.json"])
def test_a_damaged_source_is_told_with_what_to_do(home: Settings, file: str) -> None:
    source = imported(home, Made(dataset(1))).source
    (source_folder(home) / source.key / file).write_bytes(b"{}")
    with pytest.raises(WorkspaceError, match="damaged") as caught:
        list(datasets_of(home, stored_sources(home)[0]))
    assert "catalogue remove made@1" in caught.value.hint
    assert remove_source(home, "made") == ("made@1",)
