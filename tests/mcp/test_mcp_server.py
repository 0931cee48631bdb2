"""firstprint for agents, asked by the official client: numbers come with sources, and an agent decides nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

mcp = pytest.importorskip("mcp", reason="the mcp extra is not installed")

from firstprint import Assistant  # noqa: E402
from firstprint.mcp_server import build  # noqa: E402
from firstprint.store.opening import open_store  # noqa: E402

TOOLS = {"match", "estimate", "search_catalogue", "show_dataset", "explain", "suggest_decision"}


@pytest.fixture
def workspace(assistant: Assistant, tmp_path: Path):
    """The settings of the shared workspace, with a database of the test's own."""
    return assistant.settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'own.db'}"})


def asked(target: Any, question: Callable[[Any], Awaitable[Any]]) -> Any:
    async def talk() -> Any:
        async with mcp.Client(target, read_timeout_seconds=60) as client:
            return await question(client)

    # In a thread of its own: a browser test in the same process keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(talk())).result(timeout=120)


def content(result: Any) -> dict[str, Any]:
    assert not result.is_error, result.content
    return json.loads(result.content[0].text)


def call(server: Any, tool: str, **arguments: object) -> Any:
    return asked(server, lambda client: client.call_tool(tool, arguments))


def test_the_tools_are_listed_with_what_they_take(assistant: Assistant, workspace) -> None:
    server = build(workspace, assistant)
    listed = asked(server, lambda client: client.list_tools()).tools
    assert {each.name for each in listed} == TOOLS
    assert all(each.description for each in listed)
    assert not any("confirm a proposal" in (each.description or "") for each in listed)


def test_match_and_estimate_answer_what_the_command_line_answers(assistant: Assistant, workspace) -> None:
    server = build(workspace, assistant)
    found = content(call(server, "match", text="镀锌钢板 1.2mm", top=2))
    assert len(found["candidates"]) == 2
    assert found["candidates"][0]["source"]
    made = content(call(server, "estimate", text="25 g PET bottle", geography="CN"))
    alone = assistant.estimate("25 g PET bottle", geography="CN")
    assert alone.estimate is not None
    assert made["estimate"] == alone.estimate.model_dump()
    assert made["status"] == "proposed"


def test_the_catalogue_is_searched_and_shown(assistant: Assistant, workspace) -> None:
    server = build(workspace, assistant)
    found = content(call(server, "search_catalogue", text="磷酸铁锂", limit=3))
    assert found["total"] >= 1
    shown = content(call(server, "show_dataset", dataset_id=found["datasets"][0]["dataset_id"]))
    assert (shown["licence"], shown["unit"]) != ("", "")


def test_a_suggestion_is_kept_and_changes_no_status(assistant: Assistant, workspace) -> None:
    server = build(workspace, assistant)
    made = content(call(server, "estimate", text="cotton T-shirt", save=True))
    kept = content(
        call(server, "suggest_decision", proposal_id=made["id"], verdict="confirm", reason="it is cotton", agent="Ada")
    )
    assert kept["kept"]["by"] == "agent: Ada"
    assert made["candidates"][0]["dataset_id"] in kept["kept"]["text"]
    with open_store(workspace.resolved_database_url) as store:
        assert store.get(made["id"]).status == "proposed"
        assert store.decisions.of_proposal(made["id"]) == ()
        assert [each.by for each in store.comments.of_proposal(made["id"])] == ["agent: Ada"]
    told = content(call(server, "explain", proposal_id=made["id"]))
    assert told["status"] == "proposed"
    assert told["rationale"]
    assert told["decisions"] == []


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("estimate", {"text": "steel", "unit": "flobs"}, "[unit_unknown]"),
        ("show_dataset", {"dataset_id": "none such"}, "[dataset_unknown]"),
        ("explain", {"proposal_id": "none-such"}, "[proposal_unknown]"),
        ("estimate", {"text": ""}, "text"),
        ("estimate", {"text": "steel", "amount": -1}, "amount"),
        ("match", {"text": "steel", "top": 1000}, "top"),
    ],
)
def test_a_bad_question_is_told_with_its_rule(
    assistant: Assistant, workspace, tool: str, arguments: dict[str, object], told: str
) -> None:
    result = call(build(workspace, assistant), tool, **arguments)
    assert result.is_error
    assert told in result.content[0].text
    assert "Traceback" not in result.content[0].text


def test_an_override_names_a_dataset_that_is_there(assistant: Assistant, workspace) -> None:
    server = build(workspace, assistant)
    made = content(call(server, "estimate", text="cotton T-shirt", save=True))
    wrong = call(
        server,
        "suggest_decision",
        proposal_id=made["id"],
        verdict="override",
        reason="r",
        agent="Ada",
        dataset_id="none such",
    )
    assert wrong.is_error
    assert "[dataset_unknown]" in wrong.content[0].text


def test_the_command_speaks_the_protocol_over_standard_input_and_output(home: Path, assistant: Assistant) -> None:
    assert assistant.settings.home == home  # its index is built: the command need not build one
    command = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "firstprint", "mcp", "--home", str(home)], env={"HF_HUB_OFFLINE": "1"}
    )
    found = asked(command, lambda client: client.call_tool("search_catalogue", {"text": "cotton", "limit": 1}))
    assert content(found)["total"] > 1
