"""One call from kept records to a file: every reason against it at once, and nothing half-written."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from export_samples import CHINESE, FACTS, PROPOSAL, candidate, decision, proposal

from firstprint import exporting
from firstprint.domain.proposal import Proposal
from firstprint.errors import FaultsError, InputError
from firstprint.exporters.facts_file import FactsFile
from firstprint.exporters.writing import write_whole
from firstprint.exporting import Request, export, render
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore

CLOSED = proposal(id="c105ed00-0000-4000-8000-000000000001", candidates=(candidate(1, licence="CC BY-NC 4.0"),))
MIXED = proposal(
    id="31ced000-0000-4000-8000-000000000002", candidates=(candidate(1), candidate(2, licence=""), candidate(3))
)
STATED = {name: value for name, value in FACTS.items() if name not in exporting.OF_ONE_PRODUCT}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProposalStore]:
    with open_store(f"sqlite:///{tmp_path / 'kept.db'}") as opened:
        yield opened


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def keep(store: ProposalStore, *proposals: Proposal, decided: bool = True) -> None:
    for one in proposals:
        store.save(one)
        if decided:
            store.decisions.append([decision(one, id=f"d-{one.id}", sequence=0)])


def no_catalogue():
    raise AssertionError("no record asks for the catalogue")


def faults(store: ProposalStore, request: Request) -> list[str]:
    with pytest.raises(FaultsError) as raised:
        export(store, request, no_catalogue)
    assert not request.path.exists() or request.path.is_dir() or request.path.read_bytes() == b"old"
    return list(raised.value.faults)


def test_every_format_is_written(store: ProposalStore, out: Path) -> None:
    keep(store, PROPOSAL)
    for name, form in (
        ("a.json", "pact"), ("a.zip", "ilcd"), ("a.xml", "ilcd"), ("t.zip", "tidas"), ("t.json", "tidas"),
        ("a.xlsx", "xlsx"), ("r.json", "json"),
    ):  # fmt: skip
        done = export(store, Request((PROPOSAL.id[:6],), form, out / name, FACTS), no_catalogue)  # type: ignore[arg-type]
        assert done.bytes == (out / name).stat().st_size > 500
        assert [one.dataset_id for one in done.records] == ["made-up-1"]
        assert (done.draft, done.restricted, done.notes) == (False, (), ())
    assert (out / "a.xml").read_bytes().startswith(b"<?xml")
    assert "processDataSet" in json.loads((out / "t.json").read_text("utf-8"))
    assert all(name.endswith(".json") for name in zipfile.ZipFile(out / "t.zip").namelist())
    assert sorted(path.name for path in out.iterdir()) == [
        "a.json", "a.xlsx", "a.xml", "a.zip", "r.json", "t.json", "t.zip",
    ]  # fmt: skip


def test_the_json_record_is_whole_and_reads_back(store: ProposalStore, out: Path) -> None:
    from firstprint.exporters.record_json import RecordsFile

    keep(store, PROPOSAL, CHINESE)
    export(store, Request((PROPOSAL.id, CHINESE.id), "json", out / "r.json"), no_catalogue)
    found = RecordsFile.model_validate_json((out / "r.json").read_text("utf-8"))
    first = found.records[0]
    assert first.proposal == PROPOSAL.model_copy(update={"status": "confirmed"})
    assert [one.by for one in first.history] == ["Ana"]
    assert first.footprint == PROPOSAL.estimate
    assert (found.draft, found.restricted) == (False, ())


def test_all_reasons_are_told_at_once(store: ProposalStore, out: Path) -> None:
    keep(store, PROPOSAL, CLOSED)
    keep(store, CHINESE, decided=False)
    (out / "a.json").write_bytes(b"old")
    ids = (PROPOSAL.id, CHINESE.id, CLOSED.id, "nothing-like-it")
    told = faults(store, Request(ids, "pact", out / "a.json", {"company": "A", "name_en": "B"}))
    text = "\n".join(told)
    for words in (
        "exists already", "nothing-like-it", f"{CHINESE.id}: nobody has confirmed it", "--name-en is one product's",
        "all records: missing --company-id", f"{CLOSED.id}: the licence of made-up-1 (made-up) limits",
    ):  # fmt: skip
        assert words in text


def test_a_proposal_leaves_as_a_draft_alone(store: ProposalStore, out: Path) -> None:
    keep(store, PROPOSAL, decided=False)
    [told] = faults(store, Request((PROPOSAL.id,), "xlsx", out / "a.xlsx"))
    assert "--draft" in told
    done = export(store, Request((PROPOSAL.id,), "xlsx", out / "a.xlsx", draft=True), no_catalogue)
    assert (done.draft, done.records[0].draft, done.records[0].status) == (True, True, "proposed")


def test_what_was_rejected_never_leaves(store: ProposalStore, out: Path) -> None:
    store.save(PROPOSAL)
    store.decisions.append([decision(PROPOSAL, "rejected", sequence=0)])
    [told] = faults(store, Request((PROPOSAL.id,), "json", out / "a.json", draft=True))
    assert "rejected" in told


def test_restricted_data_leave_only_when_said_and_then_say_so(store: ProposalStore, out: Path) -> None:
    keep(store, CLOSED)
    closed = Request((CLOSED.id,), "json", out / "a.json")
    [told] = faults(store, closed)
    assert "CC BY-NC 4.0" in told
    assert "--allow-restricted" in told
    done = export(store, Request((CLOSED.id,), "pact", out / "p.json", FACTS, allow_restricted=True), no_catalogue)
    assert [one.dataset_id for one in done.restricted] == ["made-up-1"]
    found = json.loads((out / "p.json").read_text("utf-8"))
    assert "Restricted licence" in found["comment"]
    assert found["extensions"][0]["data"]["proxies"][0]["restrictedLicence"] is True
    export(store, Request((CLOSED.id,), "ilcd", out / "i.xml", FACTS, allow_restricted=True), no_catalogue)
    assert "许可受限" in (out / "i.xml").read_text("utf-8")


def test_only_what_a_file_shows_is_asked_about(store: ProposalStore, out: Path) -> None:
    """A candidate that was not taken stands in the workbook and the record, not in a footprint for a customer."""
    keep(store, MIXED)
    export(store, Request((MIXED.id,), "pact", out / "p.json", FACTS), no_catalogue)
    [told] = faults(store, Request((MIXED.id,), "xlsx", out / "a.xlsx"))
    assert "made-up-2" in told
    assert "no licence stated" in told


@pytest.mark.parametrize(
    ("form", "name", "told"),
    [
        ("pact", "a.xml", "ends in .json"),
        ("xlsx", "a", "ends in .xlsx"),
        ("ilcd", "a.xml", "one process alone"),
        ("json", "none/a.json", "does not exist"),
    ],
)
def test_a_file_is_called_what_it_is(store: ProposalStore, out: Path, form: str, name: str, told: str) -> None:
    keep(store, PROPOSAL, CHINESE)
    ids = (PROPOSAL.id, CHINESE.id)
    assert told in "\n".join(faults(store, Request(ids, form, out / name, STATED)))  # type: ignore[arg-type]


def test_facts_of_several_products_come_from_a_file(store: ProposalStore, out: Path) -> None:
    keep(store, PROPOSAL, CHINESE)
    own = {
        PROPOSAL.id[:8]: {"product_name": "One", "product_ids": "urn:gtin:1"},
        CHINESE.id[:8]: {"product_name": "Two", "product_ids": ["urn:gtin:2"]},
    }
    ids = (PROPOSAL.id, CHINESE.id, PROPOSAL.id[:9])
    export(store, Request(ids, "pact", out / "a.json", STATED, FactsFile({}, own)), no_catalogue)
    data = json.loads((out / "a.json").read_text("utf-8"))["data"]
    assert [(one["productNameCompany"], one["productIds"]) for one in data] == [
        ("One", ["urn:gtin:1"]),
        ("Two", ["urn:gtin:2"]),
    ]
    stray = FactsFile({}, {**own, "beef": {"product_name": "Three"}})
    assert "[product.beef]" in "\n".join(faults(store, Request(ids, "pact", out / "b.json", STATED, stray)))


def test_several_records_share_one_zip(store: ProposalStore, out: Path) -> None:
    keep(store, PROPOSAL, CHINESE)
    done = export(store, Request((PROPOSAL.id, CHINESE.id), "ilcd", out / "a.zip", STATED), no_catalogue)
    with zipfile.ZipFile(io.BytesIO((out / "a.zip").read_bytes())) as archive:
        folders = [name.split("/")[1] for name in archive.namelist()]
    assert (folders.count("processes"), folders.count("contacts"), folders.count("sources")) == (2, 1, 1)
    assert done.notes == (
        f"{PROPOSAL.id}: the data set has no name for --name-zh",
        f"{CHINESE.id}: the data set has no name for --name-en",
    )


def test_a_workbook_speaks_the_records_language_unless_told(store: ProposalStore, out: Path) -> None:
    keep(store, CHINESE, PROPOSAL)
    assert export(store, Request((CHINESE.id,), "xlsx", out / "a.xlsx"), no_catalogue).language == "zh"
    both = (CHINESE.id, PROPOSAL.id)
    assert export(store, Request(both, "xlsx", out / "b.xlsx"), no_catalogue).language == "en"
    assert export(store, Request(both, "xlsx", out / "c.xlsx", language="zh"), no_catalogue).language == "zh"


def test_a_file_is_replaced_only_when_said(out: Path) -> None:
    path = out / "a"
    write_whole(path, b"one", force=False)
    with pytest.raises(InputError) as raised:
        write_whole(path, b"two", force=False)
    assert raised.value.code == "file_exists"
    assert path.read_bytes() == b"one"
    write_whole(path, b"two", force=True)
    assert path.read_bytes() == b"two"
    assert list(out.iterdir()) == [path]
    with pytest.raises(OSError, match="No such file"):
        write_whole(out / "none" / "a", b"x", force=True)


def test_a_file_can_be_handed_on_without_being_written(store: ProposalStore, out: Path) -> None:
    keep(store, PROPOSAL)
    request = Request((PROPOSAL.id,), "pact", out / "a.json", FACTS)
    made = render(store, request, no_catalogue)
    assert list(out.iterdir()) == []
    assert export(store, request, no_catalogue) == made.told
    assert (out / "a.json").read_bytes() == made.content
