"""The workbook: five sheets in both languages, numbers as numbers, texts never as formulas, links only to the web."""

from __future__ import annotations

import io
from typing import Any

import pytest
from export_samples import CHINESE, candidate, decision, draft, proposal, record
from openpyxl import load_workbook

from firstprint.decided import decided_record
from firstprint.domain.decided import DecidedRecord
from firstprint.exporters.record_words import CHINESE as ZH
from firstprint.exporters.record_words import ENGLISH as EN
from firstprint.exporters.record_workbook import record_workbook
from firstprint.rationale.wording_zh import localised


def opened(*records: DecidedRecord, language: str = "en") -> Any:
    return load_workbook(io.BytesIO(record_workbook(records, language, localised)))


def rows(book: Any, sheet: str) -> list[dict[str, Any]]:
    heads, *lines = list(book[sheet].iter_rows(min_row=3, values_only=True))
    return [dict(zip(heads, line, strict=True)) for line in lines]


def test_the_sheets_say_result_candidates_assumptions_sources_and_audit() -> None:
    book = opened(record(), record(CHINESE))
    assert book.sheetnames == ["Results", "Candidates", "Assumptions", "Sources and licences", "Audit trail"]
    first, second = rows(book, "Results")
    assert (first["Product"], first["Per"], first["kg CO2e"]) == ("25 g PET bottle", "1 piece", 0.0724)
    assert (first["Low"], first["High"], first["Interval"], first["Status"]) == (0.0382, 0.1373, 0.9, "confirmed")
    assert (first["Proxy dataset"], first["Licence"], second["Product"]) == (
        "Polyester granulate 1", "CC-BY-4.0", "25 克 PET 瓶",
    )  # fmt: skip
    assert [one["Taken"] for one in rows(book, "Candidates")] == ["yes", None, None] * 2
    audit = rows(book, "Audit trail")
    assert [(one["Event"], one["By"]) for one in audit[:2]] == [("proposed", "firstprint"), ("confirmed", "Ana")]
    assert audit[0]["Catalogue sha256"] == "ab" * 32


def test_the_chinese_workbook_is_chinese() -> None:
    book = opened(record(CHINESE), language="zh")
    assert book.sheetnames == ["结果", "候选数据集", "假设", "来源与许可", "审计记录"]
    [result] = rows(book, "结果")
    assert (result["声明单位"], result["状态"], result["替代数据集"]) == ("1 件", "已确认", "聚酯切片 1")
    told = [one["说明"] for one in rows(book, "假设")]
    assert "1 件 × 0.025 kg/件 = 0.025 kg" in told
    assert any("地域" in text for text in told)


def test_both_languages_have_every_word() -> None:
    for name in ("sheets", "titles", "heads", "status", "verdict", "data", "basis", "flags", "topics"):
        assert set(getattr(EN, name)) == set(getattr(ZH, name))
        assert all(getattr(ZH, name).values())
    from typing import get_args

    from firstprint.domain.proposal import FlagCode

    assert set(EN.flags) == set(get_args(FlagCode))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_draft_says_so_on_every_sheet(language: str) -> None:
    words = ZH if language == "zh" else EN
    book = opened(record(), draft(CHINESE), language=language)
    assert all(words.draft in book[name]["A2"].value for name in book.sheetnames)
    assert not any(sheet["A2"].value for sheet in opened(record()))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_restricted_data_are_named_on_every_sheet(language: str) -> None:
    words = ZH if language == "zh" else EN
    closed = record(proposal(candidates=(candidate(1), candidate(2, licence="CC BY-NC-ND 4.0"))))
    book = opened(closed, language=language)
    for name in book.sheetnames:
        assert words.restricted.format(sheet=words.sheets["sources"]) in book[name]["A2"].value
    found = [one[words.heads["restricted"]] for one in rows(book, words.sheets["sources"])]
    assert found == [words.no, words.yes]


EVIL = ('=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "|calc", "%0", "\t=1+1", "\n=1", "＝1+1", "'=1")


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_of_anyone_is_a_formula(evil: str) -> None:
    bad = candidate(
        1, name=evil, name_zh=evil, dataset_id=evil, licence=evil, citation=evil, url=evil, warnings=(evil,)
    )
    of = proposal(description=evil, candidates=(bad,))
    one = decided_record(
        of.model_copy(update={"status": "confirmed"}),
        [decision(of, dataset_id=evil, by=evil, reason=evil)],
    )
    for language in ("en", "zh"):
        for sheet in opened(one, language=language):
            for line in sheet.iter_rows():
                for cell in line:
                    assert cell.data_type != "f"
                    assert cell.hyperlink is None
                    if isinstance(cell.value, str) and cell.value[:1] in tuple("=+-@|%"):
                        assert cell.quotePrefix


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.com/a?b=1", True),
        ("HTTP://example.com", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("https://a b", False),
        ("mailto:x@example.com", False),
        ("", False),
    ],
)
def test_links_go_to_the_web_alone(url: str, linked: bool) -> None:
    book = opened(record(proposal(candidates=(candidate(1, url=url),))))
    column = [cell.value for cell in book["Sources and licences"][3]].index("Link")
    cell = book["Sources and licences"][4][column]
    assert (cell.hyperlink is not None) == linked
    assert (cell.value or "") == url


def test_headings_stay_in_view_and_numbers_have_a_form() -> None:
    book = opened(record())
    assert [book[name].freeze_panes for name in book.sheetnames] == ["B4", "F4", "C4", "B4", "C4"]
    sheet = book["Results"]
    assert (sheet["C4"].number_format, sheet["F4"].number_format) == ("0.0000##", "0%")
    assert sheet["C3"].fill.fgColor.rgb.endswith("0B6E4F")
    assert all(10 <= sheet.column_dimensions[letter].width <= 60 for letter in "ACI")


def test_a_dataset_of_the_catalogue_stands_before_the_candidates() -> None:
    one = record(dataset_id="made-up-3")
    taken = one.taken.model_copy(update={"dataset_id": "made-up-9", "rank": None})  # type: ignore[union-attr]
    found = rows(opened(one.model_copy(update={"taken": taken})), "Candidates")
    assert [(line["Dataset id"], line["Rank"], line["Taken"]) for line in found[:2]] == [
        ("made-up-9", None, "yes"),
        ("made-up-1", 1, None),
    ]
