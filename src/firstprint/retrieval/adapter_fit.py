"""Fits the catalogue adapter, and keeps it only where labels of datasets it never saw are answered better.

A dataset's labels say the same thing in different words and languages. What differs between them is noise to matching:
``x = thing + noise`` with ``noise ~ (0, S)``, ``S`` the mean scatter of labels about the mean of their dataset. The
linear estimate of the thing from one label, with a prior that knows no direction, is the Wiener filter
``W = (ν I + S)⁻¹`` up to a factor: directions in which the labels of one dataset scatter are turned down.

``evals/scripts/adapter_choice.py`` compares it with whitening, contrastive training and others.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.catalogue.labels import KINDS
from firstprint.retrieval.adapter import Adapter, AdapterNote
from firstprint.retrieval.adapter_trials import Gain, LabelSets, NamedText, gain_of, gain_on_texts, trials_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.retriever import LabelMap

FIT_VERSION = "1"
"""Part of the index id: raise it when the fit or its test change."""

STRENGTH = 0.1
"""Weight of the scatter against the identity, traces alike; chosen once for all catalogues."""

LEAST_GROUPS = 20
"""Groups of datasets in each half below which nothing is fitted: with 20 the gain shows, with fewer it is luck."""

LEAST_DECIDED = 10
"""Groups of datasets with decisions in each half below which decisions do not shape the adapter."""

_LABELS_A_DATASET = 30
_LEVEL_FLOOR = 1e-12
_CATEGORY = KINDS.index("category")


class Fitted(NamedTuple):
    """An adapter, or None where it did not help, and why."""

    adapter: Adapter | None
    note: AdapterNote


def label_sets(texts: Sequence[str], vectors: NDArray[np.float32], labels: LabelMap) -> LabelSets:
    """The labels of each dataset that name it: categories are left out.

    Args:
        texts: of the labels, length n_labels.
        vectors: the encoder's own, shape (n_labels, dimension).
        labels: which label belongs to which dataset.
    """
    n_datasets = len(labels.dataset_offsets) - 1
    naming = np.asarray(labels.label_kinds) != _CATEGORY
    owners = np.repeat(np.arange(n_datasets), np.diff(labels.dataset_offsets))[naming]
    rows = np.asarray(labels.label_rows, dtype=np.int64)[naming]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=n_datasets))]).astype(np.int64)
    return LabelSets(texts, vectors, offsets, rows, _groups(owners, rows, n_datasets))


def fit_adapter(sets: LabelSets, encoder_id: str) -> Fitted:
    """Fits on half of the groups, tests on the other half, and, where that gained, fits on all.

    Takes seconds: the test looks at no more than 1,500 labels, and time grows in line with the catalogue.

    Args:
        sets: the labels of each dataset.
        encoder_id: of the encoder that gave the vectors.
    """
    seen = _seen_half(sets)
    trials = trials_of(sets, ~seen)
    groups = min(len(_several(sets, seen)[0]), len({trial.group for trial in trials}))
    if groups < LEAST_GROUPS:
        why = f"Too few datasets with several names to learn from and to test on ({groups} of {LEAST_GROUPS} a half)."
        return Fitted(None, AdapterNote(why=why, groups=groups, trials=len(trials)))
    gain = gain_of(sets, trials, _adapter(encoder_id, scatter(sets, seen)))
    if gain.low <= 0:
        return Fitted(None, _note(gain, "Held-out names were not found better with it, beyond chance."))
    adapter = _adapter(encoder_id, scatter(sets, np.ones_like(seen)))
    return _kept(adapter, gain, "Names of datasets it had not seen were found better with it.")


def fit_with_decisions(sets: LabelSets, decided: Sequence[NamedText], encoder_id: str, *, over: bool) -> Fitted:
    """Fits on labels and decided texts of half of the groups; asks with the decided texts of the other half.

    Texts that people bring lie away from every name in much the same way (codes, capitals, whole paragraphs); their
    scatter about the mean of their dataset's names counts as much as that of the names.

    Args:
        sets: the labels of each dataset.
        decided: confirmed texts.
        encoder_id: of the encoder that gave the vectors.
        over: whether the adapter of the labels alone is in use: then this one has to gain over it.
    """
    rows = np.array([one.row for one in decided], dtype=np.int64)
    seen = _seen_half(sets)
    asked = [one for one in decided if not seen[one.row]]
    groups = min(len(np.unique(sets.groups[rows[seen[rows]]])), len(np.unique(sets.groups[rows[~seen[rows]]])))
    if groups < LEAST_DECIDED:
        why = f"Too few products decided to learn from and to test on ({groups} of {LEAST_DECIDED} a half)."
        return Fitted(None, AdapterNote(why=why, groups=groups, trials=len(asked), decisions=len(decided)))
    before = _adapter(encoder_id, scatter(sets, seen)) if over else None
    gain = gain_on_texts(sets, asked, before, _decided_adapter(sets, decided, seen, encoder_id))
    if gain.low <= 0:
        return Fitted(None, _note(gain, "Held-out decisions were not found better with it, beyond chance.", decided))
    adapter = _decided_adapter(sets, decided, np.ones_like(seen), encoder_id)
    return _kept(adapter, gain, "Decisions it had not seen were found better with it.", decided)


def scatter(sets: LabelSets, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean scatter of labels about the mean of their dataset, shape (dimension, dimension).

    Groups weigh alike, and so do the datasets of one: a hundred countries' rows of one product count once.

    Args:
        sets: the labels of each dataset.
        chosen: bool of shape (n_datasets,); datasets outside are left out.
    """
    groups, datasets = _several(sets, chosen)
    sizes = np.bincount(sets.groups[datasets], minlength=len(sets.groups))
    total = np.zeros((sets.vectors.shape[1],) * 2)
    for start in range(0, len(datasets), 512):
        parts = [_spread(sets, dataset, int(sizes[sets.groups[dataset]])) for dataset in datasets[start : start + 512]]
        block = np.concatenate(parts)
        total += block.T @ block
    return total / max(1, len(groups))


def decided_scatter(sets: LabelSets, decided: Sequence[NamedText], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean scatter of decided texts about the mean of their dataset's labels; datasets weigh alike.

    Args:
        sets: the labels of each dataset.
        decided: confirmed texts.
        chosen: bool of shape (n_datasets,); datasets outside are left out.
    """
    kept = [one for one in decided if chosen[one.row]]
    rows = np.array([one.row for one in kept], dtype=np.int64)
    apart = np.array([one.vector - sets.vectors[sets.of(one.row)].mean(axis=0) for one in kept], dtype=np.float64)
    apart /= np.sqrt(np.bincount(rows)[rows] * len(np.unique(rows)))[:, None]
    return np.asarray(apart.T @ apart)


def _decided_adapter(
    sets: LabelSets, decided: Sequence[NamedText], chosen: NDArray[np.bool_], encoder_id: str
) -> Adapter:
    return _adapter(encoder_id, scatter(sets, chosen), decided_scatter(sets, decided, chosen))


def _adapter(encoder_id: str, *scatters: NDArray[np.float64]) -> Adapter:
    """The Wiener filter against the mean of scatters, each first brought to the identity's trace."""
    dimension = len(scatters[0])
    levels = [max(float(np.trace(one)) / dimension, _LEVEL_FLOOR) for one in scatters]
    noise = sum((one / level for one, level in zip(scatters, levels, strict=True)), np.zeros((dimension, dimension)))
    matrix = np.linalg.inv(STRENGTH * noise / len(scatters) + (1 - STRENGTH) * np.eye(dimension))
    return Adapter(np.asarray(matrix, dtype=np.float32), encoder_id, STRENGTH)


def _spread(sets: LabelSets, dataset: int, sharing: int) -> NDArray[np.float64]:
    """Labels of a dataset less their mean, scaled so that ``X.T @ X`` is its scatter over the datasets sharing."""
    labels = sets.of(dataset)
    if len(labels) > _LABELS_A_DATASET:
        labels = labels[np.linspace(0, len(labels) - 1, _LABELS_A_DATASET).astype(np.int64)]
    vectors = sets.vectors[labels].astype(np.float64)
    return np.asarray((vectors - vectors.mean(axis=0)) / np.sqrt((len(labels) - 1) * sharing))


def _several(sets: LabelSets, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Chosen datasets with two labels or more, and the groups they are in."""
    datasets = np.flatnonzero(chosen & (np.diff(sets.offsets) >= 2))
    return np.unique(sets.groups[datasets]), datasets


def _seen_half(sets: LabelSets) -> NDArray[np.bool_]:
    """Datasets to fit on, bool of shape (n_datasets,): by the CRC-32 of a name of their group, so always the same."""
    _, first = np.unique(sets.groups, return_index=True)
    even = np.zeros(len(sets.groups), dtype=np.bool_)
    for dataset in first:
        labels = sets.of(int(dataset))
        text = sets.texts[labels[0]] if len(labels) else ""
        even[sets.groups[dataset]] = zlib.crc32(text.encode("utf-8", "surrogatepass")) % 2 == 0
    return even[sets.groups]


def _groups(owners: NDArray[np.int64], rows: NDArray[np.int64], n_datasets: int) -> NDArray[np.int64]:
    """Datasets that share a label, directly or through others, get one number: the lowest row among them."""
    groups = np.arange(n_datasets, dtype=np.int64)
    while True:
        by_label = np.full(int(rows.max(initial=-1)) + 1, n_datasets, dtype=np.int64)
        np.minimum.at(by_label, rows, groups[owners])
        merged = groups.copy()
        np.minimum.at(merged, owners, by_label[rows])
        merged = merged[merged]
        if np.array_equal(merged, groups):
            return groups
        groups = merged


def _kept(adapter: Adapter, gain: Gain, why: str, decided: Sequence[NamedText] = ()) -> Fitted:
    return Fitted(adapter, _note(gain, why, decided).model_copy(update={"adapter_id": adapter.adapter_id}))


def _note(gain: Gain, why: str, decided: Sequence[NamedText] = ()) -> AdapterNote:
    return AdapterNote(
        why=why,
        groups=gain.groups,
        trials=gain.trials,
        decisions=len(decided),
        before=gain.before,
        after=gain.after,
        first_before=gain.first_before,
        first_after=gain.first_after,
        gain_low=gain.low,
        gain_high=gain.high,
    )
