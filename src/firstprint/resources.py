"""Finds the shipped ``index/`` and ``prompts/`` folders, in an installed wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path

from firstprint.errors import FirstprintError

_PACKAGE = Path(__file__).resolve().parent


def resource(relative: str) -> Path:
    """The path of a shipped file or folder.

    A wheel carries it under ``firstprint/_resources`` (hatch ``force-include``); an editable install does
    not, so the checkout's root is looked at second.

    Args:
        relative: for example ``"index/catalogue"`` or ``"prompts"``.

    Raises:
        FirstprintError: the file is in neither place.
    """
    for root in (_PACKAGE / "_resources", _PACKAGE.parent.parent):
        path = root / relative
        if path.exists():
            return path
    raise FirstprintError(
        f"The shipped resource {relative!r} is missing from the installation.",
        hint="Reinstall firstprint, or run it from a complete checkout.",
        code="resource_missing",
    )
