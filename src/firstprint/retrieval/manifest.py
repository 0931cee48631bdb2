"""What an index folder holds and from what it was made, so that a stale or damaged index is never used."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from firstprint.domain.product import Record
from firstprint.errors import IndexFaultError
from firstprint.retrieval.adapter import AdapterNote

FILE = "manifest.json"
FORMAT = 4
CHECKED_FILE = "checked.json"
_SETTLED_NS = 2_000_000_000
"""A file touched later than this before it was checked is checked again: two changes within one tick of a file system's
clock leave the same time (the coarsest in use, FAT's, ticks every 2 s)."""
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
    return damaged_files(folder, manifest, tuple(manifest.files))


def damaged_files(folder: Path, manifest: Manifest, names: Iterable[str]) -> tuple[str, ...]:
    """``file_faults`` among the files of these names."""
    faults = []
    for name in names:
        expected = manifest.files.get(name)
        path = folder / name
        if expected is None:
            faults.append(f"{name}: is not named in the manifest")
        elif not path.is_file():
            faults.append(f"{name}: is missing")
        elif path.stat().st_size != expected.bytes:
            faults.append(f"{name}: has {path.stat().st_size} bytes, the manifest says {expected.bytes}")
        elif seal(folder, [name])[name].sha256 != expected.sha256:
            faults.append(f"{name}: its checksum differs from the manifest")
    return tuple(faults)


class _Touched(Record):
    """What a file system says about a file: any write, and any change of its times, changes ``changed_ns``."""

    bytes: int
    inode: int
    modified_ns: int
    changed_ns: int


class _Checked(Record):
    """What was so when every checksum of an index was found to fit."""

    manifest_sha256: str
    files: dict[str, _Touched]


def note_checked(folder: Path, manifest: Manifest) -> None:
    """Notes that every checksum fits, once the files have lain for a moment; a folder that takes no note gets none."""
    with contextlib.suppress(OSError):
        state = _state(folder, manifest)
        latest = max((max(one.modified_ns, one.changed_ns) for one in state.files.values()), default=0)
        if time.time_ns() - latest < _SETTLED_NS:
            return
        part = folder / f".{CHECKED_FILE}-{uuid.uuid4().hex}"
        part.write_text(state.model_dump_json(), encoding="utf-8")
        part.replace(folder / CHECKED_FILE)


def looks_unchanged(folder: Path, manifest: Manifest) -> bool:
    """Whether every checksum was found to fit, and no file was written to, replaced or copied here since.

    Reads no file of the index; what a failing disk does to it shows in ``check_index`` alone.
    """
    try:
        noted = _Checked.model_validate_json((folder / CHECKED_FILE).read_bytes())
        return noted == _state(folder, manifest)
    except (OSError, ValidationError):
        return False


def _state(folder: Path, manifest: Manifest) -> _Checked:
    files = {}
    for name in manifest.files:
        found = (folder / name).stat()
        files[name] = _Touched(
            bytes=found.st_size, inode=found.st_ino, modified_ns=found.st_mtime_ns, changed_ns=found.st_ctime_ns
        )
    return _Checked(manifest_sha256=hashlib.sha256((folder / FILE).read_bytes()).hexdigest(), files=files)
