"""Words that exclude each other, and names that only look as if they did."""

from pathlib import Path

import pytest

from firstprint.catalogue.opposites import contradiction, load_opposites
from firstprint.errors import FaultsError


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("热轧卷板 3mm", ("Cold-rolled carbon steel coil", "冷轧碳钢板卷")),
        ("hot rolled coil", ("Cold-rolled carbon steel coil", "冷轧碳钢板卷")),
        ("Warmgewalztes Blech", ("Cold-rolled flat steel", "")),
        ("beef burger", ("Chicken burger", "鸡肉汉堡")),
        ("牛肉汉堡", ("Fish burger", "鱼肉汉堡")),
        ("PP注塑件", ("PET bottle", "PET瓶")),
        ("磷酸铁锂电池", ("EV battery pack, NMC532", "动力电池包 三元NMC532")),
        ("公路运输 1 tkm", ("Freight train", "铁路货运")),
        ("纯棉T恤", ("T-shirt, polyester", "T恤（聚酯）")),
    ],
)
def test_names_that_exclude_each_other(text: str, names: tuple[str, ...]) -> None:
    found = contradiction(text, *names)
    assert found is not None
    assert not set(found.said) & set(found.named)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("热轧卷板", ("Hot-rolled wide strip", "热轧碳钢宽带钢")),
        ("steel coil", ("Cold-rolled carbon steel coil", "冷轧碳钢板卷")),  # the text is silent
        ("hot rolled coil", ("Steel sheet", "钢板")),  # the names are silent
        ("T-shirt 60% cotton 40% polyester", ("T-shirt, polyester", "")),  # one answer in common
        ("semi-skimmed milk", ("Milk, skimmed or semi-skimmed", "脱脂或半脱脂牛奶")),
        ("pet food, beef", ("Beef, raw", "牛肉")),  # pet is no PET
        ("PETG sheet", ("PP film", "")),  # another code
        ("PVCs of my pepper", ("PP film", "")),
        ("棉花糖", ("T-shirt, polyester", "")),  # candy floss is no cotton
    ],
)
def test_names_that_do_not(text: str, names: tuple[str, ...]) -> None:
    assert contradiction(text, *names) is None


def test_only_the_beginning_of_a_long_text_counts() -> None:
    text = "steel bracket " * 40 + "hot rolled"
    assert contradiction(text, "cold-rolled coil") is None
    assert contradiction("hot rolled " + text, "cold-rolled coil") is not None


def test_every_question_of_the_shipped_table_has_two_answers_at_least() -> None:
    for question, asked in load_opposites().items():
        assert len(asked.sides) >= 2, question
        for answer, found in asked.sides:
            assert found.search(answer.en) or found.search(answer.zh), (question, answer)


def test_faults_of_a_table_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "opposites.csv"
    path.write_text("name_en,name_zh,question,words\na,甲,q,\na,乙,,x\n", encoding="utf-8")
    with pytest.raises(FaultsError) as caught:
        load_opposites(path)
    assert len(caught.value.faults) == 3  # the name stands twice, two cells are empty
