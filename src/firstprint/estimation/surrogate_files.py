"""A trained surrogate on disk: ``surrogate.npz`` (arrays, no pickle) and ``surrogate.json`` beside it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from firstprint.domain.steps import Encoder
from firstprint.errors import ModelError
from firstprint.estimation.cells import Cells
from firstprint.estimation.intervals import ConformalBand
from firstprint.estimation.kept_vectors import Quantised, Texts
from firstprint.estimation.model import (
    FamilyModel,
    HeldOutScore,
    LevelModel,
    ModelChoice,
    Published,
)
from firstprint.estimation.predictors import KnnSettings, RidgeSettings
from firstprint.estimation.surrogate import TrainedSurrogate

if TYPE_CHECKING:
    from numpy.typing import NDArray

ARRAYS_FILE = "surrogate.npz"
MANIFEST_FILE = "surrogate.json"
ANOTHER_ENCODER = "surrogate_encoder"
"""Code of the error that a surrogate was trained with another encoder than the one in use."""
FORMAT = 2
_CONTENT_FAULTS = (KeyError, ValueError, TypeError, IndexError, zipfile.BadZipFile)
_ID_LENGTH = 12
_TRAIN = "Train it again: firstprint train"
_FAMILY_ARRAYS = ("values", "weights", "attributes", "reference")
_LEVEL_ARRAYS = ("landmarks", "coefficients", "spreads")
_VECTORS = ("texts", "categories")
_CELL_ARRAYS = ("means", "order", "starts")


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
            code=ANOTHER_ENCODER,
        )
    try:
        families = _Families(manifest["families"], np.load(io.BytesIO(data), allow_pickle=False))
        return TrainedSurrogate(
            surrogate_id=str(manifest["surrogate_id"]),
            encoder_id=str(manifest["encoder_id"]),
            dimension=int(manifest["dimension"]),
            families=families,
            encoder=encoder,
        )
    except _CONTENT_FAULTS as error:
        raise _unreadable(error) from error


class _Families(Mapping[str, FamilyModel]):
    """Families by unit, each read when it is first asked: a product needs three of a dozen."""

    def __init__(self, entries: Sequence[dict[str, Any]], arrays: Any) -> None:  # noqa: ANN401 - numpy's NpzFile
        self._entries = {str(entry["unit"]): (number, entry) for number, entry in enumerate(entries)}
        self._arrays = arrays
        self._read: dict[str, FamilyModel] = {}
        self._reading = threading.Lock()
        known = set(arrays.files)
        lost = [name for n in range(len(entries)) for name in _FAMILY_ARRAYS if f"{n}_{name}" not in known]
        if lost:
            raise KeyError(lost[0])

    def __getitem__(self, unit: str) -> FamilyModel:
        number, entry = self._entries[unit]
        with self._reading:  # numpy's reader of one file serves one thread at a time
            if unit not in self._read:
                try:
                    self._read[unit] = _family(entry, number, self._arrays)
                except _CONTENT_FAULTS as error:
                    raise _unreadable(error) from error
            return self._read[unit]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, unit: object) -> bool:
        return unit in self._entries


def _unreadable(error: Exception) -> ModelError:
    return _damaged(f"its content cannot be read ({error})")


def _content(surrogate: TrainedSurrogate) -> _Content:
    arrays: dict[str, NDArray[Any]] = {}
    for number, family in enumerate(surrogate.families.values()):
        arrays |= {f"{number}_{name}": getattr(family, name) for name in _FAMILY_ARRAYS}
        for name in _VECTORS:
            texts: Texts = getattr(family, name)
            arrays[f"{number}_{name}_codes"], arrays[f"{number}_{name}_scales"] = texts.quantised
            arrays[f"{number}_{name}_of_row"] = texts.of_row.astype(np.int32)
        if family.cells is not None:
            arrays |= {f"{number}_cell_{name}": getattr(family.cells, name) for name in _CELL_ARRAYS}
        for level, model in family.levels.items():
            arrays |= {f"{number}_{level}_{name}": getattr(model, name) for name in _LEVEL_ARRAYS}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    manifest = {
        "format": FORMAT,
        "encoder_id": surrogate.encoder_id,
        "dimension": surrogate.dimension,
        "arrays_sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        "families": [_entry(family) for family in surrogate.families.values()],
    }
    return _Content(buffer.getvalue(), manifest)


def _entry(family: FamilyModel) -> dict[str, Any]:
    return {
        "unit": family.unit,
        "median": family.median,
        "levels": {level: _level_entry(model) for level, model in family.levels.items()},
        "reference_ids": family.reference_ids,
        "names": family.names,
        "geographies": family.geographies,
        **_published_entry(family.published),
    }


def _published_entry(published: Sequence[Published]) -> dict[str, Any]:
    """Sources and licences, each pair once; nothing where none is known, as in files written before they were kept."""
    if not any(source or licence for source, licence in published):
        return {}
    pairs = list(dict.fromkeys(published))
    place = {pair: number for number, pair in enumerate(pairs)}
    return {"published": {"pairs": [list(pair) for pair in pairs], "of_reference": [place[one] for one in published]}}


def _published(entry: dict[str, Any]) -> tuple[Published, ...]:
    kept = entry.get("published")
    if kept is None:
        return ()
    pairs = [Published(str(source), str(licence)) for source, licence in kept["pairs"]]
    of_reference = kept["of_reference"]
    if len(of_reference) != len(entry["reference_ids"]) or min(of_reference) < 0:
        raise ValueError("sources and licences are not one a reference")
    return tuple(pairs[place] for place in of_reference)


def _level_entry(model: LevelModel) -> dict[str, Any]:
    choice, band = model.choice, model.band
    return {
        "kind": choice.kind,
        "neighbours": choice.knn._asdict(),
        "kernel_ridge": {**choice.ridge._asdict(), "mean": model.ridge_mean},
        "band": {
            "knots": band.knots,
            "scales": band.scales,
            "quantiles": band.quantiles,
            "distance_limit": band.distance_limit,
        },
        "chosen_on": [score._asdict() for score in model.scores],
    }


def _family(entry: dict[str, Any], number: int, arrays: Any) -> FamilyModel:  # noqa: ANN401 - numpy's NpzFile
    return FamilyModel(
        unit=str(entry["unit"]),
        reference_ids=tuple(entry["reference_ids"]),
        names=tuple(entry["names"]),
        geographies=tuple(entry["geographies"]),
        median=float(entry["median"]),
        levels={level: _level(model, f"{number}_{level}", arrays) for level, model in entry["levels"].items()},
        values=arrays[f"{number}_values"],
        weights=arrays[f"{number}_weights"],
        attributes=arrays[f"{number}_attributes"],
        reference=arrays[f"{number}_reference"],
        texts=_texts(arrays, f"{number}_texts"),
        categories=_texts(arrays, f"{number}_categories"),
        published=_published(entry),
        cells=_cells(arrays, f"{number}_cell"),
    )


def _cells(arrays: Any, prefix: str) -> Cells | None:  # noqa: ANN401 - numpy's NpzFile
    if f"{prefix}_means" not in arrays:
        return None
    return Cells(*(arrays[f"{prefix}_{name}"] for name in _CELL_ARRAYS))


def _texts(arrays: Any, prefix: str) -> Texts:  # noqa: ANN401 - numpy's NpzFile
    quantised = Quantised(arrays[f"{prefix}_codes"], arrays[f"{prefix}_scales"])
    return Texts(quantised, arrays[f"{prefix}_of_row"].astype(np.int64))


def _level(entry: dict[str, Any], prefix: str, arrays: Any) -> LevelModel:  # noqa: ANN401 - numpy's NpzFile
    ridge, band = entry["kernel_ridge"], entry["band"]
    return LevelModel(
        choice=ModelChoice(
            entry["kind"], KnnSettings(**entry["neighbours"]), RidgeSettings(ridge["gamma"], ridge["alpha"])
        ),
        landmarks=arrays[f"{prefix}_landmarks"],
        coefficients=arrays[f"{prefix}_coefficients"],
        spreads=arrays[f"{prefix}_spreads"],
        ridge_mean=float(ridge["mean"]),
        band=ConformalBand(
            tuple(band["knots"]), tuple(band["scales"]), tuple(band["quantiles"]), band["distance_limit"]
        ),
        scores=tuple(HeldOutScore(**score) for score in entry["chosen_on"]),
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
