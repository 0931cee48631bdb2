"""What an index folder holds and from what it was made, so that a stale or damaged index is never used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from firstprint.domain.product import Record
from firstprint.errors import IndexFaultError
from firstprint.retrieval.adapter import AdapterNote

FILE = "manifest.json"
FORMAT = 3
_REBUILD = "Rebuild it: firstprint index build --force"


class FileSeal(Record):
    """Size and checksum of one file of the index."""

    bytes: int
    sha256: str


class Manifest(Record):
    """Identity, counts and file checksums of an index.

    Attributes:
        index_id: derived from catalogue, encoder, glossary, label rules and adapter; names the folder.
        adapter: the catalogue adapter that labels and queries go through, or why there is none.
    """

    format: int
    index_id: str
    catalogue_sha256: str
    glossary_sha256: str
    encoder_id: str
    label_rules: str
    adapter: AdapterNote
    dimension: int
    datasets: int
    labels: int
    edges: int
    software: str
    created: str
    files: dict[str, FileSeal]


def index_id(catalogue_sha256: str, glossary_sha256: str, encoder_id: str, label_rules: str, adapter: str) -> str:
    """The id of the index over these parts: equal parts, equal id.

    Args:
        catalogue_sha256: checksum of the catalogue's files.
        glossary_sha256: checksum of the glossary.
        encoder_id: of the encoder.
        label_rules: version of the rules that make labels.
        adapter: ``none``, the version of the fit that labels alone decide about, or the id of an adapter given
            (``index_folder.adapter_part``).
    """
    parts = "\n".join((str(FORMAT), catalogue_sha256, glossary_sha256, encoder_id, label_rules, adapter))
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def seal(folder: Path, names: Iterable[str]) -> dict[str, FileSeal]:
    """Sizes and checksums of files in ``folder``."""
    seals = {}
    for name in sorted(names):
        with (folder / name).open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        seals[name] = FileSeal(bytes=(folder / name).stat().st_size, sha256=digest)
    return seals


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest, last of all files."""
    text = json.dumps(manifest.model_dump(), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Reads the manifest of an index folder.

    Raises:
        IndexFaultError: it is missing, not JSON, or of another format.
    """
    try:
        return Manifest.model_validate_json((folder / FILE).read_bytes())
    except FileNotFoundError as error:
        raise IndexFaultError(
            f"The index {folder.name} has no {FILE}.", hint=_REBUILD, code="index_incomplete"
        ) from error
    except (OSError, ValidationError) as error:
        raise IndexFaultError(
            f"The index {folder.name} has an unreadable {FILE}.", hint=_REBUILD, code="index_damaged"
        ) from error


def file_faults(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    """Every file of the index that is missing or changed, one line each; empty for a sound index."""
    faults = []
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            faults.append(f"{name}: is missing")
        elif path.stat().st_size != expected.bytes:
            faults.append(f"{name}: has {path.stat().st_size} bytes, the manifest says {expected.bytes}")
        elif seal(folder, [name])[name].sha256 != expected.sha256:
            faults.append(f"{name}: its checksum differs from the manifest")
    return tuple(faults)
