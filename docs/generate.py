"""Writes docs/cli.md, docs/settings.md and the JSON schemas from the code: run it after changing any of these.

``python docs/generate.py`` writes, ``--check`` only says whether they are current (exit code 1 when not).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from typer.main import get_command

from firstprint.cli.main import app
from firstprint.domain.bill_of_materials import BillResult
from firstprint.domain.product import Record
from firstprint.domain.proposal import MatchResult, Proposal
from firstprint.exporters.pact_extension import ExtensionData
from firstprint.exporters.record_json import RecordsFile
from firstprint.settings import Settings

HERE = Path(__file__).parent


def cli_page() -> str:
    """Every command with its arguments and options."""
    command = get_command(app)
    lines = [
        "# Command line",
        "",
        "Written by `docs/generate.py` from the code; `firstprint COMMAND --help` shows the same.",
        "",
        *_command(command, "firstprint", level=2),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _command(command: Any, path: str, level: int) -> Iterator[str]:  # noqa: ANN401
    yield f"{'#' * level} `{path}`"
    yield ""
    yield (command.help or "").strip()
    yield ""
    shown = [each for each in command.params if each.name not in {"help", "install_completion", "show_completion"}]
    arguments = [each for each in shown if each.param_type_name == "argument"]
    usage = " ".join(
        [path, *(_metavar(each) for each in arguments), "[OPTIONS]" if len(shown) > len(arguments) else ""]
    )
    yield f"```\n{usage.strip()}{' COMMAND …' if hasattr(command, 'commands') else ''}\n```"
    yield ""
    yield from _table(shown)
    for name, sub in getattr(command, "commands", {}).items():
        yield from _command(sub, f"{path} {name}", min(level + 1, 4))


def _metavar(argument: Any) -> str:  # noqa: ANN401
    return argument.metavar if argument.required else f"[{argument.metavar}]"


def _table(params: list[Any]) -> Iterator[str]:
    if not params:
        return
    yield "| option | value | meaning |"
    yield "|---|---|---|"
    for each in params:
        name = each.metavar if each.param_type_name == "argument" else ", ".join(f"`{opt}`" for opt in each.opts)
        switch = getattr(each, "is_flag", False)
        value = "" if switch or each.param_type_name == "argument" else (each.metavar or "")
        default = "" if switch or each.default in (None, ()) or each.required else f" Default: `{each.default}`."
        yield f"| {name} | {value} | {_cell(each.help or '')}{default} |".replace("en|zh", "en\\|zh")
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split())


def settings_page() -> str:
    """Every setting with its variable, type, default and meaning."""
    lines = [
        "# Settings",
        "",
        "Written by `docs/generate.py` from the code. Each is an environment variable; `--home` overrides its own.",
        "",
        "| variable | type | default | meaning |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "the platform's user data folder" if field.default_factory else _default(field.default)
        lines.append(f"| `FIRSTPRINT_{name.upper()}` | {_type(field.annotation)} | {default} | {field.description} |")
    lines.append("| `FIRSTPRINT_DEBUG` | any | unset | Show the traceback of an internal error. |")
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    return "unset" if value is None else f"`{value}`"


def _type(annotation: Any) -> str:  # noqa: ANN401
    kinds = [each for each in get_args(annotation) or (annotation,) if each is not type(None)]
    if all(isinstance(each, str) for each in kinds):
        return " or ".join(f"`{each}`" for each in kinds)
    return " or ".join(
        {"SecretStr": "secret", "str": "text", "int": "whole number", "float": "number", "Path": "folder"}.get(
            each.__name__, each.__name__
        )
        for each in kinds
    )


def record_schema() -> str:
    """JSON schema of what ``estimate --json`` prints."""
    return _schema(Proposal)


def match_schema() -> str:
    """JSON schema of what ``match --json`` prints."""
    return _schema(MatchResult)


def bom_schema() -> str:
    """JSON schema of what ``bom --json`` prints."""
    return _schema(BillResult)


def records_file_schema() -> str:
    """JSON schema of what ``export --format json`` writes."""
    return _schema(RecordsFile)


def pact_extension_schema() -> str:
    """JSON schema of ``data`` in the extension of a PACT footprint."""
    return _schema(ExtensionData)


def _schema(record: type[Record]) -> str:
    return json.dumps(record.model_json_schema(mode="serialization"), indent=1, ensure_ascii=False) + "\n"


PAGES = {
    "cli.md": cli_page,
    "settings.md": settings_page,
    "record.schema.json": record_schema,
    "match.schema.json": match_schema,
    "bom.schema.json": bom_schema,
    "records-file.schema.json": records_file_schema,
    "pact-extension.schema.json": pact_extension_schema,
}


def main() -> int:
    """Writes the pages, or with ``--check`` names those that are not current."""
    stale = [name for name, page in PAGES.items() if _text(HERE / name) != page()]
    for name in stale:
        if "--check" in sys.argv[1:]:
            sys.stderr.write(f"docs/{name} is not current: run python docs/generate.py\n")
        else:
            (HERE / name).write_text(PAGES[name](), encoding="utf-8")
    return 1 if stale and "--check" in sys.argv[1:] else 0


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
