"""Packages: files, folders and archives with bounded members; what may not be read is told, never followed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from firstprint.errors import FaultsError, UnreadableError
from firstprint.importers.datasets import packages
from firstprint.importers.datasets.packages import Package


def archive(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return path


def test_a_file_a_folder_and_an_archive_hold_the_same_members(tmp_path: Path) -> None:
    parts = {"ILCD/processes/b.xml": b"<b/>", "ILCD/processes/a.xml": b"<a/>", "ILCD/flows/c.xml": b"<c/>"}
    for name, data in parts.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    made = archive(tmp_path / "made.zip", parts)
    for path, kind in ((tmp_path / "folder", "folder"), (made, "zip")):
        with Package(path) as package:
            assert package.kind == kind
            assert {each.name: package.read(each) for each in package.members} == parts
            assert sorted(each.name for each in package.in_folder("processes", ".xml")) == [
                "ILCD/processes/a.xml",
                "ILCD/processes/b.xml",
            ]
            assert package.problems == []
    with Package(tmp_path / "folder" / "ILCD/flows/c.xml") as package:
        assert (package.kind, [each.name for each in package.members]) == ("file", ["c.xml"])
        assert package.start(package.members[0], 2) == b"<c"


def test_a_path_that_leads_out_of_the_archive_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    names = ("../out.xml", "/etc/passwd", "a/../../b.xml", "C:\\x.xml", "..\\up.xml")
    made = archive(tmp_path / "made.zip", {**dict.fromkeys(names, b"<x/>"), "good.xml": b"<good/>"})
    with Package(made) as package:
        assert [each.name for each in package.members] == ["good.xml"]
        assert {each.reason for each in package.problems} == {"has a path that leads out of the archive"}
        assert len(package.problems) == len(names)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    made = archive(tmp_path / "bomb.zip", {"bomb.xml": b"0" * (32 * 1024**2), "good.xml": b"<good/>"})
    with Package(made) as package:
        assert [each.name for each in package.members] == ["good.xml"]
        assert "hundreds of times" in package.problems[0].reason


def test_an_absurd_size_or_number_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = archive(tmp_path / "made.zip", {"a.xml": b"<a/>" * 10, "b.xml": b"<b/>"})
    with monkeypatch.context() as patch:
        patch.setattr(packages, "MAX_MEMBER_BYTES", 20)
        with Package(made) as package:
            assert [each.name for each in package.members] == ["b.xml"]
            assert package.problems[0].reason == "is too large"
    with monkeypatch.context() as patch:
        patch.setattr(packages, "MAX_MEMBERS", 1)
        with pytest.raises(FaultsError, match="import it in parts"):
            Package(made)


def test_links_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret.xml").write_text("<secret/>")
    (folder / "link.xml").symlink_to(tmp_path / "secret.xml")
    (folder / "a.xml").write_text("<a/>")
    (folder / "elsewhere").symlink_to(tmp_path)
    with Package(folder) as package:
        assert [each.name for each in package.members] == ["a.xml"]
        assert [each.place for each in package.problems] == ["link.xml"]


def test_a_member_that_stands_twice_or_is_damaged_is_told(tmp_path: Path) -> None:
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("a.xml", b"<first/>")
        made.writestr("a.xml", b"<second/>")
    data = bytearray(path.read_bytes())
    place = data.index(b"<first/>")
    with Package(path) as package:
        assert package.read(package.members[0]) == b"<first/>"
        assert package.problems[0].reason == "stands twice in the archive"
    data[place] ^= 0xFF
    path.write_bytes(bytes(data))
    with Package(path) as package, pytest.raises(UnreadableError, match=r"cannot be unpacked.*CRC"):
        package.read(package.members[0])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 truncated", b"not an archive"])
def test_what_is_no_archive_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "made.zip"
    path.write_bytes(content)
    with pytest.raises(FaultsError, match="cannot be imported; nothing was changed"):
        Package(path)


def test_what_is_not_there_or_holds_nothing_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="is not there"):
        Package(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FaultsError, match="holds no files"):
        Package(tmp_path / "empty")
