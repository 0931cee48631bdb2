"""Who may do what, and what happens when two decide at once."""

from __future__ import annotations

import re

import pytest

from conftest import log_in, sent


def _secret(page) -> str:
    return page.locator("[name=csrf]").first.get_attribute("value")


def test_a_login_leads_back_to_where_one_wanted_to_go(guarded, visit):
    page = visit(guarded, "/review?status=confirmed")
    assert "/login?back=" in page.url
    page.fill("[name=name]", "rita")
    page.fill("[name=password]", "wrong")
    sent(page, "#login")
    assert page.locator("[role=alert]").inner_text() == "Name or password is wrong."
    log_in(page, "rita")
    assert page.url == f"{guarded.url}/review?status=confirmed"
    assert page.locator(".who-name").inner_text() == "Rita"
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "firstprint_session"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    page.click(".who summary")
    sent(page, "#logout")
    page.goto("/review")
    assert "/login" in page.url


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"])
def test_a_login_never_leads_elsewhere(guarded, visit, back):
    page = visit(guarded, f"/login?back={back}")
    log_in(page, "Rita")
    assert page.url == f"{guarded.url}/"


def test_a_viewer_reads_and_decides_nothing(guarded, visit):
    (kept,) = guarded.keep("glass jar")
    page = visit(guarded, f"/proposals/{kept}")
    log_in(page, "Vera")
    assert page.locator("#confirm").count() == 0
    assert page.locator("#comment-text").count() == 0
    form = {"csrf": _secret(page), "version": "1", "verdict": "confirmed", "candidate": "1"}
    answer = page.request.post(f"/proposals/{kept}/decide", form=form)
    assert answer.status == 403
    assert "You may not do that" in answer.text()
    assert page.request.post("/save", form={"csrf": _secret(page), "text": "glass jar"}).status == 403
    assert guarded.store.count() == 1
    assert page.goto("/users").status == 403
    assert guarded.store.get(kept).status == "proposed"


def test_an_administrator_sees_users_and_roles(guarded, visit):
    page = visit(guarded, "/users")
    log_in(page, "Ada")
    rows = [re.sub(r"\s+", " ", row)[:20].strip() for row in page.locator("tbody tr").all_inner_texts()]
    assert rows[0].startswith("Ada administrator")
    assert len(rows) == 4


def test_a_form_without_the_sessions_secret_changes_nothing(guarded, visit):
    (kept,) = guarded.keep("glass jar")
    page = visit(guarded, f"/proposals/{kept}")
    log_in(page, "Rita")
    form = {"version": "1", "verdict": "confirmed", "candidate": "1"}
    for secret in ({}, {"csrf": "guess"}):
        assert page.request.post(f"/proposals/{kept}/decide", form={**form, **secret}).status == 403
        assert page.request.post(f"/proposals/{kept}/export/json", form=secret).status == 403
        assert page.request.post("/import", multipart={"pasted": "text\nglass", **secret}).status == 403
    assert guarded.store.get(kept).status == "proposed"
    assert page.request.post(f"/proposals/{kept}/decide", form={**form, "csrf": _secret(page)}).status == 200
    assert guarded.store.get(kept).status == "confirmed"


def test_the_second_reviewer_is_told_who_changed_what(guarded, visit):
    (kept,) = guarded.keep("glass jar")
    first, second = visit(guarded, f"/proposals/{kept}"), visit(guarded, f"/proposals/{kept}")
    log_in(first, "Rita")
    log_in(second, "Omar")
    second.fill("#reason", "it is a jar of another kind")
    sent(first, "#confirm")
    assert first.url.endswith("note=confirmed")
    sent(second, "#reject")
    told = second.locator("#conflict").inner_text()
    assert "Somebody decided while you were looking." in told
    assert "Rita" in told
    assert "Confirmed" in told
    assert [one.by for one in guarded.store.decisions.of_proposal(kept)] == ["Rita"]
    assert second.locator(".history li").first.inner_text().startswith("Confirmed by Rita")


def test_a_large_footprint_takes_two_people(guarded, visit):
    kept = guarded.assistant.estimate("hot rolled steel coil", amount=1000, unit="kg", save=True).id
    page = visit(guarded, f"/proposals/{kept}")
    log_in(page, "Rita")
    assert "two people must agree" in page.locator(".decide .note").inner_text()
    sent(page, "#confirm")
    assert page.url.endswith("note=first")
    assert page.locator(".chip.waits").first.inner_text() == "second person needed"
    assert guarded.store.get(kept).status == "proposed"
    sent(page, "#confirm")
    assert "You gave the first opinion" in page.locator("[role=alert]").inner_text()
    other = visit(guarded, "/review?status=waits")
    log_in(other, "Omar")
    sent(other, ".row-link")
    assert "First opinion by Rita" in other.locator(".decide .note").inner_text()
    sent(other, "#confirm")
    assert guarded.store.get(kept).status == "confirmed"


def test_a_decision_is_taken_back_and_the_trail_keeps_both(guarded, visit):
    (kept,) = guarded.keep("glass jar")
    page = visit(guarded, f"/proposals/{kept}")
    log_in(page, "Rita")
    sent(page, "#confirm")
    page.click("text=Take the decision back")
    page.fill("details[open] [name=reason]", "wrong jar")
    sent(page, "text=Take back >> nth=-1")
    page.goto("/audit?verify=1")
    assert page.locator("#verified strong").inner_text() == "The history is whole."
    assert page.locator("tbody .chip").all_inner_texts() == ["taken back", "confirmed"]


def test_without_login_a_page_of_another_site_changes_nothing(site, visit):
    (kept,) = site.keep("glass jar")
    page = visit(site)
    form = {"version": "1", "verdict": "confirmed", "candidate": "1", "by": "Mallory"}
    answer = page.request.post(
        f"/proposals/{kept}/decide",
        form=form,
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    )
    assert answer.status == 403
    assert site.store.get(kept).status == "proposed"


def test_a_job_is_cancelled_by_its_owner_or_an_administrator(guarded, visit):
    job = guarded.store.jobs.add("batch", "Omar", file_name="list.csv")
    page = visit(guarded, f"/import/jobs/{job.id}")
    log_in(page, "Rita")
    assert page.locator(".button.danger").count() == 0
    assert page.request.post(f"/import/jobs/{job.id}/cancel", form={"csrf": _secret(page)}).status == 403
    owner = visit(guarded, f"/import/jobs/{job.id}")
    log_in(owner, "Omar")
    sent(owner, ".button.danger")
    assert guarded.store.jobs.get(job.id).state == "cancelled"


def test_an_uploaded_list_is_its_owners(guarded, visit):
    page = visit(guarded, "/import")
    log_in(page, "Omar")
    page.fill("#import-paste", "description,amount\nsecret alloy,1\n")
    sent(page, "#import-read")
    assert "secret alloy" in page.content()
    other = visit(guarded, page.url.removeprefix(guarded.url))
    log_in(other, "Rita")
    assert other.locator("h1").inner_text() == "There is no such thing"
    assert "secret alloy" not in other.content()
