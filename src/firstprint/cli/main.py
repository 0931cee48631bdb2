"""The entry point: puts the command groups together, one file each; a command loads its own file alone."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Annotated, Any, Final, NamedTuple, cast

import typer

from firstprint.cli import options
from firstprint.cli.errors import CommandGroup
from firstprint.version import __version__

_COMPLETION: Final = "_FIRSTPRINT_COMPLETE"
_HOME_OPTION: Final = "--home"
_BRIEF: Final = frozenset({"estimate", "match"})
"""Commands over within seconds, whose memory goes with the process: looking for garbage cost a tenth of their time."""
_OBJECTS: Final = 1_000_000
"""New objects after which such a command looks for garbage all the same: one that first builds its index makes more."""


class _Group(NamedTuple):
    """A group of commands: the file that holds it, and commands of it that live in other files."""

    file: str
    more: Mapping[str, str] = {}


_ENTRIES: Final[Mapping[str, str | _Group]] = {
    "estimate": "estimate.estimate",
    "match": "match.match",
    "batch": "batch.batch",
    "bom": _Group("bom"),
    "catalogue": _Group(
        "catalogue",
        {
            "import": "catalogue_sources.import_datasets",
            "sources": "catalogue_sources.list_sources",
            "remove": "catalogue_sources.remove",
            "diff": "catalogue_changes.diff",
            "export": "catalogue_changes.export",
        },
    ),
    "references": _Group("references"),
    "index": _Group("index"),
    "eval": _Group("evaluation"),
    "review": _Group("review", {"list": "review_queue.list_proposals", "bulk": "review_queue.bulk"}),
    "audit": _Group("audit"),
    "user": _Group("user"),
    "rerun": "rerun.rerun",
    "train": "train.train",
    "serve": "serve.serve",
    "mcp": "mcp.mcp",
    "doctor": "doctor.doctor",
    "export": "export.export",
}
"""In the order of ``--help``."""


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if asked:
        typer.echo(f"firstprint {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
]


def root(
    home: options.Home = None,
    version: Version = False,  # noqa: FBT002
) -> None:
    """A first, honest carbon footprint for a product, from a plain description.

    Exit codes: 0 done; 1 the run found something wrong and says what; 2 bad input, with one message on stderr.
    """


def application(names: Sequence[str] = tuple(_ENTRIES)) -> typer.Typer:
    """The command line with some of its commands, all by default."""
    made = typer.Typer(
        name="firstprint",
        cls=CommandGroup,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    made.callback()(root)
    for name in names:
        entry = _ENTRIES[name]
        if isinstance(entry, _Group):
            made.add_typer(_group(name), name=name)
        else:
            made.command(name)(_function(entry))
    return made


@cache
def _group(name: str) -> typer.Typer:
    file, more = cast("_Group", _ENTRIES[name])
    group: typer.Typer = _file(file).app
    for command, place in more.items():
        group.command(command)(_function(place))
    return group


def _file(name: str) -> ModuleType:
    return importlib.import_module(f"firstprint.cli.{name}")


def _function(place: str) -> Any:  # noqa: ANN401 - a command, whatever it takes
    file, name = place.split(".")
    return getattr(_file(file), name)


def _asked(arguments: Sequence[str]) -> str:
    """The command that is called, the first argument that is neither an option nor the home folder."""
    left = iter(arguments)
    for one in left:
        if one == _HOME_OPTION:
            next(left, "")
        elif not one.startswith("-"):
            return one
    return ""


def __getattr__(name: str) -> typer.Typer:
    """``app``: the whole command line."""
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = made = application()
    return made


def main() -> None:
    """Runs the command line; the console script ``firstprint``."""
    # Help, completion and a mistyped name need all commands; a command that is named needs itself alone.
    name = "" if os.environ.get(_COMPLETION) else _asked(sys.argv[1:])
    if name in _BRIEF:
        gc.set_threshold(_OBJECTS)
    try:
        (application([name]) if name in _ENTRIES else application())()
    finally:
        gc.freeze()  # else the interpreter looks through all objects again before it ends
