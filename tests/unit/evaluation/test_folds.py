from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.evaluation.folds import Fold, check_folds, grouped_folds

GROUPS = st.lists(st.sampled_from(["Acme", "Bolt", "Co", "Dyn", "公司", "É", ""]), min_size=2, max_size=60).filter(
    lambda groups: len(set(groups)) > 1
)


def positions(*numbers):
    return np.array(numbers, dtype=np.int64)


@given(GROUPS, st.integers(0, 7), st.integers(0, 2**63 - 1))
def test_every_query_is_asked_once_and_no_group_is_on_both_sides(groups, count, seed):
    names = set(groups)
    if count == 1 or count > len(names):
        with pytest.raises(ValueError, match="cannot be split"):
            grouped_folds(np.array(groups), count, seed)
        return
    folds = grouped_folds(np.array(groups), count, seed)
    assert len(folds) == (count or len(names))
    assert sorted(np.concatenate([fold.asked for fold in folds])) == list(range(len(groups)))
    for fold in folds:
        assert fold.asked.dtype == fold.learned.dtype == np.int64
        assert not {groups[row] for row in fold.asked} & {groups[row] for row in fold.learned}
        assert sorted([*fold.asked, *fold.learned]) == list(range(len(groups)))
        assert len(fold.asked)
        assert len(fold.learned)


@given(GROUPS, st.integers(2, 7), st.integers(0, 1000))
def test_folds_differ_by_no_more_rows_than_the_largest_group(groups, count, seed):
    if count <= len(set(groups)):
        sizes = [len(fold.asked) for fold in grouped_folds(np.array(groups), count, seed)]
        assert max(sizes) - min(sizes) <= max(Counter(groups).values())


@given(GROUPS, st.integers(0, 1000))
def test_the_same_seed_gives_the_same_folds(groups, seed):
    first, second = (grouped_folds(np.array(groups), 2, seed) for _ in range(2))
    assert all(np.array_equal(a.asked, b.asked) for a, b in zip(first, second, strict=True))


def test_the_split_is_the_same_on_every_machine():
    groups = np.array(["a", "b", "c", "d", "e", "f", "a", "a"])
    assert [fold.asked.tolist() for fold in grouped_folds(groups, 3, 7)] == [[0, 6, 7], [3, 4, 5], [1, 2]]


def test_another_seed_deals_groups_otherwise():
    groups = np.array([f"g{n}" for n in range(30)])
    splits = {tuple(tuple(fold.asked) for fold in grouped_folds(groups, 3, seed)) for seed in range(5)}
    assert len(splits) == 5


def test_no_folds_leaves_one_group_out_at_a_time():
    folds = grouped_folds(np.array(["b", "a", "b", "c"]), 0, 3)
    assert [fold.asked.tolist() for fold in folds] == [[1], [0, 2], [3]]
    assert [fold.learned.tolist() for fold in folds] == [[0, 2, 3], [1, 3], [0, 1, 2]]


@pytest.mark.parametrize(("groups", "count"), [([], 0), (["a"], 0), (["a", "a"], 2), (["a", "b"], 1), (["a", "b"], -2)])
def test_what_cannot_be_split_is_refused(groups, count):
    with pytest.raises(ValueError, match="cannot be split"):
        grouped_folds(np.array(groups, dtype=np.str_), count, 0)


@given(GROUPS, st.data())
def test_moving_one_learned_row_of_an_asked_group_is_noticed(groups, data):
    folds = grouped_folds(np.array(groups), 2, 0)
    row = data.draw(st.sampled_from(folds[0].asked.tolist()))
    leaky = Fold(folds[0].asked, np.append(folds[0].learned, row))
    with pytest.raises(ValueError, match="both asked and learned from"):
        check_folds([leaky, folds[1]], np.array(groups))


def test_rows_asked_twice_or_never_are_noticed():
    groups = np.array(["a", "b", "c"])
    once = Fold(positions(0), positions(1, 2))
    with pytest.raises(ValueError, match="query 0 is asked 2 times"):
        check_folds([once, once, Fold(positions(1, 2), positions(0))], groups)
    with pytest.raises(ValueError, match="query 2 is asked 0 times"):
        check_folds([once, Fold(positions(1), positions(0, 2))], groups)
