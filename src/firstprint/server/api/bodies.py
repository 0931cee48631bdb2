"""What requests bring: every field bounded, unknown ones refused."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firstprint.domain.product import Language, SystemBoundary

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
