"""What is kept is bounded, and what was used last stays longest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from firstprint.kept import Kept


def test_what_was_used_longest_ago_is_forgotten() -> None:
    kept: Kept[str, int] = Kept(2)
    assert [kept.put("a", 1), kept.put("b", 2), kept.get("a"), kept.put("c", 3)] == [1, 2, 1, 3]
    assert [kept.get(key) for key in "abc"] == [1, None, 3]
    assert len(kept) == 2


def test_a_value_put_again_is_the_new_one_and_counts_as_used() -> None:
    kept: Kept[str, int] = Kept(2)
    for key, value in (("a", 1), ("b", 2), ("a", 9), ("c", 3)):
        kept.put(key, value)
    assert (kept.get("a"), kept.get("b")) == (9, None)
    kept.clear()
    assert (len(kept), kept.get("a")) == (0, None)


def test_at_least_one_value_is_kept() -> None:
    kept: Kept[int, str] = Kept(0)
    kept.put(1, "one")
    kept.put(2, "two")
    assert (kept.get(1), kept.get(2)) == (None, "two")


def test_threads_may_use_it_together() -> None:
    kept: Kept[int, int] = Kept(20)

    def work(seed: int) -> bool:
        for step in range(2_000):
            key = (seed * 7 + step * 13) % 50
            found = kept.get(key)
            if found is not None and found != key * key:
                return False
            kept.put(key, key * key)
        return True

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(8)))
    assert len(kept) == 20
