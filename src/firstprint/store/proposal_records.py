"""Reads the JSON of a kept proposal back, or says what in it is damaged."""

from __future__ import annotations

from pydantic import ValidationError

from firstprint.domain.proposal import Proposal
from firstprint.errors import WorkspaceError


def read_record(proposal_id: str, record: str, shown: str) -> Proposal:
    """The proposal a row holds.

    Args:
        proposal_id: its id, for the message.
        record: its JSON.
        shown: the store's address for the message, password masked.

    Raises:
        WorkspaceError: ``store_damaged``, naming the first place that breaks a rule.
    """
    try:
        return Proposal.model_validate_json(record)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the record"
        raise WorkspaceError(
            f"The proposal {proposal_id!r} in the store {shown!r} is damaged at {place}: {first['msg']}.",
            hint="Restore the store from a backup.",
            code="store_damaged",
        ) from error
