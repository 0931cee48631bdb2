"""All published match datasets: the same bytes each time, prepared by name, every original asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstprint.errors import FaultsError
from firstprint.evaluation.prepare import caml_grocery, parakeet_austin, tiangong_zh
from firstprint.evaluation.prepare.published import Published, prepare

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
