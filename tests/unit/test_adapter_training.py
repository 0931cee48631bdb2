"""Training the catalogue adapter with the real encoder over the shipped catalogue, in a copy of the workspace."""

from __future__ import annotations

import shutil
from typing import NamedTuple

import numpy as np
import pytest

from firstprint.adapter_training import adapted_to, train_adapter
from firstprint.errors import ModelError
from firstprint.settings import load_settings
from firstprint.workspace import encoder_of, expected_index, own_adapter_folder, ready_index


class Decided(NamedTuple):
    text: str
    vector: np.ndarray
    row: int


@pytest.fixture(scope="module")
def workspace(home, tmp_path_factory):
    """A copy of the run's workspace with its index, and the encoder."""
    encoder = encoder_of(load_settings(home))
    ready_index(load_settings(home), encoder)
    copy = tmp_path_factory.mktemp("adapters") / "home"
    shutil.copytree(home / "index", copy / "index")
    settings = load_settings(copy)
    return settings, encoder, ready_index(settings, encoder)


@pytest.fixture
def decided(workspace):
    """Ninety decided texts that lie away from their dataset's names all in a like manner."""
    _, encoder, index = workspace
    named = {}
    for row in range(0, index.manifest.datasets, 29):
        dataset = index.catalogue.dataset(row)
        if dataset.system_boundary != "cbam_default":
            named.setdefault(dataset.name, row)
    texts = [f"PO 4711 QTY 20 EA ITEM {name.upper()} PER QUOTATION, DELIVER TO DOCK 3" for name in list(named)[:90]]
    return [
        Decided(text, vector, row)
        for text, vector, row in zip(texts, encoder.encode(texts), list(named.values())[:90], strict=True)
    ]


def test_the_shipped_catalogue_calls_for_an_adapter(workspace):
    note = workspace[2].manifest.adapter
    assert note.adapter_id != "none"
    assert note.gain_low > 0
    assert note.groups > 100


@pytest.mark.slow
def test_decisions_shape_the_adapter_and_withdrawing_them_brings_the_old_one_back(workspace, decided):
    settings, encoder, index = workspace
    opened, report = train_adapter(settings, index, encoder, decided)
    assert report.decisions is not None
    assert report.decisions.gain_low > 0
    assert report.adapter_id == report.decisions.adapter_id == opened.manifest.adapter.adapter_id
    assert opened.manifest.index_id != index.manifest.index_id
    assert ready_index(settings, encoder).manifest == opened.manifest
    assert np.abs(opened.retriever.encoder_vectors() - index.retriever.encoder_vectors()).max() < 1e-5
    asked = np.stack([one.vector for one in decided])
    in_memory = adapted_to(index, encoder, decided).retriever.dense_scores(asked)
    assert np.abs(in_memory - opened.retriever.dense_scores(asked)).max() < 1e-4
    back, without = train_adapter(settings, opened, encoder)
    assert without.decisions is None
    assert back.manifest.index_id == index.manifest.index_id
    assert not own_adapter_folder(settings, encoder).exists()


def test_switched_off_nothing_is_fitted(workspace, decided):
    settings, encoder, index = workspace
    off = settings.model_copy(update={"adapter": "off"})
    opened, report = train_adapter(off, index, encoder, decided)
    assert opened is index
    assert report.adapter_id == "none"
    assert expected_index(off, encoder) != expected_index(settings, encoder)
    assert not own_adapter_folder(settings, encoder).exists()


def test_a_damaged_adapter_of_the_workspace_is_told_not_replaced(workspace):
    settings, encoder, _ = workspace
    folder = own_adapter_folder(settings, encoder)
    folder.mkdir(parents=True)
    try:
        with pytest.raises(ModelError, match="cannot be used") as caught:
            ready_index(settings, encoder)
        assert caught.value.code == "adapter_damaged"
    finally:
        shutil.rmtree(folder)
