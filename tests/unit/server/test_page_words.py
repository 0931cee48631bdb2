"""The words of the pages: the same keys in both languages, each used, each there where a page asks for it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import firstprint.server
from firstprint.domain.jobs import JobState
from firstprint.domain.proposal import Decision, FlagCode, Status
from firstprint.exporting import FORMATS
from firstprint.server.pages.words import words_of

FOLDER = Path(firstprint.server.__file__).parent
TEMPLATES = {path.name: path.read_text("utf-8") for path in (FOLDER / "templates").glob("*.html")}
ENGLISH, CHINESE = words_of("en"), words_of("zh")
_HAN = re.compile(r"[\u4e00-\u9fff]")
SAME = {"format.pact", "format.ilcd", "format.tidas", "format.json"}


def test_both_languages_have_the_same_keys_in_the_same_order():
    assert list(ENGLISH) == list(CHINESE)


def test_both_fill_in_the_same_values_and_speak_their_language():
    names = re.compile(r"\{(\w+)\}")
    for key, english in ENGLISH.items():
        assert sorted(names.findall(english)) == sorted(names.findall(CHINESE[key])), key
        assert not _HAN.search(english), key
        assert _HAN.search(CHINESE[key]) or key in SAME, key


def test_every_text_that_a_template_names_is_there():
    for name, text in TEMPLATES.items():
        asked = re.findall(r"\bt\('([^']+)'(?! ~)", text)
        assert [key for key in asked if key not in ENGLISH] == [], name


@pytest.mark.parametrize(
    ("beginning", "codes"),
    [
        ("flag.", get_args(FlagCode)),
        ("status.", (*get_args(Status), "waits")),
        ("decision.", get_args(Decision)),
        ("job.", get_args(JobState)),
        ("format.", FORMATS),
        ("role.", ("viewer", "reviewer", "admin")),
    ],
)
def test_every_code_has_its_words(beginning, codes):
    assert [code for code in codes if f"{beginning}{code}" not in ENGLISH] == []


def test_templates_carry_no_script_and_no_style_of_their_own():
    for name, text in TEMPLATES.items():
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?! src=\"/static/)", text), name
        assert "| safe" not in text, name
