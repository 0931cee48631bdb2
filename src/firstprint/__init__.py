"""firstprint: a first, honest carbon footprint for a product, from a plain description.

>>> from firstprint import Assistant  # doctest: +SKIP
>>> Assistant.open().estimate("25 g PET bottle for mineral water", mass_kg=0.025)  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstprint.version import __version__

if TYPE_CHECKING:
    from firstprint.assistant import Assistant

__all__ = ["Assistant", "__version__"]


def __getattr__(name: str) -> object:
    """Load the facade on first use, so that ``import firstprint`` stays cheap."""
    if name == "Assistant":
        from firstprint.assistant import Assistant

        return Assistant
    raise AttributeError(f"module 'firstprint' has no attribute {name!r}")
