"""The trained models of a workspace: the user's own where they trained some, else the shipped ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firstprint.domain.steps import Encoder
from firstprint.errors import WorkspaceError
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.estimation.surrogate_files import load_surrogate, save_surrogate
from firstprint.ranking.acceptance import FIXED, Acceptance, load_acceptance
from firstprint.resources import resource
from firstprint.settings import Settings

if TYPE_CHECKING:
    from firstprint.catalogue.table import Catalogue
    from firstprint.workspace import Progress

RANKER_FILE = "ranker.json"
_SHIPPED_SURROGATE = "index/surrogate"


def load_ranker(settings: Settings) -> Acceptance:
    """The user's own ranker where ``firstprint train`` made one, else the shipped one; the fixed order if so set.

    Raises:
        ModelError: the file is damaged or made for another version.
    """
    if settings.ranker == "fixed":
        return FIXED
    own = settings.model_folder / RANKER_FILE
    return load_acceptance(own) if own.is_file() else shipped_ranker()


def shipped_ranker() -> Acceptance:
    """The ranker that comes with this installation (``index/build_models.py``)."""
    return load_acceptance(resource(f"index/{RANKER_FILE}"))


def surrogate_folder(settings: Settings, encoder: Encoder) -> Path:
    """Where the user's own surrogate for an encoder lives."""
    return settings.model_folder / f"surrogate-{encoder.encoder_id.rsplit('@', 1)[-1]}"


def ready_surrogate(
    settings: Settings, catalogue: Catalogue, encoder: Encoder, progress: Progress | None = None
) -> TrainedSurrogate:
    """The surrogate for an encoder: the user's own, the shipped one, or one trained now.

    The shipped one was trained with the default encoder on the shipped catalogue
    (``index/build_models.py``); another encoder's vectors mean nothing to it.

    Raises:
        ModelError: the user's own surrogate is damaged; it is not replaced unasked.
    """
    own = surrogate_folder(settings, encoder)
    if own.is_dir():
        return load_surrogate(own, encoder)
    shipped = load_surrogate(resource(_SHIPPED_SURROGATE), encoder)
    if shipped.encoder_id == encoder.encoder_id:
        return shipped
    return train_surrogate(settings, catalogue, encoder, progress)


def train_surrogate(
    settings: Settings, catalogue: Catalogue, encoder: Encoder, progress: Progress | None = None
) -> TrainedSurrogate:
    """Trains the surrogate on the catalogue's references and keeps it in the home folder.

    Raises:
        WorkspaceError: the home folder cannot be written.
        ModelError: the catalogue has too few references.
    """
    surrogate = fitted_surrogate(catalogue, encoder, progress)
    folder = surrogate_folder(settings, encoder)
    try:
        save_surrogate(surrogate, folder)
    except OSError as error:
        raise WorkspaceError(
            f"The surrogate cannot be written to {folder} ({error.strerror or error}).",
            hint="Choose a folder you may write to: --home DIR or FIRSTPRINT_HOME=DIR.",
            code="home_unwritable",
        ) from error
    return surrogate


def fitted_surrogate(catalogue: Catalogue, encoder: Encoder, progress: Progress | None = None) -> TrainedSurrogate:
    """Trains the surrogate on a catalogue; about 40 s on two cores for the shipped one."""
    from firstprint.estimation.references import references_from_datasets
    from firstprint.estimation.surrogate_fit import fit_surrogate

    references = references_from_datasets(catalogue.all_datasets())
    units = list(dict.fromkeys(reference.unit for reference in references))

    def report(unit: str) -> None:
        if progress is not None:
            progress("surrogate", units.index(unit) + 1, len(units))

    return fit_surrogate(references, encoder, progress=report)
