"""Spellings are inserted when a text could begin with one: answers do not depend on what was asked before."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from firstprint.catalogue.glossary import Glossary, Term, load_glossary
from firstprint.catalogue.glossary_scan import Lexicon, _Shelf

ODD = (
    "Äpfel",
    "Aepfel",
    "aepfel 1 kg",
    "Öl",
    "Oel",
    "Überzug",
    "au",
    "al",
    "œufs",
    "oeufs",
    "T-shirt 棉",
    "E管",
    "U-Rohr",
)


def _texts(glossary: Glossary) -> list[str]:
    texts = [s for term in glossary.terms for s in (*term.en, *term.zh, *term.de, *term.fr)]
    chosen = random.Random(5).sample(texts, 1500)
    return [*chosen, *(f"{a}, {b}" for a, b in zip(chosen[::7], chosen[3::7], strict=False)), *ODD]


def _all_inserted(lexicon: Lexicon) -> None:
    for language, shelf in lexicon._shelves.items():
        for head in list(shelf.by_head):
            lexicon._fill(language, head)


def test_answers_are_those_of_a_glossary_read_whole() -> None:
    whole, lazy = load_glossary(), load_glossary()
    _all_inserted(whole._lexicon)
    texts = _texts(lazy)
    random.Random(11).shuffle(texts)
    for text in texts:
        for language in ("en", "de", "fr"):
            assert lazy.found(text, language) == whole.found(text, language), text
        assert lazy.language_of(text) == whole.language_of(text), text


def test_the_first_row_of_the_file_keeps_a_form_whichever_is_asked_first() -> None:
    rows = (Term(("apple",), ("苹果",), "food", ("Apfel",)), Term(("apples",), ("苹果果",), "food", ("Äpfel",)))
    for first in ("Äpfel", "Aepfel", "Apfel"):
        glossary = Glossary(rows)
        glossary.found(first, "de")
        assert [one.term.en for one in glossary.found("Apfel", "de")] == [("apple",)]
        assert [one.term.en for one in glossary.found("Aepfel", "de")] == [("apple",)]


def test_many_threads_read_the_same() -> None:
    whole = load_glossary()
    _all_inserted(whole._lexicon)
    texts = _texts(whole)
    for _ in range(3):
        fresh = load_glossary()
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(fresh.found, texts)) == [whole.found(text) for text in texts]


def test_little_is_inserted_for_one_text() -> None:
    glossary = load_glossary()
    glossary.found("25 g PET bottle for mineral water", "en")
    shelf = glossary._lexicon._shelves["en"]
    inserted = sum(len(shelf.by_head.get(head, ())) for head in shelf.emptied)
    assert 0 < inserted < sum(map(len, shelf.by_head.values())) / 5


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_the_quick_way_to_a_head_gives_what_the_careful_one_gives(language: str) -> None:
    shelf = _Shelf(language)
    odd = ["", "ab", "R-134", "Ae\u0301rosol", "Cafe\u0301", "ｆilm", "ﬁlm", "钢板", "x-ray", "flies", "axes", "l'eau"]
    spellings = [
        *odd,
        *(one for term in load_glossary().terms for one in (*term.en, *term.zh, *term.de, *term.fr)),
        *ODD,
    ]
    quick = {one: head for one in spellings if (head := shelf._quick_head(one))}
    assert len(quick) > len(spellings) / 3
    assert {one: [head] for one, head in quick.items()} == {one: list(shelf._heads(one)) for one in quick}
