"""TianGong processes as a match suite: what is right, what is not asked, the sample, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from prepared_matches import LONG, PROCESSES, SHARED, opened, process

from firstprint.errors import FaultsError
from firstprint.evaluation.prepare import tiangong_zh


def test_every_dataset_of_the_flow_is_right(processes: Callable[..., list[Path]], tmp_path: Path) -> None:
    suite, _ = opened(tiangong_zh.prepare(processes(), tmp_path / "out")[0])
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
    _, datasets = opened(tiangong_zh.prepare(processes(), tmp_path / "out")[0])
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
    rows = [process(n, f"flow {n}", f"{LONG}第{n}种", classes="A" if n <= 60 else "B") for n in range(1, 81)]
    suite, datasets = opened(tiangong_zh.prepare(processes(rows), tmp_path / "out")[0])
    category = {dataset.dataset_id: dataset.category for dataset in datasets}
    drawn = [category[query.relevant[0]] for query in suite.queries]
    assert (drawn.count("A"), drawn.count("B")) == (15, 5)
    numbers = [int(query.relevant[0][-4:]) for query in suite.queries]
    assert numbers == sorted(numbers)
    assert numbers != list(range(1, 61, 4)) + list(range(61, 81, 4))


def test_processes_name_every_fault(processes: Callable[..., list[Path]], tmp_path: Path) -> None:
    rows = (PROCESSES[0], PROCESSES[0], process(2, "Lime", LONG, uuid="lime", name_en="", year="last"))
    with pytest.raises(FaultsError) as caught:
        tiangong_zh.prepare(processes(rows), tmp_path / "out")
    assert [fault.split(": ", 1)[1] for fault in caught.value.faults] == [
        "uuid '00000000-0000-0000-0000-000000000001' stands already in line 2.",
        "uuid 'lime' is not a UUID.",
        "name_en is empty.",
        "year 'last' is not a year from 1900 to 2099.",
    ]


@pytest.mark.shared_data
def test_tiangong_as_published(tmp_path: Path) -> None:
    (prepared,) = tiangong_zh.prepare([SHARED / "tiangong"], tmp_path)
    suite, datasets = opened(prepared)
    assert (len(suite.queries), len(datasets)) == (1_000, 3_307)
    assert all(query.relevant for query in suite.queries)
    assert len({query.text for query in suite.queries}) == 1_000
