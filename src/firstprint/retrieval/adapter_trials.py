"""The test of a catalogue adapter: datasets asked for by one of their labels, found by the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.adapter import Adapter

_GROUPS = 500
_TRIALS_A_GROUP = 3
_DRAWS = 2000
_CELLS = 10_000_000
_HIDDEN = np.float32(-2.0)


class NamedText(Protocol):
    """A confirmed decision."""

    @property
    def text(self) -> str:
        """What was confirmed."""
        ...

    @property
    def vector(self) -> NDArray[np.float32]:
        """Its unit vector by the encoder, shape (dimension,)."""
        ...

    @property
    def row(self) -> int:
        """The dataset's row in the catalogue."""
        ...


class LabelSets(NamedTuple):
    """The labels that name each dataset.

    Attributes:
        texts: of the labels, length n_labels.
        vectors: the encoder's own, float32 (n_labels, dimension).
        offsets: int64 (n_datasets + 1,); dataset d owns offsets[d]:offsets[d + 1] of ``rows``.
        rows: int64 (n_edges,), positions in ``texts``.
        groups: int64 (n_datasets,); datasets that share a label have one number.
    """

    texts: Sequence[str]
    vectors: NDArray[np.float32]
    offsets: NDArray[np.int64]
    rows: NDArray[np.int64]
    groups: NDArray[np.int64]

    @property
    def owners(self) -> NDArray[np.int64]:
        """The dataset of each of ``rows``."""
        return np.repeat(np.arange(len(self.groups)), np.diff(self.offsets))

    def of(self, dataset: int) -> NDArray[np.int64]:
        """Positions of the labels of one dataset."""
        return self.rows[self.offsets[dataset] : self.offsets[dataset + 1]]


class Trial(NamedTuple):
    """A label to ask with.

    Attributes:
        label: its position.
        dataset: one that owns it.
        group: that dataset's.
        across: whether only labels in another script may answer; else only those in the same one.
    """

    label: int
    dataset: int
    group: int
    across: bool


class Gain(NamedTuple):
    """Held-out figures of the encoder alone and with an adapter; see ``AdapterNote``."""

    groups: int
    trials: int
    before: float
    after: float
    first_before: float
    first_after: float
    low: float
    high: float


def trials_of(sets: LabelSets, chosen: NDArray[np.bool_], seed: int = 0) -> list[Trial]:
    """Labels of chosen datasets (bool of shape (n_datasets,)) that another label of theirs may answer.

    A name and the beginning of it are one name: the one never answers for the other.
    """
    rng = np.random.default_rng(seed)
    datasets = np.flatnonzero(chosen & (np.diff(sets.offsets) >= 2))
    groups = np.unique(sets.groups[datasets])
    if len(groups) > _GROUPS:
        groups = np.sort(rng.choice(groups, _GROUPS, replace=False))
    trials: dict[Trial, None] = {}
    for group in groups:
        members = datasets[sets.groups[datasets] == group]
        for _ in range(_TRIALS_A_GROUP):
            dataset = int(rng.choice(members))
            label = int(rng.choice(sets.of(dataset)))
            ways = _ways(sets, dataset, label)
            if ways:
                trials[Trial(label, dataset, int(group), ways[int(rng.integers(len(ways)))])] = None
    return list(trials)


def gain_of(sets: LabelSets, trials: Sequence[Trial], adapter: Adapter) -> Gain:
    """What an adapter changes in trials with labels."""
    before = ranks(sets, trials, sets.vectors)
    after = ranks(sets, trials, adapter.apply(sets.vectors))
    return _gain(before, after, [trial.group for trial in trials])


def gain_on_texts(sets: LabelSets, decided: Sequence[NamedText], before: Adapter | None, after: Adapter) -> Gain:
    """What one adapter changes against another, or against none, where decided texts are asked."""
    groups = sets.groups[[one.row for one in decided]]
    return _gain(text_ranks(sets, decided, before), text_ranks(sets, decided, after), groups)


def _gain(before: NDArray[np.int64], after: NDArray[np.int64], owners: Sequence[int] | NDArray[np.int64]) -> Gain:
    """Means over groups of trials; interval by a paired bootstrap over groups, seed fixed."""
    groups, place = np.unique(owners, return_inverse=True)
    counts = np.bincount(place)
    change = np.bincount(place, weights=1.0 / after - 1.0 / before) / counts
    rng = np.random.default_rng(0)
    drawn = change[rng.integers(len(groups), size=(_DRAWS, len(groups)))].mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])

    def mean(values: NDArray[np.float64]) -> float:
        return float((np.bincount(place, weights=values) / counts).mean())

    return Gain(
        groups=len(groups),
        trials=len(before),
        before=mean(1.0 / before),
        after=mean(1.0 / after),
        first_before=mean((before == 1).astype(np.float64)),
        first_after=mean((after == 1).astype(np.float64)),
        low=float(low),
        high=float(high),
    )


def ranks(sets: LabelSets, trials: Sequence[Trial], vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Rank of the best dataset that owns each trial's label, among all datasets, int64 of shape (len(trials),)."""
    han = np.array([_has_han(text) for text in sets.texts])
    owners = sets.owners
    by_label = np.argsort(sets.rows, kind="stable")
    sorted_rows = sets.rows[by_label]
    named, starts = np.unique(owners, return_index=True)
    found = np.zeros(len(trials), dtype=np.int64)
    step = max(1, _CELLS // max(1, len(sets.rows)))
    for start in range(0, len(trials), step):
        part = trials[start : start + step]
        scores = vectors[[trial.label for trial in part]] @ vectors.T
        for row, trial in zip(scores, part, strict=True):
            row[han == han[trial.label] if trial.across else han != han[trial.label]] = _HIDDEN
            row[_like(sets, trial.dataset, trial.label)] = _HIDDEN
        best = np.maximum.reduceat(scores[:, sets.rows], starts, axis=1)
        for place, trial in enumerate(part):
            first, last = np.searchsorted(sorted_rows, [trial.label, trial.label + 1])
            own = np.searchsorted(named, owners[by_label[first:last]])
            found[start + place] = 1 + int((best[place] > best[place, own].max()).sum())
    return found


def text_ranks(sets: LabelSets, decided: Sequence[NamedText], adapter: Adapter | None) -> NDArray[np.int64]:
    """Rank of the dataset each text was decided for, among all datasets, int64 of shape (len(decided),)."""
    labels, asked = sets.vectors, np.stack([one.vector for one in decided])
    if adapter is not None:
        labels, asked = adapter.apply(labels), adapter.apply(asked)
    named, starts = np.unique(sets.owners, return_index=True)
    own = np.searchsorted(named, [one.row for one in decided])
    found = np.zeros(len(decided), dtype=np.int64)
    step = max(1, _CELLS // max(1, len(sets.rows)))
    for start in range(0, len(decided), step):
        places = np.arange(start, min(start + step, len(decided)))
        best = np.maximum.reduceat((asked[places] @ labels.T)[:, sets.rows], starts, axis=1)
        found[places] = 1 + (best > best[np.arange(len(places)), own[places]][:, None]).sum(axis=1)
    return found


def _ways(sets: LabelSets, dataset: int, label: int) -> list[bool]:
    """Whether labels in another script, in the same one, or in either can answer for a label of a dataset."""
    own = [int(other) for other in sets.of(dataset)]
    like = set(_like(sets, dataset, label))
    here = _has_han(sets.texts[label])
    across = [_has_han(sets.texts[other]) != here for other in own if other not in like]
    return sorted(set(across))


def _like(sets: LabelSets, dataset: int, label: int) -> list[int]:
    """Labels of a dataset that are the same name as one of them: itself, its beginning, or what it begins."""
    text = sets.texts[label].lower()
    own = ((int(other), sets.texts[other].lower()) for other in sets.of(dataset))
    return [other for other, words in own if words in text or text in words]


def _has_han(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)
