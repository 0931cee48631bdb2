"""``firstprint train``: the catalogue adapter again, from the catalogue's labels and the decisions made."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from firstprint.domain.product import Record
from firstprint.errors import home_unwritable
from firstprint.retrieval.adapter import NO_ADAPTER, AdapterNote, save_adapter
from firstprint.retrieval.adapter_fit import Fitted, fit_adapter, fit_with_decisions, label_sets
from firstprint.retrieval.index_folder import OpenIndex, open_index
from firstprint.workspace import Progress, expected_index, make_index, own_adapter_folder

if TYPE_CHECKING:
    from firstprint.domain.steps import Encoder
    from firstprint.retrieval.adapter_trials import LabelSets, NamedText
    from firstprint.settings import Settings


class AdapterReport(Record):
    """What became of the catalogue adapter.

    Attributes:
        adapter_id: of the one in use now; ``none`` without one.
        labels: held-out figures of the adapter that the labels alone call for, and whether it is used.
        decisions: the same with decisions, asked with held-out ones against the adapter of the labels; None without
            a decision.
    """

    adapter_id: str
    labels: AdapterNote
    decisions: AdapterNote | None = None


class TrainedAdapter(NamedTuple):
    """The index to go on with (the one given where nothing changed), and what was found."""

    opened: OpenIndex
    report: AdapterReport


def train_adapter(
    settings: Settings,
    index: OpenIndex,
    encoder: Encoder,
    decided: Sequence[NamedText] = (),
    progress: Progress | None = None,
) -> TrainedAdapter:
    """Fits the catalogue adapter, keeps it where held-out decisions gain, and opens the index that goes with it.

    Nothing is encoded anew: the index's own vectors are turned back. Where decisions do not gain, or none is left,
    the workspace falls back to what the catalogue's labels call for.

    Args:
        settings: of the workspace; ``adapter = off`` leaves everything as it is.
        index: the workspace's, as opened.
        encoder: the one it was built with.
        decided: confirmed texts with the encoder's vectors and catalogue rows.
        progress: told each step.

    Raises:
        WorkspaceError: the home folder cannot be written.
        ModelError: an adapter kept before is damaged.
    """
    if settings.adapter == "off":
        return TrainedAdapter(index, AdapterReport(adapter_id=NO_ADAPTER, labels=index.manifest.adapter))
    by_labels, by_decisions = _fits(index, encoder, decided, progress)
    _keep(settings, encoder, by_decisions)
    ready = _ready(settings, index, encoder, progress)
    report = AdapterReport(
        adapter_id=ready.manifest.adapter.adapter_id,
        labels=by_labels.note,
        decisions=None if by_decisions is None else by_decisions.note,
    )
    return TrainedAdapter(ready, report)


def adapted_to(index: OpenIndex, encoder: Encoder, decided: Sequence[NamedText]) -> OpenIndex:
    """The index under the adapter that decisions call for, in memory: for evaluation on folds.

    Args:
        index: any opened index.
        encoder: the one it was built with.
        decided: confirmed texts with the encoder's vectors and catalogue rows.
    """
    _, by_decisions = _fits(index, encoder, decided, None)
    if by_decisions is None or by_decisions.adapter is None:
        return index
    return index._replace(retriever=index.retriever.with_adapter(by_decisions.adapter))


def _fits(
    index: OpenIndex, encoder: Encoder, decided: Sequence[NamedText], progress: Progress | None
) -> tuple[Fitted, Fitted | None]:
    """The fit to labels alone, and with decisions where there is one."""
    sets = _sets(index)
    if progress is not None:
        progress("adapter", 0, 1)
    by_labels = fit_adapter(sets, encoder.encoder_id)
    over = by_labels.adapter is not None
    by_decisions = fit_with_decisions(sets, decided, encoder.encoder_id, over=over) if decided else None
    if progress is not None:
        progress("adapter", 1, 1)
    return by_labels, by_decisions


def _sets(index: OpenIndex) -> LabelSets:
    texts = [index.labels[row] for row in range(len(index.labels))]
    return label_sets(texts, index.retriever.encoder_vectors(), index.retriever.labels)


def _keep(settings: Settings, encoder: Encoder, fitted: Fitted | None) -> None:
    """Keeps the user's own adapter, or takes an earlier one away."""
    folder = own_adapter_folder(settings, encoder)
    try:
        if fitted is None or fitted.adapter is None:
            shutil.rmtree(folder, ignore_errors=True)
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".adapter-", dir=folder.parent) as made:
            part = Path(made) / "adapter"
            part.mkdir()
            save_adapter(fitted.adapter, fitted.note, part)
            shutil.rmtree(folder, ignore_errors=True)
            part.rename(folder)
    except OSError as error:
        raise home_unwritable("The catalogue adapter", folder.parent, error) from error


def _ready(settings: Settings, index: OpenIndex, encoder: Encoder, progress: Progress | None) -> OpenIndex:
    """The index under the adapter now chosen; built from the vectors at hand where it is not there yet."""
    folder = expected_index(settings, encoder)
    if folder.name == index.manifest.index_id:
        return index
    if not folder.is_dir():
        make_index(settings, encoder, progress)
    return open_index(folder, folder.name)
