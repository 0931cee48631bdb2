"""The small company's path: paste, see, keep, confirm, hand on as PACT; with script and without."""

from __future__ import annotations

import json

import pytest

from conftest import sent
from firstprint.exporters.pact_check import footprint_faults

FACTS = {
    "company": "Example Textiles Ltd",
    "company_ids": "urn:company:example.com:4711",
    "product_name": "Shirt One",
    "product_ids": "urn:gtin:4712345060507",
    "reference_period_start": "2025-01-01",
    "reference_period_end": "2026-01-01",
    "biogenic_co2_uptake_kg": "0",
    "fossil_emissions_kg": "all",
    "fossil_carbon_content_kg": "0",
    "ipcc": "AR6",
    "standards": "ISO14067",
    "exempted_emissions_percent": "0",
}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_a_description_to_a_pact_file(site, visit, script):
    page = visit(site, java_script_enabled=script)
    page.fill("[name=text]", "cotton t-shirt")
    page.click("details summary")
    page.fill("[name=mass_kg]", "0.18")
    page.fill("[name=geography]", "China")
    sent(page, "#estimate")
    assert page.locator(".headline .big").inner_text() == "5.2"
    assert site.store.count() == 0  # shown, not kept
    sent(page, "#save")
    assert page.url.endswith("?note=saved")
    proposal = site.store.list()[0]
    page.fill("#decide [name=by]", "Mia")
    sent(page, "#confirm")
    assert site.store.get(proposal.id).status == "confirmed"
    assert site.store.decisions.of_proposal(proposal.id)[0].by == "Mia"
    sent(page, "#export-pact")
    assert page.locator("#missing li").count() == len(FACTS) + 2
    page.fill("#fact-company", FACTS["company"])
    sent(page, "#download")
    assert page.locator("#missing li").count() == len(FACTS) + 1  # all that still lacks, and what was typed stays
    assert page.input_value("#fact-company") == FACTS["company"]
    for name, value in FACTS.items():
        page.fill(f"#fact-{name}", value)
    page.select_option("#fact-packaging_included", "no")
    page.select_option("#fact-ccs_included", "no")
    with page.expect_download() as told:
        page.click("#download")
    document = json.loads(told.value.path().read_text("utf-8"))
    (footprint,) = document.get("data", [document])
    assert footprint["companyName"] == FACTS["company"]
    assert float(footprint["pcf"]["pcfExcludingBiogenicUptake"]) == pytest.approx(5.2)
    assert not footprint_faults(footprint)


def test_a_wrong_number_is_told_beside_the_form_and_nothing_typed_is_lost(site, visit):
    page = visit(site)
    page.fill("[name=text]", "glass jar")
    page.click("details summary")
    page.fill("[name=mass_kg]", "heavy")
    sent(page, "#estimate")
    assert "heavy" in page.locator("[role=alert]").inner_text()
    assert page.input_value("[name=text]") == "glass jar"
    assert page.input_value("[name=mass_kg]") == "heavy"


def test_what_is_kept_is_what_was_seen(site, visit):
    page = visit(site)
    page.fill("[name=text]", "hot rolled steel coil")
    sent(page, "#estimate")
    seen = page.locator("[name=proposal]").get_attribute("value")
    sent(page, "#save")
    assert site.store.list()[0].id == seen


def test_a_rationale_links_datasets_and_numbers_its_sources(site, visit):
    (kept,) = site.keep("cotton t-shirt")
    page = visit(site, f"/proposals/{kept}")
    link = page.locator(".prose a[href='/catalogue/datasets/shirt']")
    assert link.inner_text() == "“T-shirt, cotton”"
    assert page.locator("#source-1").inner_text().startswith("The made-up book of T-shirt, cotton, page 7")
    sent(page, ".prose a[href='/catalogue/datasets/shirt']")
    assert page.locator("h1").inner_text() == "T-shirt, cotton"


def test_the_plot_stands_on_one_log_axis(site, visit):
    (kept,) = site.keep("cotton t-shirt")
    page = visit(site, f"/proposals/{kept}")
    dots = [
        float(at.rstrip("%"))
        for at in page.locator(".plot circle").evaluate_all("all => all.map(d => d.getAttribute('cx'))")
    ]
    values = [float(text.split()[0]) for text in page.locator(".plot-row:not(.axis) .plot-value").all_inner_texts()]
    assert len(dots) == len(values) >= 3
    assert sorted(range(len(dots)), key=dots.__getitem__) == sorted(range(len(values)), key=values.__getitem__)
