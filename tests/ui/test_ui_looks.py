"""Two languages, two sets of colours, narrow windows, and texts of strangers that stay texts."""

from __future__ import annotations

import pytest
from made_up_site import DATASETS, EVIL

from conftest import log_in, sent
from firstprint import assembly, review
from firstprint.domain.proposal import StageShare

PATHS = (
    "/",
    "/import",
    "/review",
    "/review/bulk?min=10",
    "/catalogue?text=e",
    "/catalogue/datasets/shirt",
    "/catalogue/datasets/evil",
    "/catalogue/sources",
    "/catalogue/diff",
    "/evaluation",
    "/audit?verify=1",
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
GROUND = "getComputedStyle(document.body).backgroundColor"


def _light(colour: str) -> bool:
    return sum(int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(",")) > 3 * 128


def test_every_page_is_in_the_readers_language(site, visit):
    (kept,) = site.keep("cotton t-shirt")
    page = visit(site, locale="zh-CN")
    assert page.locator("h1").inner_text() == "估算碳足迹"
    assert page.get_attribute("html", "lang") == "zh-CN"
    for path in (*PATHS, f"/proposals/{kept}", f"/proposals/{kept}/export/pact"):
        page.goto(path)
        labels = page.locator("nav a, h2, label > span:first-child, th, button:not(.tool):not(.link)").all_inner_texts()
        latin = [
            text for text in labels if text and text.isascii() and any(map(str.isalpha, text)) and text not in SAME
        ]
        assert not latin, path
    page.goto(f"/proposals/{kept}")
    sent(page, "#switch-language")
    assert page.url == f"{site.url}/proposals/{kept}"
    assert page.locator("#decide-title").inner_text() == "Decision"
    page.goto("/review")
    assert page.locator("h1").inner_text() == "Review queue"  # it is remembered


def test_what_a_record_says_is_told_in_the_readers_language(site, visit):
    (english,) = site.keep("cotton t-shirt")
    chinese = site.assistant.estimate("cotton t-shirt", save=True, language="zh").id
    for kept in (english, chinese):
        page = visit(site, f"/proposals/{kept}", locale="zh-CN")
        assert page.locator(".flags span").all_inner_texts() == ["区间两端相差十倍以上：请看下一步应测量什么。"]
        assert "1 件 × 5.2 kg CO2e/件 = 5.2 kg CO2e" in page.locator(".steps li").all_inner_texts()
        assert page.get_by_text("尚未确认所选数据集适合该产品。").is_visible()
        page = visit(site, f"/proposals/{kept}")
        (flag,) = page.locator(".flags span").all_inner_texts()
        assert flag.startswith("The interval's ends lie more than a factor of ten apart")
        assert "1 piece × 5.2 kg CO2e/piece = 5.2 kg CO2e" in page.locator(".steps li").all_inner_texts()
        assert page.get_by_text("It is not yet confirmed that the dataset suits the product.").is_visible()


def test_a_dataset_that_a_person_named_shows_its_stages(site, visit, monkeypatch):
    parts = (StageShare(stage="materials", kg_co2e=0.6, share=0.5), StageShare(stage="use", kg_co2e=0.6, share=0.5))
    monkeypatch.setattr(assembly, "stages_of", lambda _dataset_id: parts)
    (kept,) = site.keep("cotton t-shirt")
    shown = {one.dataset_id for one in site.store.get(kept).candidates}
    other = next(one.dataset_id for one in DATASETS if one.dataset_id not in shown)
    review.override(site.store, site.assistant.catalogue, kept, other, by="Ana", reason="it is that")
    page = visit(site, f"/proposals/{kept}", locale="zh-CN")
    assert page.locator(".decide .stages li").all_inner_texts() == ["原材料 0.6 kg 50 %", "使用 0.6 kg 50 %"]


@pytest.mark.parametrize(
    ("locale", "heads"),
    [
        ("en-GB", ["Footprint, kg CO₂e", "In doubt, kg CO₂e"]),
        ("zh-CN", ["碳足迹（kg CO₂e）", "存疑量（kg CO₂e）"]),
    ],
)
def test_columns_of_footprints_name_their_unit_and_hold_numbers_of_it(site, visit, locale, heads):
    (kept,) = site.keep("cotton t-shirt")
    site.assistant.estimate("3 g glass jar", save=True, language="en")
    page = visit(site, "/review", locale=locale)
    assert page.locator("th.right").all_inner_texts() == heads
    assert page.locator("tbody td.num:nth-child(2)").all_inner_texts() == ["5.2", "0.0033"]
    assert site.store.get(kept).estimate.kg_co2e == pytest.approx(5.2)
    page.goto("/review/bulk?min=1")
    assert page.locator("th.right").all_inner_texts() == heads[:1]


SAME = {"PACT 3.0", "ILCD", "TIDAS", "JSON", "#"}
"""Names that are the same in both languages."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system_until_one_is_chosen(site, visit, scheme):
    page = visit(site, color_scheme=scheme)
    assert _light(page.evaluate(GROUND)) is (scheme == "light")
    sent(page, "#switch-theme")  # auto → dark
    assert not _light(page.evaluate(GROUND))
    sent(page, "#switch-theme")
    assert _light(page.evaluate(GROUND))
    page.reload()
    assert _light(page.evaluate(GROUND))


def test_no_page_scrolls_sideways_at_360_pixels(site, visit):
    kept = site.keep("cotton t-shirt", f"Gingerbread {EVIL}", "x" * 300, "aluminium profile")
    page = visit(site, viewport={"width": 360, "height": 740})
    exports = [f"/proposals/{kept[0]}/export/{form}" for form in ("pact", "json")]
    for path in (*PATHS, *[f"/proposals/{one}" for one in kept], *exports, f"/proposals/{kept[0]}?search=steel"):
        page.goto(path)
        assert page.evaluate(OVERFLOW) <= 0, path
    page.goto("/import")
    page.fill("#import-paste", "description,amount,unit,origin,weight\n" + "glass jar,1,kg,CN,2\n" * 3)
    sent(page, "#import-read")
    assert page.evaluate(OVERFLOW) <= 0
    page.goto("/")
    page.fill("[name=text]", "cotton t-shirt")
    sent(page, "#estimate")
    assert page.evaluate(OVERFLOW) <= 0


def test_texts_of_strangers_are_shown_and_never_run(site, visit):
    (kept,) = site.keep(f"Gingerbread {EVIL}")
    page = visit(site, f"/proposals/{kept}")
    assert EVIL in page.locator("h1").inner_text()
    assert page.locator(".candidate", has_text="Gingerbread <img").count() == 1
    page.fill("#comments [name=by]", "<b>Mallory</b>")
    page.fill("#comment-text", EVIL)
    sent(page, "#comment-send")
    assert page.locator(".comment .lines").inner_text() == EVIL
    assert page.locator(".comment strong").inner_text() == "<b>Mallory</b>"
    page.fill("#reason", EVIL)
    sent(page, "#confirm")
    page.goto("/import")
    page.fill("#import-paste", f"description;amount\n{EVIL};=cmd|' /C calc'!A0\n")
    sent(page, "#import-read")
    assert EVIL in page.locator(".preview").inner_text()
    visited = ("/review?status=", "/audit", "/catalogue?text=ginger", "/catalogue/datasets/evil")
    searched = (f"/review?text={EVIL}", f"/catalogue?text={EVIL}", f"/proposals/{EVIL}", f"/import/{EVIL}")
    for path in (f"/proposals/{kept}", *visited, *searched):
        page.goto(path)  # waits until scripts and pictures of the page have had their turn
        assert page.title() != "owned", path
        assert page.locator("main script, main img").count() == 0, path
    page.goto("/catalogue/datasets/evil")
    assert page.locator("a[href^=javascript]").count() == 0


def test_a_keyboard_reaches_the_content_first_and_every_field_has_a_name(site, visit):
    (kept,) = site.keep("cotton t-shirt")
    page = visit(site, f"/proposals/{kept}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    unnamed = """[...document.querySelectorAll('input:not([type=hidden]), textarea, select')]
        .filter(field => !field.labels.length && !field.getAttribute('aria-label')).map(field => field.name)"""
    for path in (*PATHS, f"/proposals/{kept}?search=steel", f"/proposals/{kept}/export/pact"):
        page.goto(path)
        assert page.evaluate(unnamed) == [], path
        assert page.locator("h1").count() == 1, path


def test_a_thing_that_is_not_there_is_told_on_a_page(site, visit):
    page = visit(site)
    for path in ("/proposals/none", "/catalogue/datasets/none", "/import/jobs/none", "/evaluation/none.html"):
        assert page.goto(path).status == 404
        assert page.locator("h1").inner_text() == "There is no such thing"


def test_a_report_of_an_evaluation_is_listed_and_runs_nothing(site, visit):
    folder = site.home / "evaluation" / "suite-one"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<title>Report</title><script>document.title='owned'</script><p>fine</p>")
    page = visit(site, "/evaluation")
    assert page.locator("tbody a").inner_text() == "suite-one/report.html"
    answer = page.request.get("/evaluation/suite-one/report.html")
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert page.request.get("/evaluation/../firstprint.db").status == 404


def test_the_login_page_speaks_chinese_and_fits_a_telephone(guarded, visit):
    page = visit(guarded, locale="zh-CN", viewport={"width": 360, "height": 740})
    assert page.locator("h1").inner_text() == "登录"
    assert page.evaluate(OVERFLOW) <= 0
    log_in(page, "Rita")
    assert page.evaluate(OVERFLOW) <= 0
