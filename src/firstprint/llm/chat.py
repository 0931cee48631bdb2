"""Opens a language model by name; the only file that imports langchain."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from firstprint.errors import LanguageModelError

if TYPE_CHECKING:
    from firstprint.domain.steps import ChatModel

LARGEST_REPLY_TOKENS = 1200
"""Room for a rationale of seven sentences in either language and the JSON around it."""
LARGEST_REPLY_CHARACTERS = 20_000
"""A reply above this is not looked into."""
_TOP_TOKENS = 20
"""The most that the OpenAI interface gives; eight letters and their spellings find room."""
_LEAST_LOG_PROBABILITY = -20.0
_REFUSED_PARAMETER = (400, 422)
"""Status of a server that knows the model but not the parameter asked for."""
_LOCAL_KEY = "not-needed"
"""Local servers ask for no key, while the OpenAI client refuses to start without one."""


class _Runnable(Protocol):
    """The one method of a langchain runnable that is used."""

    def invoke(self, prompt: str) -> object: ...


@runtime_checkable
class LetterScorer(Protocol):
    """A chat model that can say how likely each of a few letters is as its answer."""

    def letter_log_probabilities(self, prompt: str, letters: Sequence[str]) -> tuple[float, ...] | None:
        """Log-probability of each letter as the first token of the reply, each 0 or below; None where it has none.

        Raises:
            LanguageModelError: the model cannot be reached, is late or unknown.
        """
        ...


class StructuredChatModel:
    """A chat model that answers with an object of a given JSON schema, at temperature 0."""

    def __init__(
        self,
        model_id: str,
        with_schema: Callable[[dict[str, object]], _Runnable],
        first_token: Callable[[], _Runnable] | None = None,
    ) -> None:
        self._model_id = model_id
        self._with_schema = with_schema
        self._first_token = first_token

    @property
    def model_id(self) -> str:
        """Provider and model as asked for, with the address of a server of one's own."""
        return self._model_id

    def complete(self, prompt: str, schema: dict[str, object]) -> dict[str, object]:
        """The reply to ``prompt`` as an object that fits ``schema``.

        Raises:
            LanguageModelError: the model cannot be reached, is late, unknown, or answers in another form.
        """
        try:
            reply = self._with_schema(schema).invoke(prompt)
        except LanguageModelError:
            raise
        except Exception as error:
            raise _explained(error, self._model_id) from error
        return _checked(reply, schema, self._model_id)

    def letter_log_probabilities(self, prompt: str, letters: Sequence[str]) -> tuple[float, ...] | None:
        """As :class:`LetterScorer` says; None too where the provider refuses or leaves out log-probabilities.

        Raises:
            LanguageModelError: the model cannot be reached, is late or unknown.
        """
        if self._first_token is None:
            return None
        try:
            reply = self._first_token().invoke(prompt)
        except (TypeError, ValueError, NotImplementedError):
            return None
        except Exception as error:
            if getattr(error, "status_code", None) in _REFUSED_PARAMETER:
                return None
            raise _explained(error, self._model_id) from error
        return _letters_in(_top_tokens(reply), letters)


def open_chat(
    model: str,
    base_url: str | None,
    api_key: str | None,
    timeout_s: float,
    *,
    reply_tokens: int = LARGEST_REPLY_TOKENS,
) -> ChatModel:
    """A language model by ``provider:model``, such as ``openai:gpt-4o-mini`` or ``ollama:qwen3``.

    Args:
        model: provider and model as langchain's ``init_chat_model`` names them.
        base_url: address of an OpenAI-compatible or other server; None for the provider's own.
        api_key: key for that server; None where the provider's environment variable or no key is meant.
        timeout_s: how long one attempt may take, in seconds; a failed attempt is made once more.
        reply_tokens: the longest reply, in tokens of the model.

    Raises:
        LanguageModelError: the name has no provider, the provider is unknown or its package is missing.
    """
    provider, colon, name = model.partition(":")
    if not (provider and colon and name):
        raise LanguageModelError(
            f"The language model {model!r} does not name its provider.",
            hint="Write provider:model, for example openai:gpt-4o-mini or ollama:qwen3.",
        )
    from langchain.chat_models import init_chat_model

    options: dict[str, object] = {
        "temperature": 0,
        "timeout": timeout_s,
        "max_retries": 1,
        "max_tokens": reply_tokens,
    }
    if base_url:
        options["base_url"] = base_url
    if api_key or base_url:
        options["api_key"] = api_key or _LOCAL_KEY
    model_id = f"{model}@{base_url}" if base_url else model
    try:
        chat = init_chat_model(model, **options)  # type: ignore[call-overload]
    except ImportError as error:
        package = f"langchain-{provider.replace('_', '-')}"
        raise LanguageModelError(
            f"The package for language models of {provider!r} is not installed ({error}).",
            hint=f"Install it: pip install {package}",
        ) from error
    except Exception as error:
        raise _explained(error, model_id) from error
    return StructuredChatModel(model_id, lambda schema: _bind(chat, schema), lambda: _first_token(chat))


def _bind(chat: object, schema: dict[str, object]) -> _Runnable:
    """The model bound to a schema, by the provider's structured output."""
    structured: _Runnable = chat.with_structured_output(schema, method="json_schema")  # type: ignore[attr-defined]
    return structured


def _first_token(chat: object) -> _Runnable:
    """The model bound to answer with one token and the likeliest tokens in its place."""
    bound: _Runnable = chat.bind(logprobs=True, top_logprobs=_TOP_TOKENS, max_tokens=1)  # type: ignore[attr-defined]
    return bound


def _top_tokens(reply: object) -> list[object]:
    """The likeliest first tokens of a langchain message, as the OpenAI interface lists them; empty without any."""
    found: object = getattr(reply, "response_metadata", None)
    for key in ("logprobs", "content"):
        found = found.get(key) if isinstance(found, dict) else None
    first = found[0] if isinstance(found, list) and found else None
    top = first.get("top_logprobs") if isinstance(first, dict) else None
    return top if isinstance(top, list) else []


def _letters_in(top: Sequence[object], letters: Sequence[str]) -> tuple[float, ...] | None:
    """Log-probability of each letter; one below the likeliest tokens counts as likely as the last of them."""
    shares = dict.fromkeys(letters, 0.0)
    least = math.inf
    for one in top:
        token, log = (one.get("token"), one.get("logprob")) if isinstance(one, dict) else (None, None)
        if not isinstance(token, str) or not isinstance(log, int | float) or not log <= 0:
            return None
        least = min(least, max(float(log), _LEAST_LOG_PROBABILITY))
        if token.strip() in shares:
            shares[token.strip()] += math.exp(log)
    if not any(shares.values()):
        return None
    return tuple(max(least, math.log(share)) if share > 0 else least for share in shares.values())


def _explained(error: Exception, model_id: str) -> LanguageModelError:
    """What went wrong in one line, and what to do about it."""
    text = f"{type(error).__name__}: {error}"
    lowered = text.lower()
    rules = (
        (("length limit", "lengthfinish"), "wrote more than a reply may hold", "Use another model."),
        (("timeout", "timed out"), "did not answer in time", "Raise the time-out, or use a faster model."),
        (("auth", "api key", "api_key", "401", "403", "credential"), "refused the key", "Check the API key."),
        (("notfound", "404", "not found"), "is not known to the server", "Check the model's name and the address."),
        (("ratelimit", "429", "quota"), "is out of quota", "Wait, or raise the quota with the provider."),
        (("connect", "connection"), "cannot be reached", "Check the address and that the server runs."),
        (
            ("500", "502", "503", "internalserver"),
            "failed on the server's side",
            "Look at the server's log; try again.",
        ),
        (("json", "pars", "valid"), "did not answer in the asked form", "Use a model with structured output."),
        (("provider", "unsupported"), "is of an unknown provider", "Write provider:model, as in openai:gpt-4o-mini."),
    )
    fitting = ((what, hint) for words, what, hint in rules if any(word in lowered for word in words))
    what, hint = next(fitting, ("failed", "See the message of the provider."))
    return LanguageModelError(f"The language model {model_id} {what} ({_short(text)}).", hint=hint)


def _short(text: str, limit: int = 200) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= limit else f"{plain[:limit]}…"


def _checked(reply: object, schema: Mapping[str, object], model_id: str) -> dict[str, object]:
    """The reply where it is an object with the schema's required properties, each of its plain type."""
    if not isinstance(reply, dict) or not reply:
        raise _malformed(model_id, "an empty reply" if not reply else f"{type(reply).__name__} instead of an object")
    if len(json.dumps(reply, ensure_ascii=False, default=str)) > LARGEST_REPLY_CHARACTERS:
        raise _malformed(model_id, f"more than {LARGEST_REPLY_CHARACTERS} characters")
    properties = schema.get("properties")
    required = schema.get("required")
    for name in required if isinstance(required, list) else ():
        wanted = properties.get(name, {}).get("type") if isinstance(properties, dict) else None
        if name not in reply:
            raise _malformed(model_id, f"no {name!r}")
        if not _is_a(reply[name], wanted):
            raise _malformed(model_id, f"{name!r} that is not of the type {wanted}")
    return dict(reply)


def _is_a(value: object, wanted: object) -> bool:
    if wanted == "boolean" or isinstance(value, bool):
        return isinstance(value, bool) and wanted in {"boolean", None}
    types: dict[object, tuple[type, ...]] = {
        "string": (str,),
        "number": (int, float),
        "integer": (int,),
        "array": (list,),
        "object": (dict,),
    }
    return isinstance(value, types.get(wanted, (object,)))


def _malformed(model_id: str, what: str) -> LanguageModelError:
    return LanguageModelError(
        f"The language model {model_id} did not answer in the asked form: {what}.",
        hint="Use a model with structured output.",
    )
