"""The trained models of a workspace: the ranker and the surrogate, each shipped or trained on first use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firstprint.ranking.acceptance import FEATURES, Acceptance, load_acceptance
from firstprint.resources import resource
from firstprint.settings import Settings

if TYPE_CHECKING:
    from firstprint.domain.steps import Encoder
    from firstprint.estimation.surrogate import TrainedSurrogate
    from firstprint.retrieval.index_folder import OpenIndex
    from firstprint.workspace import Progress

RANKER_FILE = "ranker.json"


def load_ranker(settings: Settings) -> Acceptance:
    """The user's own ranker where ``firstprint train`` made one, else the shipped one."""
    own = settings.model_folder / RANKER_FILE
    return load_acceptance(own if own.is_file() else resource("index/ranker.json"))


def untrained_ranker() -> Acceptance:
    """A ranker with every weight 1, to gather candidates that the first trained one learns from."""
    return Acceptance(0.0, (1.0,) * len(FEATURES), (1.0, 0.0), 0.5, 0.0, 0)


def surrogate_folder(settings: Settings, index_id: str) -> Path:
    """Where the surrogate over one index lives."""
    return settings.model_folder / f"surrogate-{index_id}"


def ready_surrogate(
    settings: Settings, index: OpenIndex, encoder: Encoder, progress: Progress | None = None
) -> TrainedSurrogate | None:
    """Opens the surrogate that fits the index; trains it when it is missing or damaged."""
    raise AttributeError
