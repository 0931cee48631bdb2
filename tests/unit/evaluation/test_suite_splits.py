from __future__ import annotations

import pytest
from suite_folders import ESTIMATE, ESTIMATE_ROWS, MATCH, MATCH_ROWS, only_fault, write

from firstprint.evaluation import suite_splits
from firstprint.evaluation.suite import find_suites, read_suite, suite_summary


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tiny"


# --- splits ---


def test_more_folds_than_groups_is_a_fault(folder):
    fault = only_fault(write(folder, ESTIMATE.replace("folds = 2", "folds = 3"), ESTIMATE_ROWS))
    assert fault == "suite.toml: folds = 3 is more than the 2 groups; give at most 2"


def test_one_group_alone_cannot_be_split(folder):
    fault = only_fault(write(folder, ESTIMATE, ESTIMATE_ROWS.replace(",y,", ",x,")))
    assert "all rows are of one group, 'x'; cross-fit needs two or more" in fault


def test_leaving_out_absurdly_many_groups_is_a_fault(folder, monkeypatch):
    monkeypatch.setattr(suite_splits, "MAX_CELLS_LEFT_OUT", 3)
    assert "folds = 0 would make 2 folds" in only_fault(write(folder, ESTIMATE.replace("= 2", "= 0"), ESTIMATE_ROWS))


def singles(count, alike=0):
    rows = [f"q{n},product {n},g{n},2" for n in range(count)] + [f"r{n},thing {n},both,2" for n in range(alike)]
    return "id,text,group,reference_kg_co2e\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("word", ["id", "none", "random", "row"])
def test_a_random_split_of_estimates_is_refused_and_can_be_forced(folder, word):
    write(folder, ESTIMATE + f'group = "{word}"\n', singles(3, alike=4))
    fault = only_fault(folder)
    assert "about .40 to .79" in fault
    assert "--allow-leaky" in fault
    forced = read_suite(folder, allow_leaky=True)
    assert forced.leaky
    assert [query.group for query in forced.queries] == [query.id for query in forced.queries]


def test_groups_of_one_row_each_are_a_random_split_in_effect(folder):
    write(folder, ESTIMATE, singles(11))
    assert "leaves 11 of 11 rows alone in their group" in only_fault(folder)
    assert read_suite(folder, allow_leaky=True).leaky
    assert "leaves 20 of 22 rows alone" in only_fault(write(folder, ESTIMATE, singles(20, alike=2)))


def test_few_rows_or_true_groups_are_no_random_split(folder):
    assert not read_suite(write(folder, ESTIMATE, singles(10)), allow_leaky=True).leaky
    assert not read_suite(write(folder, ESTIMATE, singles(12, alike=4)), allow_leaky=True).leaky


def test_memory_may_be_asked_row_by_row(folder):
    settings = MATCH.replace("zero-shot", "with-decisions") + 'folds = 0\ngroup = "id"\n'
    suite = read_suite(write(folder, settings))
    assert not suite.leaky
    assert [query.group for query in suite.queries] == ["a", "b"]


# --- lists of suites ---


def test_suites_are_found_two_folders_deep_and_once(tmp_path):
    for place in ("b", "a/inner", "a/inner/too-deep", ".making/hidden"):
        write(tmp_path / place)
    assert find_suites([tmp_path, tmp_path / "a", tmp_path / "absent"]) == [
        tmp_path / "a" / "inner",
        tmp_path / "a" / "inner" / "too-deep",
        tmp_path / "b",
    ]
    assert find_suites([tmp_path]) == [tmp_path / "a" / "inner", tmp_path / "b"]
    assert find_suites([tmp_path / "b"]) == [tmp_path / "b"]


def test_a_summary_says_what_a_suite_is(folder):
    write(folder, MATCH + 'licence = "CC0"\nsource = "own\\u001b[2J"\ndescription = "Two\\nthings"\n')
    found = suite_summary(folder)
    assert found == (folder, "tiny", "match", "zero-shot", 2, "CC0", "own[2J", "Two things", "")


def test_a_summary_of_a_faulty_suite_carries_its_first_fault(tmp_path):
    nameless = suite_summary(write(tmp_path / "one", 'task = "guess"\n'))
    assert (nameless.name, nameless.task, nameless.queries) == ("one", "", 2)
    assert nameless.fault.startswith("suite.toml: the key name is missing")
    assert suite_summary(write(tmp_path / "two", rows=None)).fault.startswith("queries.csv: is missing")
    broken = suite_summary(write(tmp_path / "three", rows=MATCH_ROWS + '"'))
    assert (broken.queries, broken.fault[:23]) == (2, "queries.csv: is not CSV")
    assert "no row" in suite_summary(write(tmp_path / "four", rows="id\n")).fault
