"""Whatever a server does, the caller gets the object it asked for or a LanguageModelError that says why."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from firstprint.errors import LanguageModelError
from firstprint.llm.chat import LARGEST_REPLY_CHARACTERS, LetterScorer, open_chat

SCHEMA: dict[str, object] = {
    "title": "rationale",
    "description": "A text.",
    "type": "object",
    "properties": {"rationale": {"type": "string"}, "sufficient": {"type": "boolean"}},
    "required": ["rationale", "sufficient"],
    "additionalProperties": False,
}
Answer = Callable[[BaseHTTPRequestHandler], None]


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def completion(content: str, finish: str = "stop") -> Answer:
    """A server that answers with ``content`` as the model's words."""
    body = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
    return lambda handler: send(handler, 200, json.dumps(body).encode())


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """A local server with that answer to every request; gives its address and the requests it got."""
    requests: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            requests.append(json.loads(self.rfile.read(length)))
            answer(self)

        def log_message(self, *_: object) -> None:
            """Nothing: the test says what it needs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(url: str, timeout_s: float = 5.0) -> dict[str, object]:
    return open_chat("openai:m", url, None, timeout_s).complete("Say it.", SCHEMA)


def test_a_good_reply_is_handed_on_and_the_request_is_bound_to_the_schema() -> None:
    with serving(completion('{"rationale": "Fine.", "sufficient": true}')) as (url, requests):
        assert ask(url) == {"rationale": "Fine.", "sufficient": True}
    assert len(requests) == 1
    assert requests[0]["temperature"] == 0
    assert requests[0]["response_format"]["type"] == "json_schema"  # type: ignore[index]
    assert requests[0].get("max_tokens") or requests[0].get("max_completion_tokens")


def test_the_model_id_names_model_and_server() -> None:
    assert open_chat("openai:m", "http://127.0.0.1:9/v1", None, 1).model_id == "openai:m@http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (completion("not JSON"), "form"),
        (completion(""), "form|empty"),
        (completion("{}"), "form"),
        (completion('{"rationale": 5, "sufficient": true}'), "rationale"),
        (completion('{"rationale": "x", "sufficient": "yes"}'), "sufficient"),
        (completion('{"text": "x"}'), "no 'rationale'"),
        (completion('["x"]'), "form"),
        (completion(json.dumps({"rationale": "x" * (LARGEST_REPLY_CHARACTERS + 1), "sufficient": True})), "more than"),
        (completion('{"rationale": "cut', finish="length"), "more than a reply may hold|form"),
        (lambda handler: send(handler, 500, b'{"error": {"message": "boom"}}'), "server's side"),
        (lambda handler: send(handler, 404, b'{"error": {"message": "no such model"}}'), "not known"),
        (lambda handler: send(handler, 401, b'{"error": {"message": "bad key"}}'), "refused the key"),
        (lambda handler: send(handler, 200, b"<html>a proxy's page</html>"), "language model"),
    ],
)
def test_a_faulty_reply_becomes_a_language_model_error(answer: Answer, message: str) -> None:
    with serving(answer) as (url, _), pytest.raises(LanguageModelError, match=message) as caught:
        ask(url)
    assert caught.value.hint


def test_a_late_reply_becomes_a_language_model_error() -> None:
    def late(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.8)
        handler.close_connection = True

    with serving(late) as (url, requests), pytest.raises(LanguageModelError, match="in time"):
        ask(url, timeout_s=0.2)
    assert len(requests) == 2


def test_a_server_that_is_not_there_becomes_a_language_model_error() -> None:
    with pytest.raises(LanguageModelError, match="cannot be reached"):
        ask("http://127.0.0.1:9/v1")


@pytest.mark.parametrize("model", ["gpt-4o", "openai:", ":m"])
def test_a_model_without_provider_is_refused(model: str) -> None:
    with pytest.raises(LanguageModelError, match="provider"):
        open_chat(model, None, None, 1)


def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(LanguageModelError, match="provider"):
        open_chat("nobody:m", None, None, 1)


def test_a_missing_provider_package_names_the_command() -> None:
    with pytest.raises(LanguageModelError, match="pip install langchain-"):
        open_chat("ollama:m", None, None, 1)


def one_token(top: object) -> Answer:
    """A server that answers one token, with these likeliest tokens in its place."""
    choice: dict[str, object] = {
        "index": 0,
        "finish_reason": "length",
        "message": {"role": "assistant", "content": "B"},
    }
    if top is not None:
        choice["logprobs"] = {"content": [{"token": "B", "logprob": -0.1, "bytes": None, "top_logprobs": top}]}
    body = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
    return lambda handler: send(handler, 200, json.dumps(body).encode())


def likely(*tokens: tuple[str, float]) -> list[dict[str, object]]:
    return [{"token": token, "logprob": log, "bytes": None} for token, log in tokens]


def letters(url: str, timeout_s: float = 5.0) -> tuple[float, ...] | None:
    chat = open_chat("openai:m", url, None, timeout_s)
    assert isinstance(chat, LetterScorer)
    return chat.letter_log_probabilities("Which?", "ABC")


def test_letters_get_the_log_probability_of_the_first_token() -> None:
    with serving(one_token(likely(("B", -0.5), ("A", -2.0), (" B", -3.0), ("The", -4.0), ("Z", -6.0)))) as (url, sent):
        first, second, third = letters(url) or ()
    assert first == pytest.approx(-2.0)
    assert second == pytest.approx(-0.4211, abs=1e-3)  # log(e^-0.5 + e^-3)
    assert third == -6.0  # not among them: as likely as the last
    assert sent[0]["logprobs"] is True
    assert sent[0]["top_logprobs"] == 20
    assert 1 in (sent[0].get("max_tokens"), sent[0].get("max_completion_tokens"))
    assert "response_format" not in sent[0]


@pytest.mark.parametrize(
    "answer",
    [
        one_token(None),
        one_token([]),
        one_token(likely(("The", -0.1), ("Answer", -3.0))),
        one_token([{"token": "A", "logprob": 0.7, "bytes": None}]),
        lambda handler: send(handler, 400, b'{"error": {"message": "logprobs is not supported by this model"}}'),
    ],
)
def test_a_server_without_log_probabilities_gives_none(answer: Answer) -> None:
    with serving(answer) as (url, _):
        assert letters(url) is None


def test_log_probabilities_of_a_server_that_fails_are_a_language_model_error() -> None:
    with (
        serving(lambda handler: send(handler, 401, b'{"error": {"message": "bad key"}}')) as (url, _),
        pytest.raises(LanguageModelError, match="refused the key"),
    ):
        letters(url)
    with pytest.raises(LanguageModelError, match="cannot be reached"):
        letters("http://127.0.0.1:9/v1")
