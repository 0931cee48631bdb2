"""What a user sees when something cannot be done: one message, one hint, an exit code; never a traceback."""

from __future__ import annotations

import functools
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.exceptions import Abort, TyperException

from firstprint.errors import FaultsError, FirstprintError

BAD_INPUT: Final = 2
FAULT_FOUND: Final = 1
INTERRUPTED: Final = 130
INTERNAL: Final = 70
"""Exit codes: as PRODUCT.md has them, plus the shell's for Ctrl-C and ``EX_SOFTWARE`` of sysexits.h."""

FAULTS_SHOWN = 50


class CommandGroup(TyperGroup):
    """The root command: whatever goes wrong below it becomes one message and an exit code."""

    def main(  # the signature is typer's
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Runs the command line and exits; the one place where errors meet the user."""
        arguments = list(sys.argv[1:] if args is None else args)
        # Typer would print errors its own way in standalone mode; here each is raised and reported below.
        run = functools.partial(
            super().main,
            arguments,
            prog_name,
            complete_var,
            standalone_mode=False,
            windows_expand_args=windows_expand_args,
            **extra,
        )
        sys.exit(_outcome(run, as_json="--json" in arguments))


def _outcome(run: Callable[[], object], *, as_json: bool) -> int:
    """The exit code of a run, after whatever went wrong has been told."""
    try:
        code = run()
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as stop:
        return _reader_left(stop)
    except (KeyboardInterrupt, Abort):
        typer.echo("Interrupted.", err=True)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line before the user: any fault of ours ends here
        return _told(error, as_json=as_json)
    return code if isinstance(code, int) else 0


def _told(error: Exception, *, as_json: bool) -> int:
    if isinstance(error, FirstprintError):
        report(error, as_json=as_json)
        return BAD_INPUT
    if isinstance(error, TyperException):
        if error.format_message():  # without a message typer has shown the help: no command was given
            report(_usage_error(error), as_json=as_json)
            return error.exit_code
        return 0
    if isinstance(error, OSError):
        refused = f"The system refused to read or write: {error}."
        report(
            FirstprintError(refused, hint="Check the path, its rights and the free space.", code="system"),
            as_json=as_json,
        )
        return BAD_INPUT
    _report_internal(error, as_json=as_json)
    return INTERNAL


def report(error: FirstprintError, *, as_json: bool) -> None:
    """The rule, the message, what to do: in words or as one JSON object, on stderr."""
    if as_json:
        problem: dict[str, object] = {"error": error.code, "message": error.message, "hint": error.hint}
        if isinstance(error, FaultsError):
            problem["faults"] = list(error.faults)
        typer.echo(json.dumps(problem, ensure_ascii=False), err=True)
        return
    message = f"{error.message}  [{error.code}]"
    if isinstance(error, FaultsError):
        shown = (f"  - {fault}" for fault in error.faults[:FAULTS_SHOWN])
        more = len(error.faults) - FAULTS_SHOWN
        message = "\n".join([message, *shown, *([f"  … and {more} more"] if more > 0 else [])])
    _say(message, error.hint)


def _say(message: str, hint: str) -> None:
    """Writes ``error: …`` in red where stderr is a terminal that wants colour."""
    coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    typer.echo(f"{typer.style('error', fg='red', bold=True) if coloured else 'error'}: {message}", err=True)
    if hint:
        typer.echo(f"       {hint}", err=True)


def _usage_error(error: TyperException) -> FirstprintError:
    """A wrong command or option, with the way to the help of the command that was meant."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "firstprint"
    return FirstprintError(error.format_message(), hint=f"See: {command} --help", code="usage")


def _report_internal(error: Exception, *, as_json: bool) -> None:
    if os.environ.get("FIRSTPRINT_DEBUG"):
        traceback.print_exception(error)
    summary = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    hint = "Please report it; run with FIRSTPRINT_DEBUG=1 for the traceback."
    report(FirstprintError(f"internal error, {summary}", hint=hint, code="internal"), as_json=as_json)


def _reader_left(stop: BaseException) -> int:
    """The program that read our output has closed it (``| head``): nothing is wrong, and nothing more is written.

    Typer and rich answer a closed pipe by ending the program; any other end is let through.
    """
    if isinstance(stop, SystemExit) and not isinstance(stop.__context__, BrokenPipeError):
        raise stop
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    return 0
