"""Loads the versioned prompts of ``prompts/``, renders them and tells their checksums."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from firstprint.errors import FirstprintError
from firstprint.resources import resource

USER_TEXT_START = "<<<USER_TEXT"
USER_TEXT_END = "USER_TEXT>>>"
_SLOT = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_FRONT_MATTER = re.compile(r"---\n(?P<head>.*?)\n---\n(?P<text>.*)", re.DOTALL)
_KEYS = ("id", "purpose", "variables", "schema")
LONGEST_USER_TEXT = 2000
LONGEST_OPTION = 160
"""Characters of one option among several; the name of a dataset is longer only where it lists what it holds."""


class PromptError(FirstprintError):
    """Rule: a prompt file has its four front-matter keys, and is rendered with exactly its variables."""

    default_code = "prompt_invalid"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt file.

    Attributes:
        id: stable name with a version, equal to the file's stem.
        variables: names of the slots ``{{name}}`` in ``text``.
        schema: JSON schema of the answer.
        sha256: checksum of the file's bytes.
    """

    id: str
    purpose: str
    variables: tuple[str, ...]
    schema: Mapping[str, object]
    text: str
    sha256: str

    def render(self, **variables: str) -> str:
        """The text with every slot filled; a value cannot open a slot of its own.

        Raises:
            PromptError: a variable is missing or unknown.
        """
        missing = sorted(set(self.variables) - set(variables))
        unknown = sorted(set(variables) - set(self.variables))
        if missing or unknown:
            raise PromptError(
                f"The prompt {self.id!r} was rendered with missing {missing} and unknown {unknown} variables.",
                hint=f"It takes {', '.join(self.variables)}.",
            )
        return _SLOT.sub(lambda match: variables[match[1]], self.text)


def load_prompt(prompt_id: str, folder: Path | None = None) -> Prompt:
    """The prompt ``prompt_id`` from ``folder`` or the shipped ``prompts/``.

    Raises:
        PromptError: there is no such prompt, or its file breaks the rule.
    """
    path = (folder or resource("prompts")) / f"{prompt_id}.md"
    if not path.is_file():
        raise PromptError(f"There is no prompt {prompt_id!r}.", hint=f"Look at the files in {path.parent.name}/.")
    content = path.read_bytes()
    head, text = _parts(content.decode("utf-8"), path.name)
    prompt = Prompt(
        id=head["id"],
        purpose=head["purpose"],
        variables=_names(head["variables"], path.name),
        schema=_schema(head["schema"], path.name),
        text=text.strip(),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    _check(prompt, prompt_id, path.name)
    return prompt


def delimited(user_text: str) -> str:
    """Untrusted text between markers that it cannot contain itself, on one line and cut to a length."""
    return f"{USER_TEXT_START}\n{_on_one_line(user_text)[:LONGEST_USER_TEXT]}\n{USER_TEXT_END}"


def delimited_options(options: Mapping[str, str]) -> str:
    """Untrusted texts between markers, one a line after its letter; none can open a line or close the markers."""
    lines = [f"{letter}: {_on_one_line(text)[:LONGEST_OPTION]}" for letter, text in options.items()]
    return "\n".join([USER_TEXT_START, *lines, USER_TEXT_END])


def _on_one_line(text: str) -> str:
    """A text without line breaks and without the markers, also where taking one out would make another."""
    plain = " ".join(text.split())
    while USER_TEXT_START in plain or USER_TEXT_END in plain:
        plain = plain.replace(USER_TEXT_START, "").replace(USER_TEXT_END, "")
    return plain


def _parts(content: str, name: str) -> tuple[dict[str, str], str]:
    """Front matter and text; a line that is indented, or a lone bracket, belongs to the key before it."""
    match = _FRONT_MATTER.fullmatch(content.replace("\r\n", "\n"))
    if match is None:
        raise PromptError(f"{name} does not begin with front matter between two lines of ---.")
    head: dict[str, str] = {}
    last = ""
    for line in match["head"].split("\n"):
        key, colon, value = line.partition(":")
        if colon and re.fullmatch(r"[a-z]+", key):
            last = key
            head[key] = value.strip()
        elif last:
            head[last] = f"{head[last]}\n{line}"
    if tuple(head) != _KEYS:
        raise PromptError(f"The front matter of {name} must have the keys {', '.join(_KEYS)}, in this order.")
    return head, match["text"]


def _names(value: str, name: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in value.split(","))
    if not all(re.fullmatch(r"[a-z][a-z0-9_]*", part) for part in names):
        raise PromptError(f"The variables of {name} must be names between commas, not {value!r}.")
    return names


def _schema(value: str, name: str) -> Mapping[str, object]:
    try:
        schema = json.loads(value)
    except json.JSONDecodeError as error:
        raise PromptError(f"The schema of {name} is not JSON: {error}") from error
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise PromptError(f"The schema of {name} must be a JSON schema of an object.")
    return schema


def _check(prompt: Prompt, prompt_id: str, name: str) -> None:
    slots = set(_SLOT.findall(prompt.text))
    if prompt.id != prompt_id:
        raise PromptError(f"{name} calls itself {prompt.id!r}.", hint="Make id equal to the file's name.")
    if slots != set(prompt.variables):
        raise PromptError(f"{name} declares {sorted(prompt.variables)} and uses {sorted(slots)}.")
