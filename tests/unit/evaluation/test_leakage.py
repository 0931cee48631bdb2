from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from firstprint.catalogue.table import Catalogue, write_table
from firstprint.domain.dataset import Dataset
from firstprint.evaluation.folds import Fold, grouped_folds
from firstprint.evaluation.leakage import find_leaks, text_key
from firstprint.evaluation.records import Query, Suite


def dataset(key, name, value, unit="kg", **more):
    return Dataset(key, name, unit, value, "cradle_to_gate", "process", "own", **more)


DATASETS = (
    dataset("steel", "Steel, hot rolled", 2.0, name_zh="热轧钢"),
    dataset("phone", "Smart phone", 60.0, "piece", synonyms=("mobile phone", "cell phone")),
    dataset("phone-old", "Smart-phone", 85.0, "piece"),
    dataset("chair", "Chair", 20.0, "piece", attributes={"name_fr": "Chaise de bureau", "citation": "none"}),
    dataset("credit", "Waste, recycled", -2.0),
    dataset("unvalued", "Oak board", None),
    dataset("odd", "Odd thing", 2.0, "florps"),
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    path = tmp_path_factory.mktemp("catalogue") / "c.arrow"
    write_table(DATASETS, path)
    return Catalogue(path, "0" * 64)


def suite(*queries, task="estimate", protocol="zero-shot", leaky=False):
    return Suite(Path(), "s", task, protocol, "default", queries, "0" * 64, leaky=leaky)


def query(key, text, reference=None, *, group=None, **more):
    return Query(key, text, group or key, reference_kg_co2e=reference, **more)


def leaks_of(asked, catalogue=None, known=(), folds=None):
    if folds is None and asked.protocol != "zero-shot":
        folds = grouped_folds(np.array([each.group for each in asked.queries]), 0, 0)
    return find_leaks(asked, folds or (), catalogue, known)


def codes(leaks):
    return {warned.code: warned.rows for warned in leaks.warnings}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Steel, hot-rolled", "  STEEL hot rolled."),
        ("Ｓｔｅｅｌ　５００", "steel 500"),
        ("Straße", "STRASSE"),
        ("热轧钢（1 kg）", "热轧钢 (1 kg)"),
        ("a_b", "A b"),
    ],
)
def test_spellings_of_the_same_text_share_a_key(one, other):
    assert text_key(one) == text_key(other)


@pytest.mark.parametrize(("one", "other"), [("1.5 mm", "15 mm"), ("steel", "steels"), ("钢", "铁"), ("ab", "a b")])
def test_different_texts_do_not(one, other):
    assert text_key(one) != text_key(other)


def test_nothing_to_see_gives_no_warning(catalogue):
    leaks = leaks_of(suite(query("a", "wool felt", 3.0), query("b", "tin can", 1.0), protocol="cross-fit"), catalogue)
    assert leaks.warnings == ()
    assert leaks.masked == ((), ())


# --- training data ---


def test_a_text_learned_from_in_another_group_is_a_leak():
    asked = suite(
        query("a", "Wool felt", 3.0, group="x"),
        query("b", "wool, FELT", 4.0, group="y"),
        query("c", "tin can", 5.0, group="z"),
        query("d", "Tin can", 6.0, group="z"),
        protocol="cross-fit",
    )
    leaks = leaks_of(asked)
    assert leaks.text_in_training.tolist() == [True, True, False, False]
    assert codes(leaks) == {"text_in_training": 2}
    assert leaks.warnings[0].message.startswith("For 2 of 4 queries a query of another group has the same text")


def test_the_same_text_in_the_same_fold_is_none():
    asked = suite(query("a", "felt", group="x"), query("b", "felt", group="y"), query("c", "can"), protocol="cross-fit")
    two = [
        Fold(np.array([0, 1], dtype=np.int64), np.array([2], dtype=np.int64)),
        Fold(np.array([2], dtype=np.int64), np.array([0, 1], dtype=np.int64)),
    ]
    assert not leaks_of(asked, folds=two).text_in_training.any()


def test_decisions_on_the_same_text_are_called_memory():
    asked = suite(query("a", "felt"), query("b", "felt"), task="match", protocol="with-decisions")
    (warned,) = leaks_of(asked).warnings
    assert (warned.code, warned.rows) == ("text_in_training", 2)
    assert "memory" in warned.message


def test_nothing_is_learned_from_zero_shot():
    assert not leaks_of(suite(query("a", "felt"), query("b", "felt"))).text_in_training.any()


def test_texts_without_a_word_are_like_no_other():
    asked = suite(query("a", "☃"), query("b", "☃"), protocol="cross-fit")
    assert not leaks_of(asked, known=["☃"]).text_in_training.any()
    assert not leaks_of(asked, known=["☃"]).text_in_annotations.any()


def test_the_same_exact_reference_in_another_group_is_a_leak():
    asked = suite(
        query("a", "felt", 12.3456, unit="kg"),
        query("b", "wool felt", 12.3456, unit="kg"),
        query("c", "per piece", 12.3456),
        query("d", "round", 12.3, unit="kg"),
        query("e", "also round", 12.3, unit="kg"),
        query("f", "round thousands", 1200000.0),
        query("g", "rounder thousands", 1200000.0),
        protocol="cross-fit",
    )
    leaks = leaks_of(asked)
    assert leaks.reference_in_training.tolist() == [True, True, False, False, False, False, False]
    assert codes(leaks) == {"reference_in_training": 2}


def test_texts_of_the_rankers_annotations_are_counted():
    leaks = leaks_of(suite(query("a", "Wool-felt"), query("b", "can"), task="match"), known={"wool felt", "tin"})
    assert leaks.text_in_annotations.tolist() == [True, False]
    assert codes(leaks) == {"text_in_annotations": 1}


# --- catalogue ---


@pytest.mark.parametrize(
    "text", ["steel; hot rolled", "热轧钢", "MOBILE PHONE", "cell-phone", "chaise de bureau", "Oak board"]
)
def test_a_text_that_is_a_datasets_name_in_any_language_is_counted(catalogue, text):
    leaks = leaks_of(suite(query("a", text), query("b", "none"), task="match"), catalogue)
    assert leaks.text_in_catalogue.tolist() == [True, False]
    assert codes(leaks) == {"text_in_catalogue": 1}
    assert leaks.masked == ((), ())


@pytest.mark.parametrize(
    ("asked", "masked"),
    [
        (query("a", "steel hot rolled", 2.0, unit="kg"), ("steel",)),
        (query("a", "steel hot rolled", 2.009, unit="kg"), ("steel",)),
        (query("a", "steel hot rolled", 2.02, unit="kg"), ()),
        (query("a", "steel hot rolled", 6000.0, unit="t", amount=3.0), ("steel",)),
        (query("a", "steel hot rolled", 0.90718474, unit="lb"), ("steel",)),
        (query("a", "steel hot rolled", 8.0, mass_kg=4.0), ("steel",)),
        (query("a", "steel hot rolled", 2.0), ()),
        (query("a", "steel hot rolled", 2.0, unit="kWh"), ()),
        (query("a", "steel cold rolled", 2.0, unit="kg"), ()),
        (query("a", "smart phone", 60.0), ("phone",)),
        (query("a", "smart phone", 85.0, unit="piece"), ("phone-old",)),
        (query("a", "oak board", 2.0, unit="kg"), ()),
        (query("a", "waste recycled", 2.0, unit="kg"), ()),
        (query("a", "odd thing", 2.0, unit="kg"), ()),
    ],
)
def test_a_reference_that_is_a_namesakes_value_is_found_and_masked(catalogue, asked, masked):
    leaks = leaks_of(suite(asked), catalogue)
    assert leaks.masked == (masked,)
    assert leaks.reference_in_catalogue.tolist() == [bool(masked)]
    assert codes(leaks).get("reference_in_catalogue", 0) == len(masked)


def test_held_out_datasets_are_masked_and_compared_whatever_their_name(catalogue):
    asked = suite(
        query("a", "an office seat", 20.0, held_out=("chair", "steel")),
        query("b", "another seat", 99.0, held_out=("chair",)),
        query("c", "no seat", 20.0),
    )
    leaks = leaks_of(asked, catalogue)
    assert leaks.masked == (("chair", "steel"), ("chair",), ())
    assert leaks.reference_in_catalogue.tolist() == [True, False, False]
    assert "hidden" in leaks.warnings[0].message


def test_cross_fit_masks_what_any_query_of_the_fold_must_not_see(catalogue):
    asked = suite(
        query("a", "an office seat", 99.0, group="x", held_out=("steel",)),
        query("b", "chair", 20.0, group="x"),
        query("c", "tin can", 1.0, group="y", held_out=("phone",)),
        protocol="cross-fit",
    )
    assert leaks_of(asked, catalogue).masked == (("chair", "steel"), ("chair", "steel"), ("phone",))


def test_match_suites_mask_what_they_hold_out_and_nothing_else(catalogue):
    asked = suite(query("a", "chair", 20.0, held_out=("phone",)), query("b", "chair", 20.0), task="match")
    leaks = leaks_of(asked, catalogue)
    assert leaks.masked == (("phone",), ())
    assert not leaks.reference_in_catalogue.any()


def test_without_a_catalogue_held_out_ids_are_handed_on():
    leaks = leaks_of(suite(query("a", "chair", 20.0, held_out=("phone",))))
    assert leaks.masked == (("phone",),)
    assert not leaks.text_in_catalogue.any()


# --- the split itself ---


def test_a_leaky_split_is_marked_for_every_query():
    asked = suite(query("a", "chair", 2.0), query("b", "can", 3.0), protocol="cross-fit", leaky=True)
    (warned,) = leaks_of(asked).warnings
    assert (warned.code, warned.rows) == ("leaky_split", 2)
    assert "must not be compared" in warned.message


def test_groups_that_differ_in_writing_alone_are_counted():
    asked = suite(
        query("a", "chair", 2.0, group="Acme Inc."),
        query("b", "can", 3.0, group="ACME Inc"),
        query("c", "jar", 3.0, group="Bolt"),
        protocol="cross-fit",
    )
    assert codes(leaks_of(asked)) == {"groups_alike": 2}


@pytest.mark.parametrize(
    ("protocol", "told"), [("zero-shot", "surrogate may have been trained"), ("cross-fit", "look")]
)
def test_a_reference_of_the_catalogue_is_told_with_what_it_means_under_each_protocol(catalogue, protocol, told):
    asked = suite(
        query("a", "Smart phone", 60.0, unit="piece"), query("b", "Boot", 3.0, unit="piece"), protocol=protocol
    )
    (message,) = [one.message for one in leaks_of(asked, catalogue).warnings if one.code == "reference_in_catalogue"]
    assert told in message
