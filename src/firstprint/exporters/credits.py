"""How a dataset's source wants to be named: its title, its publisher and the words that its licence asks for."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from firstprint.catalogue.sources import Source, load_sources


class Credit(NamedTuple):
    """A source as a reader of an export finds it.

    Attributes:
        name: publisher and title, or the id where nothing else is known.
        version: of the source; may be empty.
        attribution: the words to pass on; may be empty.
    """

    name: str
    version: str
    attribution: str

    @property
    def full(self) -> str:
        """Name and version as one text."""
        return " ".join(part for part in (self.name, self.version) if part)


@cache
def _shipped() -> dict[str, Source]:
    return {one.source_id: one for one in load_sources()}


def credit_of(source: str, version: str) -> Credit:
    """The credit of a source by its id; attribution is that of the version in use.

    >>> credit_of("base-carbone", "V22.0").name, credit_of("my-list", "2").full
    ('ADEME, Base Carbone', 'my-list 2')
    """
    known = _shipped().get(source)
    if known is None:
        return Credit(source, version, "")
    name = known.title if known.publisher in known.title else f"{known.publisher}, {known.title}"
    return Credit(name, version, known.attribution if version in ("", known.version) else "")
