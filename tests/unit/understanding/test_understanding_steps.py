"""Each step of understanding does its one thing, and leaves alone what could be the product."""

from __future__ import annotations

import pytest

from firstprint.catalogue.glossary import Glossary, Term
from firstprint.intake import RawRequest, read_request
from firstprint.understanding.abbreviations import expanded
from firstprint.understanding.canonical import in_preferred_words, mixed_in_english
from firstprint.understanding.chinese import is_traditional, simplified
from firstprint.understanding.codes import without_codes
from firstprint.understanding.grades import grade_of, with_materials
from firstprint.understanding.sentences import LONG_FROM, MOST_SENTENCES, sentences_of, telling_sentences
from firstprint.understanding.sizes import without_sizes

GLOSSARY = Glossary(
    (
        Term(("stainless steel",), ("不锈钢",), "material"),
        Term(("trainers", "sneakers"), ("运动鞋", "球鞋"), "textile"),
        Term(("light-emitting diode", "LED"), ("发光二极管",), "electronics"),
        Term(("street lamp",), ("路灯",), "electronics"),
        Term(("mouse", "computer mouse"), ("鼠标",), "electronics"),
        Term(("wireless",), ("无线",), "electronics"),
        Term(("millilitre", "ml"), ("毫升",), "unit"),
    )
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("不鏽鋼保溫杯", "不锈钢保温杯"),
        ("無線滑鼠", "无线鼠标"),
        ("塑膠袋 PE", "塑料袋 PE"),
        ("不锈钢保温杯", "不锈钢保温杯"),
        ("steel 鋼", "steel 钢"),
        ("plain text", "plain text"),
    ],
)
def test_traditional_characters_and_taiwan_words_become_mainland_ones(text, plain):
    assert simplified(text) == plain


def test_a_text_without_traditional_characters_needs_no_converter(monkeypatch):
    monkeypatch.setattr("firstprint.understanding.chinese._converter", lambda: pytest.fail("not needed"))
    assert simplified("镀锌钢板 1.2mm") == "镀锌钢板 1.2mm"
    assert not is_traditional("氧化镧")


def test_what_the_converter_cannot_take_does_not_stop_it():
    assert simplified("鋼\x00鐵\ud800") == "钢\ufffd铁\ufffd"


def test_full_width_characters_are_plain_after_the_intake():
    assert read_request(RawRequest("ＰＶＣ　ｐｉｐｅ　（Ａ４）")).matching_texts[-1] == "PVC pipe (A4)"


def test_an_amount_per_package_leaves_no_package_behind():
    assert read_request(RawRequest("尿素 50kg/袋")).matching_texts == ("尿素",)
    assert read_request(RawRequest("wall paint 18 L/drum")).matching_texts == ("wall paint",)
    assert read_request(RawRequest("25kg/袋 面粉")).product.mass_kg == 25


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("bearing P/N 33-221-X", "bearing"),
        ("SKU: AB-10023 cotton towel", "cotton towel"),
        ("Handtuch Art.-Nr. 99-123 weiß", "Handtuch weiß"),
        ("货号：A1203-5 棉毛巾", "棉毛巾"),
        ("Model: X200 electric kettle", "electric kettle"),
        ("screwdriver 4011209361234", "screwdriver"),
        ("cable tie, lot no. 2231, see www.example.com/a?b=1", "cable tie, see"),
        ("contact sales@example.com for oak desk", "contact for oak desk"),
        ("Teflon® pan &amp; lid", "Teflon pan & lid"),
        ("Gore-TexTM jacket", "Gore-Tex jacket"),
        ("<b>Oak</b> desk", "Oak desk"),
        ("*SALE* NEW! steel kettle", "steel kettle"),
        ("RED_SHIRT_XL", "RED SHIRT XL"),
        ("shirt | red | cotton", "shirt red cotton"),
        ("【现货】棉毛巾", "棉毛巾"),
        ("无线鼠标 https://example.com/鼠标", "无线鼠标 鼠标"),
    ],
)
def test_codes_and_brand_noise_are_taken_out(text, bare):
    assert without_codes(text) == bare


@pytest.mark.parametrize(
    "text",
    [
        "R134a refrigerant",
        "18650 cell",
        "6061-T6 extrusion",
        "cat 6 cable",
        "part skimmed milk",
        "model railway",
        "new potatoes",
        "hot rolled coil",
        "lot of art paper",
        "reference book",
        "PO box",
        "order picking trolley",
        "99.5% lanthanum",
        "modelling clay",
        "newsprint, 45 gsm",
        "20# 钢管",
        "and/or gate",
        "12345678",
    ],
)
def test_words_that_could_be_the_product_stay(text):
    assert without_codes(text) == text


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("M8x30 hex bolt", "hex bolt"),
        ("nipple brass 2 X 8 IN", "nipple brass"),
        ("TEE 1-1/2 X 1-1/2 IN", "TEE"),
        ("20#无缝钢管 Φ89×6", "20#无缝钢管"),
        ("LED lamp 220V 50Hz IP65", "LED lamp"),
        ("mineral water 500 ml x 24", "mineral water"),
        ("nails 20 PCS/箱", "nails"),
        ("polo shirt SIZE 2XL", "polo shirt"),
        ("wood screw #10", "wood screw"),
        ('copper pipe 3/4"', "copper pipe"),
        ("烧结砖 240×115×53", "烧结砖"),
        ("flange DN150 PN16", "flange"),
        ("steel box of 100", "steel"),
        ("gloves, 100 pcs", "gloves"),
        ("powder RAL 9016", "powder"),
        ("瓷砖 800*800mm", "瓷砖"),
        ("run shoes EU 42", "run shoes"),
    ],
)
def test_sizes_are_separated_from_the_noun(text, bare):
    assert without_sizes(text) == bare


@pytest.mark.parametrize(
    "text", ["S355 beam", "milk 3.5% fat", "7-up", "2 X 8 IN", "PA66", "ABS", "type 2 cable", "4x4"]
)
def test_grades_shares_and_texts_of_sizes_alone_stay(text):
    assert without_sizes(text) == text


@pytest.mark.parametrize(
    ("code", "material"),
    [
        ("Q235B", "carbon steel"),
        ("s355j2", "structural steel"),
        ("HRB400E", "ribbed reinforcing steel bar"),
        ("6061-T6", "aluminium alloy"),
        ("SUS304", "stainless steel"),
        ("304L", "stainless steel"),
        ("20#", "carbon steel"),
        ("PA66", "polyamide 66"),
        ("FR4", "epoxy glass laminate"),
        ("SCH 40", "pipe"),
    ],
)
def test_a_grade_names_its_material(code, material):
    grade = grade_of(code)
    assert grade is not None
    assert grade.name_en == material


@pytest.mark.parametrize("code", ["3045", "Q2351", "X304", "PA660", "", "3", "304" * 10])
def test_a_number_that_only_begins_like_a_grade_is_none(code):
    assert grade_of(code) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("6061-T6 extrusion", "aluminium alloy extrusion"),
        ("SGCC coil", "hot-dip galvanised steel sheet coil"),
        ("304 sheet", "stainless steel sheet"),
        ("stainless sheet 304", "stainless sheet"),
        ("镀锌钢板 SGCC", "镀锌钢板"),
        ("Q235B角铁", "碳素钢角铁"),
        ("HRB400E Φ12", "螺纹钢 Φ12"),
        ("SCH 40 PVC", "pipe PVC"),
        ("SCH 40 PVC PIPE", "PVC PIPE"),
        ("304 pages", "304 pages"),
        ("430 g flour", "430 g flour"),
        ("room 201", "room 201"),
    ],
)
def test_a_grade_gives_way_to_a_material_that_no_other_word_names(text, told):
    if text == "HRB400E Φ12":
        told = "ribbed reinforcing steel bar Φ12"
    assert with_materials(text) == told


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("STL PIPE GALV", "steel PIPE galvanised"),
        ("stl pipe, galv., assy", "steel pipe, galvanised, assembly"),
        ("SS BOLT", "stainless steel BOLT"),
        ("S/S bolt", "stainless steel bolt"),
        ("SS400钢板", "SS400钢板"),
        ("HDG STEEL SHT", "hot-dip galvanised steel sheet"),
        ("YJV电力电缆", "交联聚乙烯电力电缆"),
        ("SC20 穿线管", "焊接钢管 穿线管"),
        ("HRB400E 钢筋", "HRB400E 钢筋"),
        ("二铵", "磷酸二铵"),
        ("磷酸二铵", "磷酸二铵"),
        ("the ms is clear and the org grows", "the ms is clear and the org grows"),
        ("bassist", "bassist"),
    ],
)
def test_abbreviations_are_written_out_where_a_list_is_read(text, written):
    assert expanded(text) == written


def test_abbreviations_do_not_end_sentences_and_decimals_neither():
    assert sentences_of("A cup, e.g. of 2.5 dl. Made approx. 2020 in steel! 容量500毫升。很轻") == (
        "A cup, e.g. of 2.5 dl.",
        "Made approx. 2020 in steel!",
        "容量500毫升。",
    )


def test_the_first_sentence_and_those_with_known_terms_stand_for_a_long_text():
    filler = "It comes in many colours and is loved by all. "
    text = "This is our best offer ever made to anyone. " + filler * 4 + "The street lamp has an LED. " + filler
    assert len(text) > LONG_FROM
    told = telling_sentences(text, lambda one: len(GLOSSARY.found(one)))
    assert told == ("This is our best offer ever made to anyone.", "The street lamp has an LED.")
    assert len(telling_sentences("钢瓶一个很好用的。" * 60, len)) <= MOST_SENTENCES


def test_a_short_text_has_no_sentences_and_an_endless_one_is_cut():
    assert telling_sentences("A cup. Of steel.", len) == ()
    (only,) = telling_sentences("very " * 200, len)
    assert 100 < len(only) <= 300


def test_synonyms_become_the_first_spelling_and_the_rest_stays():
    assert in_preferred_words("red sneakers, 2 pairs", GLOSSARY, "en") == "red trainers, 2 pairs"
    assert in_preferred_words("红色球鞋", GLOSSARY, "zh") == "红色运动鞋"
    assert in_preferred_words("LED路灯 500ml", GLOSSARY, "zh") == "LED路灯 500ml"
    assert in_preferred_words("trainers", GLOSSARY, "en") == "trainers"


def test_a_mixed_text_is_asked_in_one_language():
    assert mixed_in_english("304不锈钢 sheet cold rolled", GLOSSARY) == "304 stainless steel sheet cold rolled"
    assert mixed_in_english("Wireless mouse 无线鼠标", GLOSSARY) == "Wireless mouse"
    assert mixed_in_english("神秘物件 sheet", GLOSSARY) == ""
    assert mixed_in_english("不锈钢", GLOSSARY) == ""
    assert mixed_in_english("sheet", GLOSSARY) == ""
