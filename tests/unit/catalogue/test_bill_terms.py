"""Words that bills of small companies use find what an analyst would take, in English and in Chinese."""

from __future__ import annotations

import pytest

from firstprint.catalogue.glossary import load_glossary

SHIPPED = load_glossary()


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("海运费", "sea freight"),
        ("集装箱拖车", "drayage"),
        ("零担运输", "less-than-truckload shipment"),
        ("温控开关", "thermostat"),
        ("限位开关", "microswitch"),
        ("极耳", "electrode tab"),
        ("集流体", "current collector"),
        ("电芯外壳", "cell casing"),
        ("隔膜", "separator film"),
        ("工业蒸汽", "steam"),
        ("车间用电", "electricity"),
        ("封箱胶带", "sticky tape"),
        ("内盒", "folding carton"),
        ("吸塑内托", "blister tray"),
        ("危废处置", "hazardous waste incineration"),
        ("生活垃圾处理", "general waste disposal"),
        ("废塑料回收", "plastic waste recycling"),
        ("三防漆", "conformal coating"),
        ("高温胶带", "high-temperature tape"),
    ],
)
def test_a_chinese_term_is_asked_in_the_english_that_datasets_use(chinese, english):
    assert SHIPPED.translate_name(chinese, to="en") == english


@pytest.mark.parametrize(
    ("text", "names", "without"),
    [
        ("sea freight", ("Container ship", "General cargo ship"), "Vehicle transport ship"),
        ("海运", ("Container ship", "General cargo ship"), "Vehicle transport ship"),
        ("ocean freight", ("Container ship", "General cargo ship"), "Vehicle transport ship"),
        ("内河运输", ("Motor vessel", "Pushboat", "Waterborne"), "Rail"),
        ("危废焚烧", ("Hazardous industrial waste, incineration",), "Carpet"),
        ("separator film", ("Plastic film",), "Battery"),
        ("inner carton", ("Cardboard",), "Set-top box"),
    ],
)
def test_the_first_dataset_is_the_right_kind(assistant, text, names, without):
    unit = "tkm" if "ship" in names[0] or "vessel" in names[0] else None
    first = assistant.match(text, unit=unit, top=1).candidates[0]
    assert first.name.startswith(names), first.name
    assert without not in first.name


@pytest.mark.parametrize(
    "text", ["温控开关", "按钮开关", "极耳", "电解液", "packing tape", "封箱胶带", "electrolyte", "电芯壳体"]
)
def test_what_the_catalogue_lacks_is_not_taken_for_something_else(assistant, text):
    assert assistant.match(text, top=1).decision == "no_match"


@pytest.mark.parametrize("text", ["power used in assembly", "electricity used", "车间用电", "生产用电"])
def test_oddly_worded_electricity_is_the_grid_of_the_place(assistant, text):
    result = assistant.match(text, unit="kWh", geography="CN", top=1)
    assert result.decision == "match"
    assert result.candidates[0].name.startswith("Grid electricity, China")
