"""The glossary finds whole terms of both languages, refuses to guess, and its shipped file is sound."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.catalogue.glossary import KINDS, MAX_TRANSLATIONS, Glossary, Term, load_glossary
from firstprint.errors import FaultsError, InputError
from firstprint.resources import resource

SHIPPED = load_glossary()


def test_no_spelling_of_the_shipped_glossary_stands_twice():
    checked = load_glossary(resource("index/glossary.csv"))
    assert checked.terms == SHIPPED.terms


SMALL = Glossary(
    (
        Term(("steel",), ("钢", "钢材"), "material"),
        Term(("stainless steel",), ("不锈钢",), "material"),
        Term(("polyethylene terephthalate", "PET"), ("聚对苯二甲酸乙二醇酯",), "material"),
        Term(("polyvinyl chloride", "PVC"), ("聚氯乙烯",), "material"),
        Term(("PET bottle",), ("PET瓶",), "packaging"),
        Term(("bottle",), ("瓶子", "瓶"), "packaging"),
        Term(("glass",), ("玻璃",), "material"),
        Term(("battery",), ("电池",), "electronics"),
        Term(("box",), ("箱子",), "packaging"),
        Term(("benzene",), ("苯",), "chemical"),
        Term(("millilitre", "ml"), ("毫升",), "unit"),
        Term(("cubic metre", "m3"), ("立方米",), "unit"),
        Term(("piece",), ("件",), "unit"),
        Term(("euro",), ("欧元",), "unit"),
    )
)
# Characters that only Traditional script uses, of the kind met in trade and LCA names.
TRADITIONAL_ONLY = set(
    "鋁鋼電銅鐵錫鉛鋅鎳銀鈷鋰錳鉻鎂鈦紙膠絲織維纖紡線繩襪褲襯麵飯雞魚蝦鴨豬醬鹽車運輸機動輪貨飛軌產業製處廢環氣體熱氫鹼鈉鈣鉀點燈風壓縮濾門櫃書筆記腦鍵盤顯螢網絡圓釘"
    "彈齒軸鑄鍛銲衝鍍層塗裝噴雙張個條臺隻噸邊際從搖籃墳態權標準計數據單過組發廠變開關頭係統範圍週評價導術語離"
)


def test_a_longer_term_hides_the_shorter_one_inside_it():
    assert SMALL.translations("stainless steel") == ("不锈钢",)
    assert SMALL.translations("不锈钢") == ("stainless steel",)
    assert SMALL.translations("Stainless-Steel and steel") == ("不锈钢", "钢")


def test_mixed_text_is_read_in_both_languages_at_once():
    assert SMALL.translations("PET瓶 500ml") == ("PET bottle", "毫升")
    assert SMALL.translations("PET 玻璃") == ("聚对苯二甲酸乙二醇酯", "glass")


@pytest.mark.parametrize(
    ("plural", "expected"),
    [("bottles", "瓶子"), ("Batteries", "电池"), ("BOXES", "箱子"), ("glasses", "玻璃")],
)
def test_english_plurals_and_capitals_are_the_same_word(plural, expected):
    assert SMALL.translations(plural) == (expected,)


def test_english_terms_match_whole_words_only():
    assert SMALL.translations("steelworker, boxer, fibreglass") == ()


def test_an_acronym_that_is_also_a_word_needs_capitals():
    assert SMALL.translations("pet, PET") == ("聚对苯二甲酸乙二醇酯",)
    assert SMALL.translations("pet") == ()
    assert SMALL.translations("pvc") == ("聚氯乙烯",)
    assert SMALL.translations("EURO4 engine") == ()


def test_a_chinese_term_does_not_reach_over_a_mark():
    assert SMALL.translations("电、池") == ()
    assert SMALL.translations("电池、玻璃") == ("battery", "glass")


def test_one_character_measure_words_need_a_number_and_chemicals_stand_alone():
    assert SMALL.translations("零件") == ()
    assert SMALL.translations("3件") == ("piece",)
    assert SMALL.translations("每件") == ("piece",)
    assert SMALL.translations("苯") == ("benzene",)
    assert SMALL.translations("苯胺") == ()


def test_full_width_letters_and_raised_figures_read_like_plain_ones():
    assert SMALL.translations("ＰＥＴ瓶 5 m³") == ("PET bottle", "立方米")


def test_translations_are_not_repeated_and_at_most_eight():
    assert SMALL.translations("steel, Steel and 玻璃") == ("钢", "glass")
    many = "钢 铝 铜 锌 镍 玻璃 水泥 纸 木材 橡胶"
    assert len(SHIPPED.translations(many)) == MAX_TRANSLATIONS == 8


@pytest.mark.parametrize("text", ["", "   ", "…", "1234", "qwxz"])
def test_a_text_without_known_terms_gives_nothing(text):
    assert SMALL.translations(text) == ()
    assert SMALL.translate_name(text, to="zh") == ""


def test_translated_names_are_joined_the_way_each_language_writes():
    assert SMALL.translate_name("stainless steel bottle, 500 ml", to="zh") == "不锈钢瓶子"
    assert SMALL.translate_name("不锈钢电池箱子", to="en") == "stainless steel battery box"
    assert SMALL.translate_name("bottle of glass, box", to="zh") == "玻璃瓶子，箱子"
    assert SMALL.translate_name("PET瓶 glass", to="zh") == "PET瓶玻璃"


def test_a_name_that_is_mostly_unknown_gets_no_translation():
    assert SMALL.translate_name("steel gizmo", to="zh") == "钢"
    assert SMALL.translate_name("steel gizmo holder", to="zh") == ""
    assert SMALL.translate_name("不锈钢扶手支架", to="en") == ""


def test_a_name_that_is_only_a_unit_keeps_it():
    assert SMALL.translate_name("cubic metre", to="zh") == "立方米"


@given(st.text(alphabet="steel 钢PET瓶不锈,()5ml", max_size=40))
def test_any_text_is_read_without_overlap(text):
    found = SMALL.translations(text)
    assert len(found) == len(set(found)) <= MAX_TRANSLATIONS
    if "钢" not in text and "steel" not in text.lower():
        assert "steel" not in found


def test_every_spelling_gives_its_own_row_and_comes_back():
    for term in SHIPPED.terms:
        for spelling in (*term.en, *term.zh):
            expected = (term.zh if spelling in term.en else term.en)[0]
            assert SHIPPED.translations(spelling) == (expected,)
            assert SHIPPED.translations(expected) == ((term.en if spelling in term.en else term.zh)[0],)


def test_a_faulty_file_reports_every_fault_with_its_row(tmp_path: Path):
    path = tmp_path / "glossary.csv"
    path.write_text(
        "term_en,term_zh,kind\nsteel,钢,material\nSteels,钢材,material\nglass,,material\n"
        "brick|,砖,material\ncloud,云,weather\n",
        encoding="utf-8",
    )
    with pytest.raises(FaultsError) as caught:
        load_glossary(path)
    faults = caught.value.faults
    assert len(faults) == 4
    assert any("row 3" in fault and "'Steels'" in fault and "row 2" in fault for fault in faults)
    assert any("row 4" in fault and "term_zh" in fault for fault in faults)
    assert any("row 5" in fault and "term_en" in fault for fault in faults)
    assert any("row 6" in fault and "'weather'" in fault for fault in faults)


def test_a_missing_column_is_reported_beside_the_other_faults(tmp_path: Path):
    path = tmp_path / "glossary.csv"
    path.write_text("term_en,kind\nsteel,metal\n", encoding="utf-8")
    with pytest.raises(FaultsError) as caught:
        load_glossary(path)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["row 1", "row 2"]
    assert "term_zh" in caught.value.faults[0]


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be read"):
        load_glossary(tmp_path / "absent.csv")
    path = tmp_path / "gbk.csv"
    path.write_bytes("term_en,term_zh,kind\nsteel,钢,material\n".encode("gbk"))
    with pytest.raises(InputError, match="UTF-8"):
        load_glossary(path)


def test_the_shipped_file_is_large_and_covers_every_kind():
    assert len(SHIPPED) >= 900
    counts = Counter(term.kind for term in SHIPPED.terms)
    assert set(counts) == KINDS
    assert min(counts.values()) >= 30
    assert counts["food"] >= 150


def test_the_shipped_file_is_sorted_and_in_one_byte_form():
    raw = resource("index/glossary.csv").read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert raw.startswith(b"term_en,term_zh,kind")
    rows = list(csv.reader(raw.decode("utf-8").splitlines()))[1:]
    assert rows == sorted(rows, key=lambda row: (row[2], row[0]))


def test_shipped_spellings_are_in_the_script_of_their_column():
    for term in SHIPPED.terms:
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in spelling) for spelling in term.zh), term
        assert not any("\u3400" <= letter <= "\u9fff" for spelling in term.en for letter in spelling), term


def test_shipped_chinese_is_simplified():
    assert {"鋁", "鋼", "電"} <= TRADITIONAL_ONLY
    wrong = [spelling for term in SHIPPED.terms for spelling in term.zh if set(spelling) & TRADITIONAL_ONLY]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pet food", "宠物食品"),
        ("304不锈钢保温杯", "304 stainless steel vacuum flask"),
        ("磷酸铁锂电池包 60kWh", "lithium iron phosphate battery pack"),
        ("Corrugated cardboard boxes made of recycled paper", "再生纸瓦楞纸箱"),
        ("aluminium alloy", "铝合金"),
        ("polyester fibre", "聚酯纤维"),
        ("recycled PET", "再生PET"),
        ("水泥袋", "cement bag"),
        ("玻纤板", "epoxy glass laminate"),
        ("显微镜", "microscope"),
        ("望远镜", "telescope"),
        ("鲫鱼", "crucian carp"),
        ("护目镜", "safety goggles"),
        ("母猪", "sow"),
        ("土豆泥", "mashed potato"),
        ("kebab", "烤肉串"),
        ("高密度海绵垫", "high density sponge foam"),
    ],
)
def test_shipped_terms_read_everyday_names(name, expected):
    to = "en" if expected.isascii() else "zh"
    assert SHIPPED.translate_name(name, to=to) == expected
