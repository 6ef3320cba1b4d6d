"""What all plots share: axes, the colours of the report, and safe drawing of untrusted text."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.font_manager import get_font
from matplotlib.text import Text

from detector.render.words import squeeze, visible

INK, SOFT, LINE = "#1d2126", "#5c636b", "#d9d5cb"
FOR_REWRITE, FOR_HONEST, BETWEEN = "#9d2b20", "#2c6e52", "#8d6200"
SERIES = ("#2b55a2", "#9c2c6c", "#1f6f78", "#8d6200", "#5c636b", "#2c6e52")
KIND = {
    "wording": "#9c2c6c",
    "name": "#2b55a2",
    "telltale": "#9d2b20",
    "grammar": "#8d6200",
    "fluency": "#1f6f78",
    "phrase": "#4f6b1f",
    "characters": "#b3001b",
    "other": "#5c636b",
}
"""The colours of marks by kind, as in the HTML report."""

SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"
"""matplotlib ships these fonts, so plots are the same on every machine and no text causes a missing-font warning."""

_FILES = {SANS: "DejaVuSans.ttf", MONO: "DejaVuSansMono.ttf"}


def axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Returns the given axes, or those of a new figure of this size in inches."""
    if ax is not None:
        return ax
    made: Axes = plt.subplots(figsize=size, layout="constrained")[1]
    return made


def open_frame(ax: Axes, *, keep: tuple[str, ...] = ("left", "bottom")) -> None:
    """Hide the sides of the frame that carry no scale."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in keep)
        spine.set_color(LINE)
    ax.tick_params(colors=SOFT, labelsize=9)


def drawable(text: str, font: str = SANS, most: int = 200) -> str:
    r"""Returns untrusted text on one line of at most ``most`` characters.

    Hidden characters are made visible; � replaces characters that the font lacks.

    >>> drawable("a\nb\u202ec \U0001f525")
    'a b<U+202E>c �'
    """
    shown = known_only(visible(squeeze(text[: 10 * most])), font)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def known_only(text: str, font: str) -> str:
    """Returns the text with � for every character that the font lacks."""
    known = _characters(font)
    return "".join(c if ord(c) in known else "�" for c in text)


def write(ax: Axes, x: float, y: float, text: str, **settings: Any) -> Text:  # noqa: ANN401 - matplotlib's
    """Draw a text on the axes without parsing it as mathematics or TeX."""
    return ax.text(x, y, drawable(text), family=SANS, parse_math=False, usetex=False, **settings)


def label_rows(ax: Axes, names: Sequence[str], most: int = 60) -> None:
    """Name the rows 0, 1, ... of the vertical axis."""
    ax.set_yticks(range(len(names)), [drawable(name, most=most) for name in names])
    for written in ax.get_yticklabels():
        written.set_parse_math(False)
        written.set_usetex(False)
        written.set_fontfamily(SANS)


def note_at_end(ax: Axes, y: float, text: str) -> None:
    """Draw a short trusted note at the right end of the axes, at a height in data coordinates."""
    ax.annotate(
        text,
        (1.0, y),
        (4, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        color=SOFT,
        fontsize=8,
    )


def label_axes(ax: Axes, x: str, y: str | None = None) -> None:
    """Label the axes; an axis without a name stays as it is."""
    ax.set_xlabel(x, color=SOFT, fontsize=9)
    if y is not None:
        ax.set_ylabel(y, color=SOFT, fontsize=9)


def frame_rows(ax: Axes, x: str) -> None:
    """Format the frame for named rows: a scale below, grid lines behind the bars, and no sides."""
    ax.grid(axis="x", color=LINE, lw=0.6)
    ax.set_axisbelow(True)
    open_frame(ax, keep=("bottom",))
    ax.tick_params(axis="y", length=0, colors=INK)
    label_axes(ax, x)


def say_nothing(ax: Axes, why: str) -> Axes:
    """Returns an empty plot that states why it is empty."""
    ax.set_axis_off()
    write(ax, 0.5, 0.5, why, ha="center", va="center", color=SOFT, transform=ax.transAxes)
    return ax


@cache
def _characters(font: str) -> frozenset[int]:
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / _FILES[font]
    return frozenset(get_font([path]).get_charmap())
