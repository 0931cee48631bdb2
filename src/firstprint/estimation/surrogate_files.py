"""A trained surrogate on disk: ``surrogate.npz`` (arrays, no pickle) and ``surrogate.json`` beside it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from firstprint.domain.steps import Encoder
from firstprint.errors import ModelError
from firstprint.estimation.intervals import ConformalBand
from firstprint.estimation.model import FamilyModel, HeldOutScore, ModelChoice, Quantised
from firstprint.estimation.predictors import KnnSettings, RidgeSettings
from firstprint.estimation.surrogate import TrainedSurrogate

if TYPE_CHECKING:
    from numpy.typing import NDArray

ARRAYS_FILE = "surrogate.npz"
MANIFEST_FILE = "surrogate.json"
FORMAT = 1
_ID_LENGTH = 12
_TRAIN = "Train it again: firstprint train"
_ARRAYS = ("values", "weights", "codes", "scales", "attributes", "reference", "landmarks", "coefficients")


class _Content(NamedTuple):
    """A surrogate as bytes and plain values."""

    arrays: bytes
    manifest: dict[str, Any]


def content_id(surrogate: TrainedSurrogate) -> str:
    """The id a surrogate's content gives it, whatever id it carries."""
    return _identity(_content(surrogate).manifest)


def save_surrogate(surrogate: TrainedSurrogate, folder: Path) -> None:
    """Writes both files into ``folder``, each under a temporary name first, the manifest last."""
    content = _content(surrogate)
    manifest = {**content.manifest, "surrogate_id": _identity(content.manifest)}
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in ((ARRAYS_FILE, content.arrays), (MANIFEST_FILE, text)):
        temporary = folder / f"{name}.part"
        temporary.write_bytes(data)
        os.replace(temporary, folder / name)  # noqa: PTH105 - replaces in one step on every platform


def load_surrogate(folder: Path, encoder: Encoder | None = None) -> TrainedSurrogate:
    """Reads a surrogate and checks that it is whole and fits the encoder.

    Args:
        folder: where ``save_surrogate`` wrote.
        encoder: encodes categories at prediction; its id must be the one of training.

    Raises:
        ModelError: a file is missing, damaged, of another format, or made with another encoder.
    """
    manifest = _read_manifest(folder)
    data = _read_bytes(folder / ARRAYS_FILE)
    if hashlib.sha256(data).hexdigest() != manifest.get("arrays_sha256"):
        raise _damaged(f"{ARRAYS_FILE} is not the file that {MANIFEST_FILE} describes")
    if encoder is not None and encoder.encoder_id != manifest["encoder_id"]:
        raise ModelError(
            f"The surrogate was trained with the encoder {manifest['encoder_id']!r}, "
            f"and {encoder.encoder_id!r} is in use.",
            hint=_TRAIN,
            code="surrogate_encoder",
        )
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            families = [_family(entry, n, arrays) for n, entry in enumerate(manifest["families"])]
    except (KeyError, ValueError, TypeError, IndexError, zipfile.BadZipFile) as error:
        raise _damaged(f"its content cannot be read ({error})") from error
    return TrainedSurrogate(
        surrogate_id=str(manifest["surrogate_id"]),
        encoder_id=str(manifest["encoder_id"]),
        dimension=int(manifest["dimension"]),
        families={family.unit: family for family in families},
        encoder=encoder,
    )


def _content(surrogate: TrainedSurrogate) -> _Content:
    arrays: dict[str, NDArray[Any]] = {}
    for number, family in enumerate(surrogate.families.values()):
        for name in _ARRAYS:
            source = family.quantised if name in ("codes", "scales") else family
            arrays[f"{number}_{name}"] = getattr(source, name)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    manifest = {
        "format": FORMAT,
        "encoder_id": surrogate.encoder_id,
        "dimension": surrogate.dimension,
        "arrays_sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        "families": [_entry(family) for family in surrogate.families.values()],
    }
    return _Content(buffer.getvalue(), manifest)


def _entry(family: FamilyModel) -> dict[str, Any]:
    band, choice = family.band, family.choice
    return {
        "unit": family.unit,
        "kind": choice.kind,
        "neighbours": choice.knn._asdict(),
        "kernel_ridge": {**choice.ridge._asdict(), "mean": family.ridge_mean},
        "median": family.median,
        "band": {
            "knots": band.knots,
            "scales": band.scales,
            "quantiles": band.quantiles,
            "distance_limit": band.distance_limit,
        },
        "chosen_on": [score._asdict() for score in family.scores],
        "reference_ids": family.reference_ids,
        "names": family.names,
        "geographies": family.geographies,
    }


def _family(entry: dict[str, Any], number: int, arrays: Any) -> FamilyModel:  # noqa: ANN401 - numpy's NpzFile
    ridge, band = entry["kernel_ridge"], entry["band"]
    parts = {name: arrays[f"{number}_{name}"] for name in _ARRAYS}
    quantised = Quantised(parts.pop("codes"), parts.pop("scales"))
    return FamilyModel(
        unit=str(entry["unit"]),
        reference_ids=tuple(entry["reference_ids"]),
        names=tuple(entry["names"]),
        geographies=tuple(entry["geographies"]),
        quantised=quantised,
        choice=ModelChoice(
            entry["kind"],
            KnnSettings(**entry["neighbours"]),
            RidgeSettings(ridge["gamma"], ridge["alpha"]),
        ),
        median=float(entry["median"]),
        ridge_mean=float(ridge["mean"]),
        band=ConformalBand(
            tuple(band["knots"]), tuple(band["scales"]), tuple(band["quantiles"]), band["distance_limit"]
        ),
        scores=tuple(HeldOutScore(**score) for score in entry["chosen_on"]),
        **parts,
    )


def _identity(manifest: dict[str, Any]) -> str:
    core = {name: value for name, value in manifest.items() if name != "surrogate_id"}
    text = json.dumps(core, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(_read_bytes(folder / MANIFEST_FILE))
    except ValueError as error:
        raise _damaged(f"{MANIFEST_FILE} is not JSON ({error})") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _damaged(f"{MANIFEST_FILE} is not of format {FORMAT}")
    if manifest.get("surrogate_id") != _identity(manifest):
        raise _damaged(f"{MANIFEST_FILE} was changed after training")
    return manifest


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(
            f"The surrogate's file {path.name} is missing from {path.parent}.",
            hint="Train it: firstprint train",
            code="surrogate_missing",
        ) from error
    except OSError as error:
        raise _damaged(f"{path.name} cannot be read ({error})") from error


def _damaged(what: str) -> ModelError:
    return ModelError(f"The saved surrogate is damaged: {what}.", hint=_TRAIN, code="surrogate_damaged")
