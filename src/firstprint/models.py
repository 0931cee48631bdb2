"""The trained models of a workspace: the user's own where they trained some, else the shipped ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from firstprint.domain.steps import Encoder
from firstprint.errors import ModelError, WorkspaceError, home_unwritable
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.estimation.surrogate_files import ANOTHER_ENCODER, MANIFEST_FILE, load_surrogate, save_surrogate
from firstprint.ranking.acceptance import FIXED, Acceptance, load_acceptance
from firstprint.resources import resource
from firstprint.settings import Settings
from firstprint.trained_on import (
    TrainedOn,
    imported_references,
    out_of_use,
    read_trained_on,
    sources_in_use,
    write_trained_on,
)

if TYPE_CHECKING:
    from firstprint.catalogue.table import Catalogue
    from firstprint.estimation.references import Reference
    from firstprint.workspace import Progress

RANKER_FILE = "ranker.json"
OUT_OF_USE = "imported references"
"""How the notice begins that the surrogate in use knows other references than the home folder holds."""
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
        trained = load_surrogate(own, encoder)
        _tell_out_of_use(settings, _note(own, trained.surrogate_id), progress)
        return trained
    try:
        shipped = load_surrogate(resource(_SHIPPED_SURROGATE), encoder)
    except ModelError as error:
        if error.code != ANOTHER_ENCODER:
            raise
        return train_surrogate(settings, catalogue, encoder, progress)
    _tell_out_of_use(settings, None, progress)
    return shipped


def surrogate_note(settings: Settings, encoder: Encoder) -> TrainedOn | None:
    """What the surrogate in use was trained on; None where no note says so."""
    own = surrogate_folder(settings, encoder)
    folder = own if own.is_dir() else resource(_SHIPPED_SURROGATE)
    try:
        saved = json.loads((folder / MANIFEST_FILE).read_bytes())["surrogate_id"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return _note(folder, str(saved))


def _note(folder: Path, surrogate_id: str) -> TrainedOn | None:
    """The note beside a surrogate, where it is about that surrogate."""
    note = read_trained_on(folder)
    return note if note is not None and note.surrogate_id == surrogate_id else None


def _tell_out_of_use(settings: Settings, trained: TrainedOn | None, progress: Progress | None) -> None:
    """One notice where imported references and the model in use differ; damaged ones stop no estimate."""
    if progress is None:
        return
    try:
        differs = out_of_use(settings, trained)
    except WorkspaceError as error:
        differs = (error.message.rstrip("."),)
    if differs:
        progress(f"{OUT_OF_USE}: {'; '.join(differs)}. To bring the model up to date: firstprint train", 0, 0)


def train_surrogate(
    settings: Settings, catalogue: Catalogue, encoder: Encoder, progress: Progress | None = None
) -> TrainedSurrogate:
    """Trains the surrogate on the catalogue's and the imported references and keeps it in the home folder.

    Raises:
        WorkspaceError: the home folder cannot be written, or an imported source is damaged.
        ModelError: the catalogue has too few references.
    """
    used, imported = sources_in_use(settings), imported_references(settings)
    surrogate = fitted_surrogate(catalogue, encoder, progress, imported)
    folder = surrogate_folder(settings, encoder)
    note = TrainedOn(surrogate_id=surrogate.surrogate_id, catalogue_sha256=catalogue.sha256, references=used)
    try:
        save_surrogate(surrogate, folder)
        write_trained_on(note, folder)
    except OSError as error:
        raise home_unwritable("The surrogate", folder, error) from error
    return surrogate


def fitted_surrogate(
    catalogue: Catalogue,
    encoder: Encoder,
    progress: Progress | None = None,
    imported: Sequence[Reference] = (),
) -> TrainedSurrogate:
    """Trains the surrogate on a catalogue and further references; about 50 s on two cores for the shipped one."""
    from firstprint.estimation.intensity import INTENSITY_FAMILY
    from firstprint.estimation.references import joined, references_from_datasets
    from firstprint.estimation.surrogate_fit import fit_surrogate
    from firstprint.estimation.typical_mass import typical_masses

    references = joined(references_from_datasets(catalogue.all_datasets()), imported)
    units = [*dict.fromkeys(reference.unit for reference in references), INTENSITY_FAMILY]

    def report(unit: str) -> None:
        if progress is not None:
            progress("surrogate", units.index(unit) + 1, len(units))

    return fit_surrogate(references, encoder, progress=report, masses=typical_masses())
