"""Reads ``suite.toml``: what a suite asks for, and every fault of the file."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple, cast, get_args

from firstprint.evaluation.records import Protocol, Task
from firstprint.evaluation.suite_files import CATALOGUE_FILE, SETTINGS_FILE, shown
from firstprint.language import normalise_text

TASKS: Final = get_args(Task)
PROTOCOLS: Final = get_args(Protocol)
SENSIBLE: Final[Mapping[Task, tuple[Protocol, ...]]] = {
    "match": ("zero-shot", "with-decisions"),
    "estimate": ("zero-shot", "cross-fit"),
    "rationale": ("zero-shot",),
}
"""Protocols a task can have: decisions are learned by the matcher, references by the surrogate."""
KEYS: Final = (
    "name",
    "task",
    "catalogue",
    "protocol",
    "group",
    "folds",
    "seed",
    "licence",
    "source",
    "description",
)
_REQUIRED: Final = ("name", "task", "protocol")
_CATALOGUES: Final = ("default", CATALOGUE_FILE, "none")
# The name becomes the name of a folder of results.
_NAME: Final = re.compile(r"\w[\w.-]{0,79}")
_MAX_FOLDS: Final = 10_000


class Settings(NamedTuple):
    """What ``suite.toml`` says; ``task`` and ``protocol`` are None where it does not say it rightly.

    Attributes:
        group: name of the column that holds the group, or one of the words for a random split.
    """

    name: str = ""
    task: Task | None = None
    catalogue: Literal["default", "catalogue.csv"] | None = None
    protocol: Protocol | None = None
    group: str = "group"
    folds: int = 5
    seed: int = 0
    licence: str = ""
    source: str = ""
    description: str = ""


class SettingsRead(NamedTuple):
    """The settings as far as they could be read, and what is wrong, one line a fault."""

    settings: Settings
    faults: tuple[str, ...]


def read_settings(text: str) -> SettingsRead:
    """Reads the text of a ``suite.toml``."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib's own error is a ValueError; so is a 5,000-digit number
        reason = str(error) if isinstance(error, ValueError) else "it is nested too deep"
        return SettingsRead(Settings(), (f"{SETTINGS_FILE}: is not TOML: {reason}; mend the line named",))
    faults = (*_missing(table), *_misspelt(table), *_wrong(table))
    settings = Settings(
        name=_text(table, "name"),
        task=cast("Task", table["task"]) if table.get("task") in TASKS else None,
        catalogue=_catalogue(table),
        protocol=cast("Protocol", table["protocol"]) if table.get("protocol") in PROTOCOLS else None,
        group=_text(table, "group") or "group",
        folds=_whole(table, "folds", 5),
        seed=_whole(table, "seed", 0),
        licence=_text(table, "licence"),
        source=_text(table, "source"),
        description=_text(table, "description"),
    )
    faults = (*faults, *_together(settings, table))
    return SettingsRead(settings, tuple(f"{SETTINGS_FILE}: {fault}" for fault in faults))


def _missing(table: Mapping[str, object]) -> Iterator[str]:
    say = {"name": "a short name", "task": _one_of(TASKS), "protocol": _one_of(PROTOCOLS)}
    for key in _REQUIRED:
        if key not in table:
            yield f"the key {key} is missing; add {key} = {say[key]}"


def _misspelt(table: Mapping[str, object]) -> Iterator[str]:
    """Further keys are allowed, but a near miss of a known one would be passed over in silence."""
    for key in table:
        near = () if key in KEYS else difflib.get_close_matches(key, KEYS, n=1, cutoff=0.8)
        if near:
            yield f"the key {shown(key)} is not known; write {near[0]}"


def _wrong(table: Mapping[str, object]) -> Iterator[str]:
    for key in ("name", "task", "catalogue", "protocol", "group", "licence", "source", "description"):
        value = table.get(key, "")
        if not isinstance(value, str):
            yield f"{key} = {_shown_value(value)} is not a text; put it in quotes"
    yield from _wrong_words(table)
    for key, least, most in (("folds", 0, _MAX_FOLDS), ("seed", 0, 2**63 - 1)):
        value = table.get(key, 0)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"{key} = {_shown_value(value)} is not a whole number from {least} to {most}; give one"
    if table.get("folds") == 1 and not isinstance(table["folds"], bool):
        yield "folds = 1 leaves nothing to learn from; give 2 or more, or 0 to leave one group out at a time"


def _wrong_words(table: Mapping[str, object]) -> Iterator[str]:
    for key, allowed in (("task", TASKS), ("protocol", PROTOCOLS), ("catalogue", _CATALOGUES)):
        value = table.get(key)
        if isinstance(value, str) and value not in allowed:
            yield f"{key} = {shown(value)} is not known; use {_one_of(allowed)}"
    name = table.get("name")
    if isinstance(name, str) and not _NAME.fullmatch(name):
        yield f"name = {shown(name)} cannot name a folder; use 1 to 80 letters, digits, '-', '_' and '.'"
    if isinstance(table.get("group"), str) and not _text(table, "group"):
        yield "group is empty; name the column that holds the group, or leave the key out"


def _together(settings: Settings, table: Mapping[str, object]) -> Iterator[str]:
    """Faults of keys that are right alone and wrong together."""
    task, protocol = settings.task, settings.protocol
    if task is not None and protocol is not None and protocol not in SENSIBLE[task]:
        yield f"protocol = {shown(protocol)} makes no sense for task = {shown(task)}; use {_one_of(SENSIBLE[task])}"
    if task == "match" and table.get("catalogue", "none") == "none":
        yield f"a match suite needs a catalogue; add catalogue = {_one_of(_CATALOGUES[:2])}"


def _catalogue(table: Mapping[str, object]) -> Literal["default", "catalogue.csv"] | None:
    value = table.get("catalogue")
    return cast('Literal["default", "catalogue.csv"]', value) if value in _CATALOGUES[:2] else None


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key, "")
    return normalise_text(value) if isinstance(value, str) else ""


def _whole(table: Mapping[str, object], key: str, default: int) -> int:
    value = table.get(key, default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _shown_value(value: object) -> str:
    try:
        return shown(str(value))
    except (ValueError, RecursionError):  # Python writes out no number of more than 4,300 digits
        return "…"


def _one_of(words: tuple[str, ...]) -> str:
    quoted = [f'"{word}"' for word in words]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]
