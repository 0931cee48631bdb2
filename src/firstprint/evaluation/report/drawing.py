"""Plots as inline SVG: matplotlib lays them out; colours become CSS variables; foreign text never passes through it.

Matplotlib draws with the fonts of the machine and warns where they lack a glyph, reads ``$`` as mathematics and knows
one colour scheme. So every label is handed to it as a token and put back, escaped, when the SVG is written; colours are
stand-ins that become ``var(--name)``, which the page defines for light and for dark; and points with a tooltip are
written as circles here.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from firstprint.wording import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = (
    "ink", "muted", "grid", "accent", "band", "band2", "card", "good", "bad",
    "s1", "s2", "s3", "s4", "s5", "s6",
    "g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8",
)  # fmt: skip
"""Names of the page's CSS colours: text, baselines (s), groups (g; g0 is every other group)."""
DASHES = ("", "5 2", "2 2", "7 2 2 2", "1 2", "9 3")
"""Dash pattern of each baseline, so that colour is never the only sign."""
_STAND_IN = 0x0A0B00
_TOKEN = re.compile(r"@(m?)(\d+)@")


class Legend(NamedTuple):
    """One entry of a legend, which the page writes as HTML.

    Attributes:
        colour: one of ``COLOURS``.
        mark: ``line``, ``dot``, ``square``, ``diamond``, ``triangle`` or ``band``.
        dash: dash pattern of a line.
    """

    name: str
    colour: str
    mark: str = "line"
    dash: str = ""


class Plot(NamedTuple):
    """A figure of the page.

    Attributes:
        svg: inline SVG, safe to put into HTML as it is.
        caption: what to see, in one sentence computed from the data; also the text for those who cannot see it.
        note: how to read it.
    """

    key: str
    title: str
    svg: str
    caption: str
    note: str = ""
    legend: tuple[Legend, ...] = ()


class Point(NamedTuple):
    """A mark with an optional tooltip, in data coordinates."""

    x: float
    y: float
    colour: str
    mark: str = "dot"
    tooltip: str = ""


def colour(name: str) -> str:
    """The stand-in that becomes ``var(--name)``."""
    return f"#{_STAND_IN + COLOURS.index(name):06x}"


class Canvas:
    """What a drawing function draws on: axes in pixels from the top left, labels and points kept out of matplotlib."""

    def __init__(self, figure: Figure, width: float, height: float) -> None:
        self.figure, self.width, self.height = figure, width, height
        self.texts: list[str] = []
        self.marks: list[str] = []

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Axes between four margins in pixels, bare but for a pale grid."""
        box = (
            left / self.width,
            bottom / self.height,
            (self.width - left - right) / self.width,
            (self.height - top - bottom) / self.height,
        )
        axes = self.figure.add_axes(box)
        axes.patch.set_visible(False)
        axes.set_axisbelow(True)
        # matplotlib would place it beside the tokens, whose width is not that of the labels
        axes.yaxis.set_label_coords((15 - left) / (self.width - left - right), 0.5)
        return axes

    def label(self, text: str, width: int = 0) -> str:
        """A token for the text; cut to ``width`` columns, the whole text then shows as a tooltip."""
        shown = shortened(text, width) if width else text
        tip = f"<title>{clean(text)}</title>" if shown != text else ""
        self.texts.append(clean(shown) + tip)
        return f"@{len(self.texts) - 1}@"

    def points(self, axes: Axes, points: Sequence[Point], radius: float = 2.7) -> None:
        """Puts marks where the axes' limits, which must be set by now, place them."""
        placed = axes.transData.transform([(point.x, point.y) for point in points]) if points else ()
        shapes = [_shape(point, x, self.height - y, radius) for point, (x, y) in zip(points, placed, strict=True)]
        self.marks.append("\n".join(shapes))
        # a line that only keeps the place; matplotlib writes nothing for an empty one
        axes.plot(axes.get_xlim(), axes.get_ylim(), gid=f"slot-{len(self.marks) - 1}", zorder=5)


def _shape(point: Point, x: float, y: float, radius: float) -> str:
    title = f"<title>{clean(point.tooltip)}</title>" if point.tooltip else ""
    style = f'class="pt {point.colour}"'
    if point.mark == "dot":
        return f'<circle {style} cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">{title}</circle>'
    return f'<path {style} d="{mark_path(point.mark, x, y, radius)}">{title}</path>'


def mark_path(mark: str, x: float, y: float, radius: float) -> str:
    """The outline of a square, diamond or triangle around a place."""
    r = radius
    if mark == "square":
        return f"M{x - 0.9 * r:.1f} {y - 0.9 * r:.1f}h{1.8 * r:.1f}v{1.8 * r:.1f}h{-1.8 * r:.1f}z"
    if mark == "diamond":
        d = 1.3 * r
        return f"M{x:.1f} {y - d:.1f}l{d:.1f} {d:.1f}l{-d:.1f} {d:.1f}l{-d:.1f} {-d:.1f}z"
    return f"M{x:.1f} {y - 1.2 * r:.1f}l{1.2 * r:.1f} {2.1 * r:.1f}h{-2.4 * r:.1f}z"


def draw(key: str, width: float, height: float, fill: Callable[[Canvas], None]) -> str:
    """Runs a drawing function on a figure of so many pixels and returns the inline SVG, the same bytes every time."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()  # a matplotlibrc of the user's must not change the report
        parameters: Any = mpl.rcParams
        parameters.update(_style(key))
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        canvas = Canvas(figure, width, height)
        fill(canvas)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return _page_svg(buffer.getvalue().decode("utf-8"), key, canvas)


def _style(key: str) -> dict[str, Any]:
    muted, grid, ink = colour("muted"), colour("grid"), colour("ink")
    return {
        "svg.fonttype": "none", "svg.hashsalt": key, "text.parse_math": False, "axes.unicode_minus": False,
        "font.size": 11, "axes.labelsize": 11, "axes.titlesize": 11.5, "xtick.labelsize": 10.5, "ytick.labelsize": 10.5,
        "axes.grid": True, "grid.color": grid, "grid.linewidth": 0.8, "axes.edgecolor": grid, "axes.linewidth": 0.8,
        "axes.spines.top": False, "axes.spines.right": False, "axes.labelcolor": muted, "axes.titlecolor": ink,
        "xtick.color": grid, "ytick.color": grid, "xtick.labelcolor": muted, "ytick.labelcolor": muted,
        "xtick.major.size": 0, "ytick.major.size": 0, "xtick.major.pad": 8, "ytick.major.pad": 6, "text.color": ink,
        "lines.solid_capstyle": "round",
    }  # fmt: skip


def _page_svg(svg: str, key: str, canvas: Canvas) -> str:
    """From matplotlib's document to a part of an HTML page: own ids, the page's fonts and colours, texts put back."""
    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, flags=re.DOTALL)
    body = re.sub(r'font(-family)?: [^;"]*(; )?', _font_size, body)
    body = re.sub(r'<g id="slot-(\d+)">.*?</g>', r"<g>@m\1@</g>", body, flags=re.DOTALL)
    used = set(re.findall(r'(?:xlink:href="|url\()#([^")]+)', body))
    body = re.sub(r' id="([^"]+)"', lambda found: f' id="{key}-{found[1]}"' if found[1] in used else "", body)
    body = re.sub(r'(xlink:href="|url\()#', lambda found: f"{found[1].removeprefix('xlink:')}#{key}-", body)
    body = re.sub(r"#0a0b([0-9a-f]{2})", lambda found: f"var(--{COLOURS[int(found[1], 16)]})", body)
    body = re.sub(r"\s*\n\s*", "\n", body)
    # last and in one pass: what a foreign text says is never looked at again
    body = _TOKEN.sub(lambda found: (canvas.marks if found[1] else canvas.texts)[int(found[2])], body)
    box = f"0 0 {canvas.width:g} {canvas.height:g}"
    return f'<svg role="img" aria-labelledby="{key}-caption" viewBox="{box}">{body}</svg>'


def _font_size(found: re.Match[str]) -> str:
    """Older matplotlibs write ``font: 10px family``, newer ones a size and a family apart."""
    size = re.match(r"font: (\S+px)", found[0])
    return f"font-size: {size[1]}; " if size else ""


def clean(text: str) -> str:
    """Text fit for HTML and SVG: escaped, without characters that no document may hold."""
    return escape(printable(text), quote=True)


def printable(text: str) -> str:
    """The text with control characters and lone surrogates shown as a replacement sign."""
    return "".join(
        "\ufffd" if unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" else letter for letter in text
    )
