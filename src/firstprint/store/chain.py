"""The hash chains of decisions and of accounts: a row's hash covers it and the hash before, so that no past can change.

hash(n) = SHA-256 of hash(n − 1), a line feed and the canonical JSON of row n, in hexadecimal; hash(0) is 64 zeros.
Canonical: the columns below by name, sorted, no blanks, UTF-8, times in UTC. The migration that began the chain uses
this file; a change of the form would break every chain there is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

GENESIS = "0" * 64
"""What stands in for the hash before the first row."""

FIELDS = (
    "sequence",
    "id",
    "proposal_id",
    "verdict",
    "dataset_id",
    "text",
    "language",
    "unit",
    "geography",
    "decided_by",
    "reason",
    "decided",
    "refers_to",
    "dataset",
    "proposal_version",
    "awaits_second",
    "seconds",
    "record_sha256",
)
"""Every column of ``decisions`` but the hash itself."""

ACCOUNT_FIELDS = ("sequence", "what", "user_name", "role", "token_id", "label", "changed_by", "changed")
"""Every column of ``account_changes`` but the hash itself."""


def chained(previous: str, row: Mapping[str, object], fields: Sequence[str] = FIELDS) -> str:
    """The hash of a row.

    Args:
        previous: hash of the row before it; ``GENESIS`` for the first.
        row: values by column; at least ``fields``.
        fields: of the chain's rows.
    """
    values = {name: _plain(row[name]) for name in fields}
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def record_sha256(record: str) -> str:
    """SHA-256 of a proposal's record, as it was saved; the record's text never changes afterwards."""
    return hashlib.sha256(record.encode()).hexdigest()


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
