"""German and French spellings: found in any form they are written in, and never in the way of English."""

from pathlib import Path

import pytest

from firstprint.catalogue.glossary import Glossary, Term, load_glossary
from firstprint.errors import FaultsError

FOUR = Glossary(
    (
        Term(("stainless steel",), ("不锈钢",), "material", ("Edelstahl",), ("acier inoxydable", "inox")),
        Term(("steel",), ("钢",), "material", ("Stahl",), ("acier",)),
        Term(("sheet",), ("薄板",), "product", ("Blech",), ("tôle",)),
        Term(("cotton",), ("棉",), "textile", ("Baumwolle",), ("coton",)),
        Term(("shirt",), ("衬衫",), "textile", ("Hemd",), ("chemise",)),
        Term(("cheese",), ("奶酪",), "food", ("Käse",), ("fromage",)),
        Term(("bottle",), ("瓶子",), "packaging", ("Flasche",), ("bouteille",)),
        Term(("glass",), ("玻璃",), "material", ("Glas", "Gläser"), ("verre",)),
        Term(("sand",), ("砂",), "material", ("Sand",), ("sable",)),
        Term(("gift",), ("礼品",), "product", ("Geschenk",), ("cadeau",)),
        Term(("poison",), ("毒药",), "chemical", ("Gift",), ("poison",)),
        Term(("box",), ("箱子",), "packaging", ("Kiste",), ("caisse",)),
        Term(("horse",), ("马",), "food", ("Pferd",), ("cheval",)),
        Term(("ice cream",), ("冰淇淋",), "food", ("Eis",), ("glace",)),
        Term(("iron",), ("铁",), "material", ("Eisen",), ("fer",)),
        Term(("recycled",), ("再生",), "process", (), ("recyclé",)),
        Term(("paper",), ("纸",), "material", ("Papier",), ("papier",)),
    )
)


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("Edelstahl", "stainless steel"),
        ("Edelstahlblech", "stainless steel sheet"),
        ("Edelstahlbleche", "stainless steel sheet"),
        ("Baumwollhemd", "cotton shirt"),
        ("Baumwollhemden", "cotton shirt"),
        ("Glasflaschen", "glass bottle"),
        ("Flaschen aus Glas", "glass bottle"),
        ("Käse", "cheese"),
        ("Kase", "cheese"),
        ("Kaese", "cheese"),
        ("KÄSE", "cheese"),
        ("Glaeser", "glass"),
        ("Eisen", "iron"),
        ("Eis", "ice cream"),
        ("acier inoxydable", "stainless steel"),
        ("bouteilles", "bottle"),
        ("tôles d'acier", "steel sheet"),
        ("tole d’acier", "steel sheet"),
        ("bouteille en verre", "glass bottle"),
        ("chevaux", "horse"),
        ("papiers recyclés", "paper recycled"),
        ("Papier recyclée", "paper recycled"),
    ],
)
def test_plurals_accents_and_compounds_are_read(name, english):
    assert FOUR.translate_name(name, to="en") == english


def test_a_german_or_french_name_is_put_into_chinese_too():
    assert FOUR.translate_name("Flaschen aus Glas", to="zh") == "玻璃瓶子"
    assert FOUR.translate_name("bouteille en verre", to="zh") == "玻璃瓶子"
    assert FOUR.translate_name("不锈钢瓶子", to="en") == "stainless steel bottle"


def test_a_compound_with_an_unknown_part_is_left_alone():
    assert FOUR.translate_name("Edelstahlgeländer", to="en") == ""
    assert FOUR.translate_name("Handkäse", to="en") == ""


def test_an_english_text_is_not_read_as_german_or_french():
    assert FOUR.translate_name("gift box", to="zh") == "礼品箱子"
    assert FOUR.language_of("gift box") == "en"
    assert FOUR.translate_name("Gift", to="en") == "gift"
    assert FOUR.translate_name("Gift aus der Flasche", to="en") == "bottle poison"


def test_a_word_of_two_languages_means_the_same_in_both():
    assert FOUR.translate_name("Sand", to="zh") == FOUR.translate_name("sand", to="zh") == "砂"


def test_english_words_in_a_german_text_are_known_as_well():
    assert FOUR.language_of("Baumwollhemd und Glasflasche, recycled") == "de"
    assert (
        FOUR.translate_name("Baumwollhemd und Glasflasche, recycled", to="en") == "cotton shirt glass bottle recycled"
    )


def test_places_of_found_terms_are_those_of_the_text():
    text = "rote Glasflasche und bouteille"
    found = FOUR.found(text, "de")
    assert [text[one.start : one.end] for one in found] == ["Glasflasche", "Glasflasche"]
    assert [one.term.en[0] for one in found] == ["glass", "bottle"]
    assert FOUR.known_share("不锈钢瓶子") == 1.0
    assert FOUR.known_share("gift gizmo") == 0.5


def test_without_german_and_french_every_text_is_looked_up_in_english():
    english = Glossary((Term(("steel",), ("钢",), "material"),))
    assert english.language_of("der Stahl und das Blech") == "en"
    assert english.translate_name("Stahl", to="en") == ""


def test_the_columns_are_read_and_their_faults_reported_with_the_others(tmp_path: Path):
    path = tmp_path / "glossary.csv"
    path.write_text(
        "term_en,term_zh,kind,term_de,term_fr\napple,苹果,food,Apfel|Äpfel,pomme|pommes\nsand,砂,material,Sand,\n",
        encoding="utf-8",
    )
    glossary = load_glossary(path)
    assert glossary.terms[0].de == ("Apfel", "Äpfel")
    assert glossary.terms[1].fr == ()
    path.write_text(
        "term_en,term_zh,kind,term_de,term_fr\n"
        "apple,苹果,food,Apfel,pomme\n"
        "steel,钢,metal,Stahl||Eisen,acier\n"
        "pear,梨,food,apfel,poire\n",
        encoding="utf-8",
    )
    with pytest.raises(FaultsError) as caught:
        load_glossary(path)
    faults = caught.value.faults
    assert len(faults) == 3
    assert any("row 3" in fault and "term_de" in fault for fault in faults)
    assert any("row 3" in fault and "'metal'" in fault for fault in faults)
    assert any("row 4" in fault and "'apfel'" in fault and "row 2" in fault for fault in faults)


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("Schutzbrille", "safety goggles"),
        ("Einscheibensicherheitsglas", "tempered glass"),
        ("Mikroskop", "microscope"),
        ("Dönerkebab", "kebab"),
        ("Hydraulikschlauch", "hydraulic hose"),
        ("borne d'incendie", "fire hydrant"),
        ("disjoncteur différentiel", "residual current device"),
        ("lunettes de protection", "safety goggles"),
    ],
)
def test_shipped_german_and_french_spellings_stand_in_the_row_they_mean(name, english):
    assert load_glossary().translate_name(name, to="en") == english


BROADER = "term_en,term_zh,kind,term_de,term_fr,broader\n"


def test_the_wider_names_of_a_term_are_read_nearest_first(tmp_path: Path):
    path = tmp_path / "glossary.csv"
    path.write_text(
        BROADER + "spaghetti,意大利直面,food,,, dried pasta |pasta\nsand,砂,material,Sand,sable,\n", encoding="utf-8"
    )
    glossary = load_glossary(path)
    assert [term.broader for term in glossary.terms] == [("dried pasta", "pasta"), ()]
    assert glossary.translations("dried pasta") == (), "a wider name is no spelling of the term"


def test_a_file_without_wider_names_has_none(tmp_path: Path):
    path = tmp_path / "glossary.csv"
    path.write_text("term_en,term_zh,kind\nspaghetti,意大利直面,food\n", encoding="utf-8")
    assert load_glossary(path).terms[0].broader == ()


def test_one_wider_name_may_stand_for_several_terms_and_be_a_term_itself(tmp_path: Path):
    path = tmp_path / "glossary.csv"
    path.write_text(
        BROADER + "pasta,面食,food,,,food\nspaghetti,意大利直面,food,,,pasta\npenne,通心粉,food,,,pasta\n",
        encoding="utf-8",
    )
    assert [term.broader for term in load_glossary(path).terms] == [("food",), ("pasta",), ("pasta",)]


def test_an_empty_wider_name_is_a_fault_told_with_the_others(tmp_path: Path):
    path = tmp_path / "glossary.csv"
    path.write_text(
        BROADER + "penne,通心粉,food,,,pasta||food\nsand,砂,soil,,,\nsteel,钢,material,,,|\n", encoding="utf-8"
    )
    with pytest.raises(FaultsError) as caught:
        load_glossary(path)
    first, second, third = caught.value.faults
    assert "row 2: broader" in first
    assert "'pasta||food'" in first
    assert "row 3" in second
    assert "row 4: broader" in third


def test_shipped_wider_names_are_other_names_than_the_term_s_own():
    for term in load_glossary().terms:
        assert len(set(term.broader)) == len(term.broader), term
        own = {spelling.casefold() for spelling in term.en}
        assert own.isdisjoint(name.casefold() for name in term.broader), term
