"""What the API tells: estimates, matches, the queue page by page, the catalogue, exports, the trail, imports."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from api_parts import client_of, problem, saved
from openpyxl import load_workbook
from starlette.testclient import TestClient

from firstprint.exporters.pact_check import footprint_faults
from firstprint.settings import Settings

FACTS: dict[str, Any] = {
    "company": "Example Bottles Ltd",
    "company_ids": "urn:company:example.com:4711",
    "product_name": "Aqua 500",
    "product_ids": "urn:gtin:4712345060507",
    "reference_period_start": "2025-01-01",
    "reference_period_end": "2026-01-01",
    "biogenic_co2_uptake_kg": "0",
    "fossil_emissions_kg": "all",
    "fossil_carbon_content_kg": "0.0156",
    "ipcc": "AR6",
    "standards": "ISO14067",
    "exempted_emissions_percent": "0",
    "packaging_included": "false",
    "ccs_included": "false",
    "geography": "CN",
}


def confirmed(client: TestClient, text: str) -> str:
    made = saved(client, text)
    path = f"/api/v1/proposals/{made['id']}/decisions"
    answer = client.post(path, json={"verdict": "confirm", "by": "Ana"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 201
    return str(made["id"])


def test_estimates_and_matches_are_those_of_the_command_line(client: TestClient, assistant: Any) -> None:
    told = client.post("/api/v1/estimates", json={"text": "热轧钢板", "unit": "kg"}).json()
    same = json.loads(assistant.estimate("热轧钢板", unit="kg").model_dump_json())
    for made in (told, same):
        made.pop("id")
        made["provenance"].pop("created")
    assert told == same
    assert told["rationale"]["language"] == "zh"
    found = client.post("/api/v1/matches", json={"text": "hot rolled steel", "top": 2}).json()
    assert [one["dataset_id"] for one in found["candidates"]] == [
        one.dataset_id for one in assistant.match("hot rolled steel", top=2).candidates
    ]


def test_the_queue_is_filtered_and_paged_without_gap_or_overlap(api_settings: Settings, tmp_path: Path) -> None:
    with client_of(api_settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'queue.db'}"})) as client:
        made = [
            saved(client, f"{word} bottle number {n}") for n, word in enumerate(("PET", "glass", "PET", "steel", "PET"))
        ]
        seen: list[str] = []
        query: dict[str, Any] = {"limit": 2, "order": "importance"}
        while True:
            page = client.get("/api/v1/proposals", params=query).json()
            seen += [one["id"] for one in page["items"]]
            if page["following"] is None:
                break
            query["after"] = page["following"]
        assert sorted(seen) == sorted(one["id"] for one in made)
        whole = client.get("/api/v1/proposals").json()["items"]
        assert [one["id"] for one in whole] == seen
        assert [one["importance"] for one in whole] == sorted((one["importance"] for one in whole), reverse=True)
        pet = client.get("/api/v1/proposals", params={"text": "pet"}).json()["items"]
        assert {one["id"] for one in pet} >= {made[0]["id"], made[2]["id"], made[4]["id"]}
        assert made[3]["id"] not in {one["id"] for one in pet}
        assert client.get("/api/v1/proposals", params={"status": "confirmed"}).json()["items"] == []
        likely = client.get("/api/v1/proposals", params={"min_probability": 0.5}).json()["items"]
        assert all(one["probability"] >= 0.5 for one in likely)


def test_one_proposal_by_the_beginning_of_its_id(client: TestClient) -> None:
    made = saved(client, "PET cup")
    told = client.get(f"/api/v1/proposals/{made['id'][:13]}")
    assert (told.json()["proposal"], told.json()["version"], told.headers["etag"]) == (made, 1, '"1"')


def test_the_catalogue_is_searched_shown_and_compared(client: TestClient) -> None:
    found = client.get("/api/v1/catalogue/datasets", params={"text": "PET", "limit": 3, "offset": 1}).json()
    assert found["total"] > 4
    assert len(found["datasets"]) == 3
    one = found["datasets"][0]
    assert client.get(f"/api/v1/catalogue/datasets/{one['dataset_id']}").json() == one
    assert one["licence"]
    problem(client.get("/api/v1/catalogue/datasets/none/such"), 404, "dataset_unknown")
    listed = client.get("/api/v1/catalogue/sources").json()["sources"]
    assert {"base-carbone", "epa-ghg-hub"} <= {each["source_id"] for each in listed}
    same = client.get("/api/v1/catalogue/diff", params={"old": "shipped", "new": "shipped"}).json()
    assert (same["counts"], same["changes"], same["unchanged"]) == ({}, [], same["new_datasets"])
    parts = client.get("/api/v1/catalogue/diff", params={"old": "shipped", "new": "base-carbone", "limit": 2}).json()
    assert parts["counts"]["removed"] == parts["old_datasets"] - parts["new_datasets"]
    assert len(parts["changes"]) == 2


def test_a_name_is_never_a_file_of_the_server(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("name,unit,gwp100_kg_co2e\nSecret thing,kg,1\n")
    monkeypatch.chdir(tmp_path)
    for name in ("mine.csv", str(table), "../mine.csv", "/etc/passwd"):
        answer = client.get("/api/v1/catalogue/diff", params={"old": name, "new": "shipped"})
        assert "Secret" not in answer.text
        problem(answer, 404, "catalogue_side_unknown")


def test_pact_lists_all_that_is_missing_and_then_validates(client: TestClient) -> None:
    made = confirmed(client, "PET bottle for mineral water")
    path = f"/api/v1/proposals/{made}/export"
    refused = problem(client.get(path, params={"format": "pact"}), 422, "faults")
    missing = {"--company:", "--product-name:", "--reference-period-start:", "--fossil-emissions:", "--ipcc:"}
    assert missing <= {fault.split()[1] for fault in refused["faults"]}
    assert "product_ids" in refused["hint"]
    answer = client.get(path, params={"format": "pact", **FACTS})
    assert answer.status_code == 200, answer.text
    assert footprint_faults(answer.json()) == []
    assert answer.json()["productNameCompany"] == "Aqua 500"
    wrong = client.get(path, params={"format": "pact", **FACTS, "product_ids": "not a urn"})
    assert "URN" in problem(wrong, 422, "faults")["faults"][0]


@pytest.mark.parametrize(("form", "kind"), [("ilcd", "zip"), ("tidas", "zip"), ("xlsx", "xlsx"), ("json", "json")])
def test_every_format_is_written(client: TestClient, form: str, kind: str) -> None:
    made = confirmed(client, f"PET bottle as {form}")
    facts = {"company": "示例公司", "name_en": "PET bottle", "name_zh": "PET 瓶", "copyright": "true"}
    answer = client.get(f"/api/v1/proposals/{made}/export", params={"format": form, "language": "zh", **facts})
    assert answer.status_code == 200, answer.text
    assert f'filename="{made}-{form}.{kind}"' in answer.headers["content-disposition"]
    if kind == "zip":
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert any("processes/" in name for name in names)
    elif kind == "xlsx":
        assert len(load_workbook(io.BytesIO(answer.content)).sheetnames) >= 2
    else:
        assert answer.json()["records"][0]["proposal"]["id"] == made


def test_what_nobody_confirmed_leaves_as_a_draft_alone(client: TestClient) -> None:
    first, second = saved(client, "PET lid")["id"], saved(client, "PET straw")["id"]
    body = {"ids": [first, second], "format": "json"}
    refused = problem(client.post("/api/v1/exports", json=body), 422, "faults")
    assert [fault.split(": ")[:2] for fault in refused["faults"]] == [
        [first, "nobody has confirmed it"],
        [second, "nobody has confirmed it"],
    ]
    told = client.post("/api/v1/exports", json={**body, "draft": True})
    assert [one["draft"] for one in told.json()["records"]] == [True, True]
    problem(client.post("/api/v1/exports", json={**body, "ids": []}), 422, "request_invalid")
    strange = client.post("/api/v1/exports", json={**body, "draft": True, "products": {"zz": {"name_en": "x"}}})
    assert "names none of the records" in problem(strange, 422, "faults")["faults"][0]


def test_the_trail_is_read_and_verified(client: TestClient) -> None:
    made = confirmed(client, "PET crate")
    client.post(f"/api/v1/proposals/{made}/comments", json={"text": "seen", "by": "Ben"})
    entries = client.get("/api/v1/audit/log", params={"proposal_id": made}).json()["entries"]
    assert sorted(one["what"] for one in entries) == ["commented", "confirmed"]
    report = client.get("/api/v1/audit/verify").json()
    assert report["whole"]
    assert report["decisions"] > 0
    again = client.get("/api/v1/audit/verify", params={"decisions": report["decisions"], "head": report["head"]})
    assert again.json() == report
    cut = client.get("/api/v1/audit/verify", params={"decisions": report["decisions"] + 1, "head": "0" * 64}).json()
    assert (cut["whole"], cut["faults"][0]["kind"]) == (False, "anchor")
    problem(client.get("/api/v1/audit/verify", params={"decisions": 1}), 422, "anchor_half")


def test_an_import_is_tried_kept_and_known(client: TestClient, api_settings: Settings) -> None:
    table = b"Name,Unit,GWP,Country\nFlorped widget,kg,2.5,CN\nBroken widget,kg,abc,CN\n"
    form = {"source_id": "mine", "licence": "own data", "columns": '{"name": "Name", "gwp100_kg_co2e": "GWP"}'}

    def sent(**more: str) -> Any:
        return client.post("/api/v1/catalogue/imports", files={"file": ("mine.csv", table)}, data={**form, **more})

    dry = sent(dry_run="true")
    told = dry.json()["source"]
    assert (dry.status_code, dry.json()["dry"], told["rows_kept"], told["without_result"]) == (200, True, 2, 1)
    problem(sent(source_id="base-carbone"), 422, "dataset_source_shipped")
    problem(sent(columns="[]"), 422, "faults")
    problem(sent(also="x"), 422, "faults")
    problem(sent(format="nonsense"), 422, "format_unknown")
    problem(client.post("/api/v1/catalogue/imports", json={}), 415, "upload_form")
    problem(client.post("/api/v1/catalogue/imports", files={"other": ("a", b"x")}), 422, "upload_missing")
    empty = client.post("/api/v1/catalogue/imports", files={"file": ("../../../etc/x.csv", b"")})
    assert empty.status_code == 422
    assert not (api_settings.home / "catalogue" / "mine").exists()
