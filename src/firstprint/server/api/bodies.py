"""What requests bring: every field bounded, unknown ones refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from firstprint.bulk_review import MAX_BULK
from firstprint.domain.product import Language, SystemBoundary
from firstprint.exporting import Format
from firstprint.plain_text import MAX_NAME_CHARS, MAX_REASON_CHARS
from firstprint.server.api.parts import Printable
from firstprint.store.comments import MAX_COMMENT_CHARS

MAX_TEXT_CHARS = 20_000
_LARGEST = 1e12

Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT_CHARS, description="What the product is.")]
Top = Annotated[int, Field(ge=1, le=50, description="How many candidates.")]
Positive = Annotated[float, Field(gt=0, le=_LARGEST, allow_inf_nan=False)]
Short = Annotated[str, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    """Base of request bodies."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class EstimateBody(Body):
    """One product to be estimated, as ``firstprint estimate`` takes it."""

    text: Text
    amount: Positive = 1.0
    unit: Short | None = None
    mass_kg: Positive | None = None
    geography: Short | None = None
    category: Short | None = None
    boundary: SystemBoundary = "cradle_to_gate"
    year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    language: Language | None = None
    top: Top = 5
    save: Annotated[bool, Field(description="Keep the proposal, for review.")] = False


class MatchBody(Body):
    """One text to be matched, as ``firstprint match`` takes it."""

    text: Text
    top: Top = 5
    unit: Short | None = None
    geography: Short | None = None
    sources: Annotated[tuple[Short, ...], Field(max_length=50)] = ()


Why = Annotated[str, Field(max_length=MAX_REASON_CHARS, description="Why, for whoever reads it later.")]
Name = Annotated[str, Field(max_length=MAX_NAME_CHARS, description="Who decides, where the server has no login.")]
Version = Annotated[int, Field(ge=1, le=10**9, description="The version of the proposal that the person saw.")]
Rank = Annotated[int, Field(ge=1, le=50, description="Rank of the candidate.")]


class _DecisionBody(Body):
    by: Name | None = None
    expected_version: Version | None = None


class ConfirmBody(_DecisionBody):
    """A person takes one of the candidates."""

    verdict: Literal["confirm"]
    candidate: Rank = 1
    reason: Why = ""


class OverrideBody(_DecisionBody):
    """A person takes another dataset."""

    verdict: Literal["override"]
    dataset_id: Annotated[str, Field(min_length=1, max_length=500)]
    reason: Why


class RejectBody(_DecisionBody):
    """A person turns one candidate down, or all."""

    verdict: Literal["reject"]
    candidate: Rank = 1
    every: bool = False
    reason: Why


class WithdrawBody(_DecisionBody):
    """A person takes back what is in force: one decision, or all on the proposal."""

    verdict: Literal["withdraw"]
    decision_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")] | None = None
    reason: Why


DecisionBody = Annotated[ConfirmBody | OverrideBody | RejectBody | WithdrawBody, Field(discriminator="verdict")]


class CommentBody(Body):
    """A remark on a proposal."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT_CHARS)]
    by: Name | None = None


class BulkBody(Body):
    """Every open proposal above an acceptance probability, confirmed at once.

    ``dry_run`` first: it answers with a ``plan_id``, and with that the very same proposals are confirmed.
    """

    min_probability: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    dry_run: bool = True
    plan_id: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_BULK)] = 1_000
    text: Annotated[str, Field(max_length=200), Printable] = ""
    language: Annotated[str, Field(max_length=10), Printable] | None = None
    source: Annotated[str, Field(max_length=200), Printable] | None = None
    reason: Why = ""
    by: Name | None = None


Fact = str | float | bool | list[str] | None


class ExportBody(Body):
    """Records written as a file; facts are named as in a file of ``--facts``."""

    ids: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]], Field(min_length=1, max_length=500)
    ]
    format: Format
    draft: bool = False
    allow_restricted: bool = False
    single: Annotated[bool, Field(description="ILCD and TIDAS: one process alone, without the archive.")] = False
    language: Language | None = None
    facts: Annotated[dict[str, Fact], Field(max_length=50, description="Facts of every record.")] = {}
    products: Annotated[
        dict[str, dict[str, Fact]], Field(max_length=500, description="Facts of one record, by its id.")
    ] = {}
