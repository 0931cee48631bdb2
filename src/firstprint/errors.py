"""The one error tree. Each class states the rule that was broken; each error names the value and the next action."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class FirstprintError(Exception):
    """Something firstprint was asked for cannot be done as asked.

    Attributes:
        code: stable machine-readable name of the rule, for example ``unit_unknown``.
        message: what is wrong, naming the value got and where it stands.
        hint: what to do next.
    """

    default_code = "error"

    def __init__(self, message: str, *, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class InputError(FirstprintError):
    """Rule: what a person or program hands in is complete, finite and in a known vocabulary."""

    default_code = "bad_input"


class UnitError(InputError):
    """Rule: a unit is one firstprint knows, and amounts convert only within a dimension or over a stated bridge."""

    default_code = "unit_unknown"


class GeographyError(InputError):
    """Rule: a geography is an ISO 3166 code, a known region code or a country's name."""

    default_code = "geography_unknown"


class ConflictError(InputError):
    """Rule: a change is made to what its author saw; what changed meanwhile is told, and nothing is written over.

    Attributes:
        changes: one line a change that the author had not seen, each naming what, by whom and when.
    """

    default_code = "proposal_conflict"

    def __init__(self, message: str, changes: Sequence[str] = (), *, hint: str = "", code: str | None = None) -> None:
        super().__init__(message, hint=hint, code=code)
        self.changes = tuple(changes)


class CatalogueError(FirstprintError):
    """Rule: a catalogue row has an identity, a unit, a boundary, a basis and, if any, a finite value."""

    default_code = "catalogue_invalid"


class UnreadableError(InputError):
    """Rule: one file or data set of an import can be read by itself; others are not held up by it.

    Attributes:
        reason: the rule broken, in words that are the same for every case of it.
        detail: the value got.
    """

    default_code = "unreadable"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class IndexFaultError(FirstprintError):
    """Rule: an index is used only if its manifest and checksums fit the catalogue and the encoder."""

    default_code = "index_fault"


class ModelError(FirstprintError):
    """Rule: an embedding model or surrogate is present, unchanged and of the expected shape."""

    default_code = "model_fault"


class LanguageModelError(FirstprintError):
    """Rule: a language model answers in time and in the asked form; otherwise the template speaks."""

    default_code = "language_model_fault"


class WorkspaceError(FirstprintError):
    """Rule: the home folder can be read, and written where a command keeps something."""

    default_code = "workspace_fault"


def home_unwritable(what: str, place: Path, error: OSError) -> WorkspaceError:
    """The error where a part of the home folder, ``what`` as a sentence begins with it, cannot be kept."""
    return WorkspaceError(
        f"{what} cannot be written to {place} ({error.strerror or error}).",
        hint="Choose a folder you may write to: --home DIR or FIRSTPRINT_HOME=DIR.",
        code="home_unwritable",
    )


class FaultsError(InputError):
    """Rule: all faults of one file are reported together.

    Attributes:
        faults: one line a fault, each naming its place.
    """

    default_code = "faults"

    def __init__(self, message: str, faults: Sequence[str], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        shown = "\n".join(f"  - {fault}" for fault in self.faults[:50])
        more = f"\n  … and {len(self.faults) - 50} more" if len(self.faults) > 50 else ""
        return f"{self.message}\n{shown}{more}" + (f"\n{self.hint}" if self.hint else "")
