"""Geography: names to codes, containment, fit levels, and places named (or not) within descriptions."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.errors import GeographyError
from firstprint.geography import ancestors, find_geography, geography_fit, normalise_geography, place
from firstprint.resources import resource


def _table() -> list[dict[str, str]]:
    with resource("index/geography.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


ROWS = _table()
CODES = [row["code"] for row in ROWS]


def test_the_table_is_whole() -> None:
    kinds = [row["kind"] for row in ROWS]
    assert kinds.count("country") == 249
    assert kinds.count("world") == 1
    assert sum(code.startswith("CN-") for code in CODES) == 31
    assert sum(code.startswith("US-") for code in CODES) == 51
    assert sum(code.startswith("CA-") for code in CODES) == 13
    assert len(set(CODES)) == len(CODES)
    assert sum("EU27" in row["also_in"].split("|") for row in ROWS) == 27


def test_every_place_leads_up_to_the_world() -> None:
    for row in ROWS:
        assert row["name_en"]
        assert row["name_zh"]
        if row["code"] != "GLO":
            assert row["parent"] in CODES
            assert ancestors(row["code"])[-1] == "GLO"
            assert row["code"] not in ancestors(row["code"])


def test_a_name_belongs_to_one_place_but_for_the_two_georgias() -> None:
    for row in ROWS:
        for name in (row["code"], row["name_en"], row["name_zh"], *filter(None, row["aliases"].split("|"))):
            expected = "GE" if name == "Georgia" else row["code"]
            assert normalise_geography(name) == expected, name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("uk", "GB"), ("英国", "GB"), ("广东", "CN-GD"), ("广东省", "CN-GD"), ("gd-cn", "CN-GD"), ("CN-44",
        "CN-GD"),
        ("China, mainland", "CN"), ("chn", "CN"), ("Chine", "CN"), ("中国大陆", "CN"), ("ＣＮ", "CN"),
        (" cn ", "CN"),
        ("SZ-JS-CN", "CN-JS"), ("NMG-CN", "CN-NM"), ("CN-TW", "TW"), ("CN-HK", "HK"), ("CN-CSG", "CN"),
        ("Deutschland", "DE"), ("Etats-Unis", "US"), ("RER", "RER"), ("Europe", "RER"), ("EU-27", "EU27"),
        ("WEU", "WEU"), ("ENTSO-E", "ENTSO-E"), ("rer w/o ch", "RER w/o CH"), ("Global", "GLO"), ("row",
        "RoW"),
        ("US-CA", "US-CA"), ("California", "US-CA"), ("québec", "CA-QC"), ("Türkei", "TR"), ("turkey", "TR"),
    ],
)  # fmt: skip
def test_usual_names(text: str, code: str) -> None:
    assert normalise_geography(text) == code


@pytest.mark.parametrize("text", ["", "xx", "Atlantis", "a" * 300, "\ud800", "12345"])
def test_unknown_names(text: str) -> None:
    with pytest.raises(GeographyError) as caught:
        normalise_geography(text)
    assert caught.value.code == "geography_unknown"
    assert "CN-GD" in caught.value.hint


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(GeographyError) as caught:
        normalise_geography("Germny")
    assert "DE (Germany)" in caught.value.hint


def test_place_and_ancestors() -> None:
    guangdong = place("CN-GD")
    assert guangdong is not None
    assert guangdong == ("CN-GD", "Guangdong", "广东省", "subdivision")
    assert place("nowhere") is None
    assert ancestors("CN-GD") == ("CN", "UN-EASIA", "RAS", "GLO")
    assert ancestors("DE") == ("WEU", "EU27", "ENTSO-E", "RER w/o CH", "RER", "GLO")
    assert "RER w/o CH" not in ancestors("CH")
    assert ancestors("GLO") == ancestors("nowhere") == ()


@pytest.mark.parametrize(
    ("asked", "has", "level"),
    [
        ("CN", "CN", 1), ("CN", "中国", 1), ("CN-GD", "CN", 2), ("CN", "CN-GD", 2), ("RER", "DE", 2),
        ("CN-GD", "CN-BJ", 3), ("CN", "RAS", 3), ("CN", "IN", 3), ("DE", "EU27", 3), ("DE", "FR", 3),
        ("CN", "GLO", 4), ("CN", "RoW", 4), ("GLO", "CN", 4), ("CN", "US", 5), ("CN", "RER", 5),
        (None, "GLO", 3), (None, "CN", 4), (None, "nowhere", 4), ("CN", "nowhere", 5), ("CN", "", 5),
        ("nowhere", "nowhere", 4), ("nowhere", "GLO", 5),
    ],
)  # fmt: skip
def test_fit_levels(asked: str | None, has: str, level: int) -> None:
    assert geography_fit(asked, has) == level


@given(asked=st.sampled_from(CODES), has=st.sampled_from(CODES))
def test_only_the_same_place_is_level_one(asked: str, has: str) -> None:
    level = geography_fit(asked, has)
    assert 1 <= level <= 5
    assert (level == 1) == (asked == has)


@given(asked=st.sampled_from(CODES), has=st.text(max_size=20))
def test_no_dataset_code_raises(asked: str, has: str) -> None:
    assert 1 <= geography_fit(asked, has) <= 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("产自广东的瓷砖", "CN-GD"),
        ("made in Germany", "DE"),
        ("MADE IN CHINA", "CN"),
        ("Guangdong grid electricity", "CN-GD"),
        ("中国电网", "CN"),
        ("深圳生产的手机外壳", "CN-GD"),
        ("Made in Turkey", "TR"),
        ("Baumwolle aus der Türkei", "TR"),
        ("verre fabriqué en France", "FR"),
        ("产自中国广东，出口到德国", "CN-GD"),
        ("tomatoes grown in Spain, sold in Germany", "ES"),
        ("上海南部工厂", "CN-SH"),
        ("electricity mix {CN}", "CN"),
        ("Hot-rolled coil, CN-HE", "CN-HE"),
        ("phone case, South Korea", "KR"),
        ("Papua New Guinea coffee", "PG"),
        ("New Jersey plant", "US-NJ"),
        ("内蒙古煤", "CN-NM"),
        ("Stahlblech aus Deutschland", "DE"),
        ("coffee beans from Brazil", "BR"),
        ("European Union average steel", "EU27"),
        ("electricity, Asia", "RAS"),
    ],
)
def test_places_within_a_text(text: str, code: str) -> None:
    assert find_geography(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Turkey meat", "turkey breast", "TURKEY BREAST", "china cup", "China cup", "Jordan shoes",
        "Chili sauce",
        "Georgia", "Guinea pig food", "jersey fabric", "Jersey T-shirt", "Java", "Eau de Cologne",
        "Brazil nuts",
        "swiss cheese", "French fries", "Panama hat", "意大利面", "荷兰豆", "土耳其烤肉", "北京烤鸭",
        "上海青",
        "Polyethylene (PE)", "IT equipment", "PA 66 pellets", "contact us", "steel sheet", "塑料瓶", "",
        "US size 10 shoes",
        "Maine Coon cat litter", "全球平均", "马里奥玩偶", "sold to Germany", "出口德国",
    ],
)  # fmt: skip
def test_things_are_no_places(text: str) -> None:
    assert find_geography(text) is None


@given(text=st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    found = find_geography(text)
    assert found is None or place(found) is not None
