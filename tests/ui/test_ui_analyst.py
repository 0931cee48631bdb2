"""The analyst's path: a list of both languages up, columns mapped, faults seen, reviewed by keyboard, exported."""

from __future__ import annotations

import io

import openpyxl
import pytest

from conftest import sent
from firstprint import review

ROWS = (
    ("纯棉T恤", 100, "件", "中国"),
    ("cotton t-shirt", 20, "piece", "CN"),
    ("热轧钢卷", 2, "kg", "中国"),
    ("aluminium profile, extruded", 5, "kg", "Germany"),
    ("玻璃罐", 3, "kg", "CN"),
)


def _workbook(rows) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["品名 Description", "数量", "单位", "产地"])
    for row in rows:
        sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _uploaded(page, data: bytes, name: str = "采购清单.xlsx") -> None:
    page.goto("/import")
    page.set_input_files("#import-file", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    sent(page, "#import-read")


def test_a_list_of_fifty_rows_becomes_a_job_that_is_watched_and_fetched(site, visit):
    page = visit(site)
    rows = [ROWS[n % len(ROWS)] for n in range(47)]
    rows += [("PET bottle", "many", "kg", "CN"), ("PET bottle", 1, "furlongs per", "Atlantis"), ("", 1, "kg", "CN")]
    _uploaded(page, _workbook(rows))
    chosen = {
        name: page.locator(f"#map-{name} option:checked").inner_text() for name in ("text", "amount", "geography")
    }
    assert chosen == {"text": "品名 Description", "amount": "数量", "geography": "产地"}
    assert page.locator("#fault-count").inner_text() == "4 cells at fault"
    told = page.locator("td.wrong .cell-fault").all_inner_texts()
    assert told == ["Not a number above zero.", "No known unit.", "No known place.", "A description is needed."]
    page.fill("[name=by]", "Lin")
    sent(page, "#map-start")
    assert page.locator("[data-job-state]").inner_text() == "waits"
    jobs = site.store.jobs
    job = jobs.claim("stand-in", ("batch",))
    assert (job.owner, job.total, job.file_name) == ("Lin", 50, "采购清单.xlsx")
    assert '"text": "品名 Description"' in job.options
    assert (site.home / job.input_path).read_bytes() == _workbook_bytes(site, job)
    jobs.report(job.id, "stand-in", done=21, total=50)
    page.wait_for_selector("[data-job-count]:text-is('21 / 50')")
    assert page.locator("[data-job-state]").inner_text() == "runs"
    result = site.home / "jobs" / "result.xlsx"
    result.write_bytes(b"made by the worker")
    jobs.finish(job.id, "stand-in", "jobs/result.xlsx")
    with page.expect_download() as told:
        page.click("#job-download")
    assert told.value.suggested_filename == "采购清单-firstprint.xlsx"
    assert told.value.path().read_bytes() == b"made by the worker"


def _workbook_bytes(site, job) -> bytes:
    """What lies in the upload's folder is a workbook whose first row is the one that was sent."""
    data = (site.home / job.input_path).read_bytes()
    first = [cell.value for cell in next(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows())]
    assert first == ["品名 Description", "数量", "单位", "产地"]
    return data


def test_a_result_outside_the_home_is_not_given_out(site, visit, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.txt"
    secret.write_text("secret")
    job = site.store.jobs.add("batch", "Lin", file_name="a.csv")
    site.store.jobs.claim("stand-in")
    site.store.jobs.finish(job.id, "stand-in", str(secret))
    page = visit(site)
    answer = page.goto(f"/import/jobs/{job.id}/result")
    assert answer.status == 404
    assert "secret" not in page.content().replace(str(secret), "")


def test_pasted_rows_are_mapped_by_hand(site, visit):
    page = visit(site, "/import")
    page.fill("#import-paste", "what\thow much\nglass jar\t3\nsteel\tx\n")
    sent(page, "#import-read")
    assert page.input_value("#map-text") == ""
    page.fill("[name=by]", "Lin")
    sent(page, "#map-start")
    assert page.locator("[role=alert]").inner_text() == "Say which column holds the description."
    page.select_option("#map-text", label="what")
    page.select_option("#map-amount", label="how much")
    sent(page, "#map-preview")
    assert page.locator("td.wrong").inner_text() == "x\nNot a number above zero."


def test_a_file_that_is_no_table_is_told(site, visit):
    page = visit(site, "/import")
    _uploaded(page, b"PK\x03\x04 this is no workbook", "list.xlsx")
    assert "list.xlsx" in page.locator("[role=alert]").inner_text()
    assert page.locator("#import-read").is_visible()


def test_the_queue_is_worked_through_with_the_keyboard_alone(site, visit):
    kept = site.keep("cotton t-shirt", "glass jar", "hot rolled steel coil", "brass fittings", unit=None)
    page = visit(site, "/review")
    press = page.keyboard.press
    order = [link.get_attribute("href").split("?")[0].rsplit("/", 1)[1] for link in page.locator(".row-link").all()]
    assert sorted(order) == sorted(kept)
    press("j"), press("j"), press("k"), press("Enter")
    page.wait_for_url(f"**/proposals/{order[0]}?from=**")
    press("2")
    assert page.locator(".choose:checked").get_attribute("value") == "2"
    press("a")  # asks for the name first
    page.keyboard.type("Lin")
    press("Escape")
    press("a")
    page.wait_for_url(f"**/proposals/{order[1]}?from=**note=confirmed")
    press("r")
    page.keyboard.type("another thing")
    press("Enter")
    page.wait_for_url(f"**/proposals/{order[2]}?from=**note=rejected")
    press("o")
    page.keyboard.type("steel")
    press("Enter")
    page.wait_for_url("**search=steel**")
    page.wait_for_selector("#override-form")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#override-form input:checked").get_attribute("value")
    page.focus("#override-reason")
    page.keyboard.type("the same alloy")
    press("Enter")
    page.wait_for_url(f"**/proposals/{order[3]}?from=**note=overridden")
    press("k")  # the first of those left: nothing before it
    press("?")
    assert page.locator("dialog[open]").count() == 1
    decided = [site.store.decisions.of_proposal(one)[-1] for one in order[:3]]
    assert [one.verdict for one in decided] == ["confirmed", "rejected", "overridden"]
    assert [one.by for one in decided] == ["Lin"] * 3
    assert decided[0].dataset_id == site.store.get(order[0]).candidates[1].dataset_id
    assert decided[2].dataset_id == chosen


def test_a_decided_record_leaves_as_a_workbook(site, visit):
    (kept,) = site.keep("热轧钢卷")
    page = visit(site, f"/proposals/{kept}")
    page.fill("#decide [name=by]", "Lin")
    sent(page, "#confirm")
    sent(page, "#export-xlsx")
    with page.expect_download() as told:
        page.click("#download")
    book = openpyxl.load_workbook(io.BytesIO(told.value.path().read_bytes()))
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "热轧钢卷" in texts


def test_many_are_accepted_at_once_after_the_expected_error_was_shown(site, visit):
    site.keep("cotton t-shirt", "glass jar", "PET bottle")
    items = site.store.queue.page().items
    least = sorted(one.probability for one in items)[1] - 1e-4
    above = [one for one in items if one.probability >= least]
    page = visit(site, "/review")
    sent(page, "#bulk")
    page.fill("#bulk-min", f"{100 * least:.2f}")
    page.keyboard.press("Enter")
    page.wait_for_selector("#bulk-confirm")
    wrong = sum(1 - one.probability for one in above)
    assert page.locator(".stats .big").all_inner_texts()[:2] == [str(len(above)), f"{wrong:.1f}"]
    page.fill("[name=by]", "Lin")
    review.confirm(site.store, above[0].id, by="Omar")
    sent(page, "#bulk-confirm")  # what was shown is not what would happen any more
    assert page.locator("[role=alert]").is_visible()
    assert site.store.count("confirmed") == 1
    page.fill("[name=by]", "Lin")
    sent(page, "#bulk-confirm")
    assert site.store.count("confirmed") == len(above)
    assert page.locator(".note.good").inner_text().startswith(f"{len(above) - 1} confirmed, 0 left alone")


@pytest.mark.parametrize("blind", [True, False])
def test_blind_mode_hides_scores_until_somebody_has_decided(site, visit, blind):
    (kept,) = site.keep("cotton t-shirt")
    page = visit(site, f"/proposals/{kept}")
    if blind:
        sent(page, "#switch-blind")
    assert (page.locator("main .meter").count() == 0) is blind
    assert (page.locator(".plot").count() == 0) is blind
    assert (page.locator(".choose:checked").count() == 0) is blind
    assert (page.locator(".prose").count() == 0) is blind
    names = page.locator(".candidate-name strong").all_inner_texts()
    assert (names == sorted(names, key=str.casefold)) or not blind
    page.check(".choose >> nth=0")
    page.fill("#decide [name=by]", "Lin")
    sent(page, "#confirm")
    assert page.locator("main .meter").count() > 0
