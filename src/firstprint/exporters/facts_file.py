"""Reads the facts an export needs from a TOML file: for all products, and for each by its record's id."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from firstprint.errors import InputError

PRODUCTS = "product"
MAX_FACTS_BYTES = 1_000_000
"""A page of facts; a file of records is handed in by mistake."""


class FactsFile(NamedTuple):
    """Facts as written, still unchecked.

    Attributes:
        shared: of every product.
        products: of one product, by id of its record or a beginning of it.
    """

    shared: Mapping[str, object] = {}
    products: Mapping[str, Mapping[str, object]] = {}

    def layers(self, record_id: str) -> tuple[Mapping[str, object], ...]:
        """What the file says of one record: the shared facts, then its own."""
        own = [facts for key, facts in self.products.items() if record_id.startswith(key)]
        return (self.shared, *own)

    def strangers(self, record_ids: tuple[str, ...]) -> list[str]:
        """Ids in the file that name none of the records: most likely mistyped."""
        return [key for key in self.products if not any(one.startswith(key) for one in record_ids)]


def read_facts(path: Path) -> FactsFile:
    """Reads a file such as ``company = "…"`` with tables ``[product.ID]``.

    Raises:
        InputError: ``facts_unreadable``: no such file, too long, not UTF-8 or not TOML; the place is named.
    """
    try:
        if path.stat().st_size > MAX_FACTS_BYTES:
            raise _unreadable(path, f"it has more than {MAX_FACTS_BYTES:,} bytes")
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"it is not UTF-8 at byte {error.start}") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unreadable(path, str(error)) from error
    products = found.pop(PRODUCTS, {})
    if not isinstance(products, dict) or not all(isinstance(one, dict) for one in products.values()):
        raise _unreadable(path, f"{PRODUCTS!r} must be tables such as [{PRODUCTS}.ID]")
    return FactsFile(found, products)


def _unreadable(path: Path, why: str) -> InputError:
    return InputError(
        f"The file of facts {path} cannot be used: {why}.",
        hint='Write TOML in UTF-8, for example: company = "Example Ltd" and a table [product.ID] for each record.',
        code="facts_unreadable",
    )
