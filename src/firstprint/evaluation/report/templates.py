"""Fills the templates of the pages: escaping is always on, and nothing comes from a network."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from firstprint.evaluation.report.drawing import Legend, mark_path, printable
from firstprint.evaluation.report.glossary import NO_SPREAD
from firstprint.evaluation.report.numbers import plural
from firstprint.evaluation.report.verdict import STANDINGS
from firstprint.evaluation.report.worst import pairs_caption

if TYPE_CHECKING:
    from jinja2 import Environment

_SHORT = 200
_LONGEST = 20_000


def write_html(path: Path, template: str, **context: object) -> None:
    """Writes a template filled with the context.

    Raises:
        OSError: the file cannot be written.
    """
    text = _environment().get_template(template).render(**context)
    path.write_bytes(text.encode("utf-8", "replace"))


def _environment() -> Environment:
    """Templates with escaping always on: product texts come from anyone."""
    from jinja2 import DictLoader, Environment, StrictUndefined
    from markupsafe import Markup

    folder = resources.files("firstprint.evaluation.report")
    files = {name: (folder / name).read_text("utf-8") for name in ("page.html", "overview.html", "parts.html")}
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=DictLoader(files),
        finalize=_printable,
    )  # fmt: skip
    css = (folder / "page.css").read_text("utf-8")
    environment.globals.update(
        css=Markup(css),  # noqa: S704 our own file
        svg=lambda plot: Markup(plot.svg),  # noqa: S704 drawn here, every text in it escaped
        swatch=lambda entry: Markup(_swatch(entry)),  # noqa: S704 our own shapes
        standings=STANDINGS,
        no_spread=NO_SPREAD,
        pairs_caption=pairs_caption,
        plural=plural,
        short=_SHORT,
        longest=_LONGEST,
    )
    environment.filters["units"] = _units
    return environment


def _printable(value: object) -> object:
    """Control characters and lone surrogates shown as a sign, in every text the templates put out."""
    return printable(value) if type(value) is str else value


def _units(text: str) -> str:
    """Keeps a percent sign on the line of its figure."""
    return text.replace(" %", "\u00a0%")


def _swatch(entry: Legend) -> str:
    """The small drawing beside a legend's name."""
    ink = f"var(--{entry.colour})"
    if entry.mark == "line":
        dash = f' stroke-dasharray="{entry.dash}"' if entry.dash else ""
        shape = f'<path d="M1 6h22" fill="none" style="stroke:{ink}" stroke-width="2.4"{dash}/>'
    elif entry.mark == "band":
        shape = f'<rect x="1" y="1" width="22" height="10" rx="2" style="fill:{ink}"/>'
    elif entry.mark == "dot":
        shape = f'<circle cx="12" cy="6" r="4" style="fill:{ink}"/>'
    else:
        shape = f'<path d="{mark_path(entry.mark, 12, 6, 4)}" style="fill:{ink}"/>'
    return f'<svg class="swatch" viewBox="0 0 24 12" aria-hidden="true">{shape}</svg>'
