"""A kept proposal as JSON, and back; what cannot be kept, or is damaged, is said."""

from __future__ import annotations

from typing import cast

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from firstprint.domain.proposal import Proposal, Status
from firstprint.errors import InputError, WorkspaceError


def read_record(proposal_id: str, record: str, status: str, shown: str) -> Proposal:
    """The proposal a row holds, with the status it has now.

    Args:
        proposal_id: its id, for the message.
        record: its JSON.
        status: its row's.
        shown: the store's address for the message, password masked.

    Raises:
        WorkspaceError: ``store_damaged``, naming the first place that breaks a rule.
    """
    try:
        proposal = Proposal.model_validate_json(record)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the record"
        raise WorkspaceError(
            f"The proposal {proposal_id!r} in the store {shown!r} is damaged at {place}: {first['msg']}.",
            hint="Restore the store from a backup.",
            code="store_damaged",
        ) from error
    return proposal if proposal.status == status else proposal.model_copy(update={"status": cast("Status", status)})


def to_json(proposal: Proposal) -> str:
    """The record as JSON, read back once: JSON has no NaN or infinity, and they would turn into nothing.

    Raises:
        InputError: ``proposal_unkeepable`` when it would not read back equal.
    """
    try:
        record = proposal.model_dump_json()
        same = Proposal.model_validate_json(record) == proposal
    except (PydanticSerializationError, ValidationError):  # lone surrogates; a null where a number stood
        same = False
    columns = f"{proposal.id}{proposal.product.description}{proposal.product.language}"
    # PostgreSQL keeps no NUL in text; refused everywhere, so that a store can move between databases.
    if not same or "\x00" in columns:
        raise InputError(
            f"The proposal {proposal.id!r} cannot be kept: a number in it is not finite, or a text holds "
            "characters that no database keeps.",
            hint="Correct the product's description and facts, then estimate again.",
            code="proposal_unkeepable",
        )
    return record
