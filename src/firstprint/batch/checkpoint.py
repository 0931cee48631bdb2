"""The job folder of a batch: a manifest, and a part a chunk, each written whole or not at all.

A part is renamed into place after its bytes have reached the disk, so that a run killed at any moment leaves whole
parts and at most one file that nobody reads. What may differ between two runs of one batch is refused by name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from firstprint.batch.records import Flat, Outcome
from firstprint.errors import FaultsError, InputError, WorkspaceError

_FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_PARTS: Final = "parts"
_LOCK: Final = "lock"
_WHAT: Final = {
    "input_sha256": "the input (sha256)",
    "columns": "the columns read",
    "target_format": "the output's format",
    "options": "the options",
    "software": "the software",
    "catalogue_sha256": "the catalogue (sha256)",
    "index_id": "the index",
    "embedding_model": "the encoder",
    "surrogate_id": "the surrogate",
    "ranker_id": "the ranker",
    "computed_on": "the encoder's device",
    "year": "the year asked for",
}
"""What must be the same for a run to go on, as messages name it."""


@dataclass(frozen=True)
class Manifest:
    """What a batch is: two runs with equal manifests, the moment and decisions apart, give equal output.

    Attributes:
        created: when the batch began, ISO 8601 in UTC.
        decisions: place of the last human decision that counts.
        options: language, top and sheet, as text.
        columns: headings by field.
        year: the current year, which a product without one is asked for.
        computed_on: what the encoder runs on, as far as it may change last digits (``embedding.opening.computing``).
        done: the output is in its place; only this folder is left to remove.
    """

    created: str
    rows: int
    chunk_rows: int
    decisions: int
    input_sha256: str
    columns: Mapping[str, str]
    target_format: str
    options: str
    software: str
    catalogue_sha256: str
    index_id: str
    embedding_model: str
    surrogate_id: str
    ranker_id: str
    year: int
    computed_on: str = "cpu"
    done: bool = False

    @property
    def identity(self) -> str:
        """Checksum over input, catalogue and models: what ids of records are made from."""
        names = ("input_sha256", "catalogue_sha256", "index_id", "embedding_model", "surrogate_id", "ranker_id")
        parts = [str(getattr(self, name)) for name in (*names, "software", "options", "columns", "year")]
        return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()

    @property
    def chunks(self) -> int:
        """How many chunks the rows make."""
        return -(-self.rows // self.chunk_rows)


class Job:
    """An opened job folder."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Use ``begin_job``."""
        self.folder, self.manifest = folder, manifest
        self._parts = folder / _PARTS

    def done(self) -> frozenset[int]:
        """Places of the chunks whose part is whole; a damaged one is answered again."""
        found = set()
        for path in sorted(self._parts.glob("*.jsonl")):
            if path.stem.isdigit() and self._sound(path, self._rows_of(int(path.stem))):
                found.add(int(path.stem))
        return frozenset(found)

    def _rows_of(self, place: int) -> int:
        return max(0, min(self.manifest.chunk_rows, self.manifest.rows - place * self.manifest.chunk_rows))

    def keep(self, place: int, outcomes: Sequence[Outcome]) -> None:
        """Writes the part of a chunk.

        Raises:
            WorkspaceError: it cannot be written; what was written before stays.
        """
        body = b"".join(map(_encoded, outcomes))
        trailer = json.dumps({"rows": len(outcomes), "sha256": hashlib.sha256(body).hexdigest()}).encode()
        with writing(self.folder):
            write_whole(self._parts / f"{place:08d}.jsonl", body + trailer + b"\n")

    def outcomes(self) -> Iterator[Outcome]:
        """Every outcome in the order of the rows; all parts must be there."""
        for place in range(self.manifest.chunks):
            lines = (self._parts / f"{place:08d}.jsonl").read_bytes().split(b"\n")
            for line in lines[:-2]:
                flat, record = json.loads(line)
                yield Outcome(Flat(*flat), record)

    def finish(self) -> None:
        """Removes the folder, the manifest last: until then a resumed run knows that the output is in its place."""
        with writing(self.folder):
            write_manifest(self.folder, Manifest(**{**asdict(self.manifest), "done": True}))
        shutil.rmtree(self._parts, ignore_errors=True)
        for name in (_MANIFEST, _LOCK):
            (self.folder / name).unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()

    @staticmethod
    def _sound(path: Path, rows: int) -> bool:
        body, _, trailer = path.read_bytes().removesuffix(b"\n").rpartition(b"\n")
        try:
            said = json.loads(trailer)
        except ValueError:
            return False
        body = body + b"\n" if body else b""
        return bool(said == {"rows": rows, "sha256": hashlib.sha256(body).hexdigest()})


@contextmanager
def begun(folder: Path, manifest: Manifest, *, resume: bool) -> Iterator[Job]:
    """The job folder, held by this process alone.

    Args:
        folder: where the parts go.
        manifest: of this run; ``created``, ``decisions`` and ``chunk_rows`` of an earlier one stand.
        resume: go on with what is there.

    Raises:
        FaultsError: an unfinished run differs in anything that tells on the output.
        InputError: there is an unfinished run and ``resume`` is off, or another process works on it.
        WorkspaceError: the folder cannot be written.
    """
    before = read_manifest(folder)
    if before is not None and not resume:
        raise InputError(
            f"An unfinished run lies in {folder}.",
            hint="Go on with it: --resume. To begin anew, delete the folder first.",
            code="batch_unfinished",
        )
    with writing(folder):
        (folder / _PARTS).mkdir(parents=True, exist_ok=True)
    with held(folder):
        if before is None:
            with writing(folder):
                for part in (folder / _PARTS).iterdir():
                    part.unlink()
                write_manifest(folder, manifest)
            yield Job(folder, manifest)
            return
        _refuse_changes(before, manifest)
        yield Job(folder, before)


def _refuse_changes(before: Manifest, now: Manifest) -> None:
    told = []
    for name, what in _WHAT.items():
        then, today = getattr(before, name), getattr(now, name)
        if then != today:
            told.append(f"{what} was {_shown(then)} and is {_shown(today)}.")
    if told:
        raise FaultsError(
            "The unfinished run cannot be resumed: its output would not be of one piece.",
            told,
            hint="Put back what changed; or delete the job folder and begin anew.",
        )


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={heading!r}" for name, heading in sorted(value.items()))
    return str(value) or "none"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a job folder; None where there is none.

    Raises:
        FaultsError: it is damaged or of another version.
    """
    path = folder / _MANIFEST
    if not path.is_file():
        return None
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if body.pop("format") == _FORMAT:
            return Manifest(**body)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FaultsError(
            f"The unfinished run in {folder} cannot be read.",
            [f"{_MANIFEST}: {error}"],
            hint="Delete the folder and begin anew.",
        ) from error
    raise FaultsError(
        f"The unfinished run in {folder} cannot be read.",
        [f"{_MANIFEST}: is of another version of firstprint."],
        hint="Delete the folder and begin anew.",
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest whole."""
    body = {"format": _FORMAT, **asdict(manifest)}
    write_whole(folder / _MANIFEST, (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace"))


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file so that it is there whole or not at all, also after a loss of power."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


@contextmanager
def writing(where: Path) -> Iterator[None]:
    """Turns what the system says of a full or closed disk into one message that names the way on.

    Raises:
        WorkspaceError: the system refused.
    """
    try:
        yield
    except OSError as error:
        raise WorkspaceError(
            f"The batch cannot be written at {where}: {error.strerror or error}.",
            hint="Make room or mend the rights, then go on where it stopped: the same command with --resume.",
            code="batch_write",
        ) from error


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Holds a folder until the end; the lock of a killed process is free at once."""
    try:
        import fcntl
    except ImportError:  # not on Windows, where nothing stops a second process
        yield
        return
    with writing(folder), (folder / _LOCK).open("ab") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                f"Another process works on the batch in {folder}.",
                hint="Wait for it, or stop it first.",
                code="batch_running",
            ) from error
        yield


def _encoded(outcome: Outcome) -> bytes:
    line: list[Any] = [list(outcome.flat), outcome.record]
    return json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
