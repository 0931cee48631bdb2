"""firstprint for agents, over the Model Context Protocol: match, estimate, explain, look up, suggest a decision.

An agent never decides: what it suggests is kept beside the proposal under its name, and a person confirms it or not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal, ParamSpec, TypeVar

from pydantic import Field

from firstprint.assistant import Assistant
from firstprint.domain.dataset import Dataset
from firstprint.domain.product import Language, SystemBoundary
from firstprint.errors import FirstprintError
from firstprint.settings import Settings
from firstprint.store.opening import open_store
from firstprint.suggestions import suggest
from firstprint.version import __version__

if TYPE_CHECKING:
    from mcp.server import MCPServer

INSTRUCTIONS = """firstprint gives a first carbon footprint of a product from its description (Chinese, English or
another European language), with an interval, the datasets that stand in for it and their sources.
Numbers come from datasets and models, never from you: repeat them with their interval and source, and add none.
Nothing is final until a person confirms it: you may suggest a decision, you cannot take it."""
_MAX_CHARS = 20_000
_MAX_FOUND = 50
_Text = Annotated[str, Field(min_length=1, max_length=_MAX_CHARS, description="What the product is, in its own words.")]
_Unit = Annotated[str | None, Field(max_length=60, description="Declared unit: piece, kg, kWh, m2 … 件, 吨; or none.")]
_Place = Annotated[str | None, Field(max_length=100, description="Where it is made: a code such as CN, or a name.")]
_Top = Annotated[int, Field(ge=1, le=20, description="How many candidates.")]
_Positive = Annotated[float, Field(gt=0, le=1e12)]
P = ParamSpec("P")
R = TypeVar("R")


def build(settings: Settings, assistant: Assistant | None = None) -> MCPServer:
    """The server with its tools; the workspace is opened at the first question.

    Args:
        settings: of the workspace.
        assistant: opened already, for tests.
    """
    from mcp.server import MCPServer

    opened: list[Assistant] = [] if assistant is None else [assistant]

    def ready() -> Assistant:
        if not opened:
            opened.append(Assistant.open(settings=settings))
        return opened[0]

    server = MCPServer(name="firstprint", version=__version__, instructions=INSTRUCTIONS, log_level="WARNING")
    _add_questions(server, settings, ready)
    _add_records(server, settings, ready)
    return server


def _add_questions(server: MCPServer, settings: Settings, ready: Callable[[], Assistant]) -> None:
    @server.tool(description="Rank catalogue datasets for one text; says whether the first may be taken.")
    @_told
    def match(text: _Text, top: _Top = 5, unit: _Unit = None, geography: _Place = None) -> dict[str, Any]:
        return ready().match(text, top=top, unit=unit, geography=geography).model_dump(mode="json")

    @server.tool(
        description="Propose a footprint for one product: value, interval, candidate datasets, flags, sources."
    )
    @_told
    def estimate(
        text: _Text,
        amount: _Positive = 1.0,
        unit: _Unit = None,
        mass_kg: _Positive | None = None,
        geography: _Place = None,
        category: Annotated[str | None, Field(max_length=200)] = None,
        boundary: SystemBoundary = "cradle_to_gate",
        language: Language | None = None,
        top: _Top = 5,
        save: Annotated[bool, Field(description="Keep the proposal, so that a person can decide about it.")] = False,  # noqa: FBT002
    ) -> dict[str, Any]:
        proposal = ready().estimate(
            text,
            amount=amount,
            unit=unit,
            mass_kg=mass_kg,
            geography=geography,
            category=category,
            boundary=boundary,
            language=language,
            top=top,
        )
        if save:
            with open_store(settings.resolved_database_url) as store:
                store.save(proposal)
        return proposal.model_dump(mode="json")

    @server.tool(description="Datasets whose id, name or synonym contains a text, in any language.")
    @_told
    def search_catalogue(
        text: Annotated[str, Field(min_length=1, max_length=200)],
        limit: Annotated[int, Field(ge=1, le=_MAX_FOUND)] = 20,
    ) -> dict[str, Any]:
        catalogue = ready().catalogue
        rows = catalogue.rows_with(text)
        return {"total": len(rows), "datasets": [_shown(each) for each in catalogue.datasets(rows[:limit])]}

    @server.tool(description="Everything known about one dataset: value, unit, boundary, origin, licence, citation.")
    @_told
    def show_dataset(dataset_id: Annotated[str, Field(min_length=1, max_length=300)]) -> dict[str, Any]:
        catalogue = ready().catalogue
        return _shown(catalogue.dataset(catalogue.row_of(dataset_id)))


def _add_records(server: MCPServer, settings: Settings, ready: Callable[[], Assistant]) -> None:
    @server.tool(description="Why a kept proposal says what it says: rationale, reasons for and against, decisions.")
    @_told
    def explain(proposal_id: Annotated[str, Field(min_length=1, max_length=100)]) -> dict[str, Any]:
        with open_store(settings.resolved_database_url) as store:
            proposal = store.get(store.resolve(proposal_id))
            history = store.decisions.of_proposal(proposal.id)
        return {
            "id": proposal.id,
            "status": proposal.status,
            "rationale": proposal.rationale.text,
            "citations": list(proposal.rationale.citations),
            "flags": [each.model_dump() for each in proposal.flags],
            "reasons": {
                one.dataset_id: [reason.model_dump(mode="json") for reason in one.reasons]
                for one in proposal.candidates
            },
            "decisions": [one.model_dump(mode="json") for one in history],
        }

    @server.tool(description="Suggest a decision about a kept proposal. A person confirms it; this changes no status.")
    @_told
    def suggest_decision(
        proposal_id: Annotated[str, Field(min_length=1, max_length=100)],
        verdict: Literal["confirm", "override", "reject"],
        reason: Annotated[str, Field(min_length=1, max_length=2000)],
        agent: Annotated[str, Field(min_length=1, max_length=60, description="Your own name.")],
        dataset_id: Annotated[str | None, Field(max_length=300, description="Taken instead, for override.")] = None,
    ) -> dict[str, Any]:
        catalogue = ready().catalogue if verdict == "override" else None
        with open_store(settings.resolved_database_url) as store:
            kept = suggest(
                store, catalogue, proposal_id, verdict=verdict, reason=reason, agent=agent, dataset_id=dataset_id
            )
        return {
            "kept": kept.model_dump(mode="json"),
            "next": f"A person decides: firstprint review show {kept.proposal_id}",
        }


def _told(tool: Callable[P, R]) -> Callable[P, R]:
    """A tool whose errors reach the agent as one readable line with what to do."""

    @wraps(tool)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        from mcp.server.mcpserver.exceptions import ToolError

        try:
            return tool(*args, **kwargs)
        except FirstprintError as error:
            raise ToolError(f"[{error.code}] {error}") from error

    return answer


def _shown(dataset: Dataset) -> dict[str, Any]:
    told = {name: getattr(dataset, name) for name in dataset.__slots__}
    return {**told, "synonyms": list(dataset.synonyms), "attributes": dict(dataset.attributes)}
