"""Draws the marked article: each odd word choice is shaded, with its likely original above it."""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from detector.plots.paper import BETWEEN, FOR_HONEST, FOR_REWRITE, INK, KIND, MONO, SOFT, drawable, known_only
from detector.render.words import TITLE, Mark, Row, marks, probability_words, rows, visible
from detector.verdict import Label, Verdict

_POINTS = 9.0
_ADVANCE = 0.602
"""Width of each letter of the fixed-width font, in ems."""
_LEADING = 2.15
"""Line spacing in ems. It leaves room for the originals between the lines."""
_GLOSS = 0.78
"""Letter size of the originals, relative to the article's."""
_SHORTEST = 4
"""An original is left out if there is room for fewer letters of it than this."""
_BREAKS = "\n\r\x85\u2028\u2029"
_MOST_LETTERS = 100_000

_COLOUR = {Label.SPUN: FOR_REWRITE, Label.SUSPECT: BETWEEN, Label.CLEAN: FOR_HONEST}


class Cell(NamedTuple):
    """The drawn form and the position of one code point, with its accents."""

    at: int
    shown: str
    row: int
    column: int


def marked_text(verdict: Verdict, *, ax: Axes | None = None, width: int = 92, most_lines: int = 60) -> Axes:
    """Draw an article with its marks, each with the most likely original above it.

    Parameters
    ----------
    ax : Axes, optional
        Where to draw. The letters are scaled to fit. By default, a new figure that fits the text.
    width : int
        Letters per line.
    most_lines : int
        The plot ends after this many lines and states how many remain.
    """
    cells = list(lay_out(verdict.text[:_MOST_LETTERS], width))
    lines = cells[-1].row + 1 if cells else 0
    shown = min(lines, most_lines)
    below = 1.0 if lines > shown else 0.2
    ax = _paper(width, shown + 1.3 + below) if ax is None else ax
    ax.set(xlim=(0, width), ylim=(shown + below, -1.3), aspect=_LEADING / _ADVANCE, anchor="NW")
    ax.set_axis_off()
    title = f"{TITLE[verdict.label]} · probability {probability_words(verdict.probability)} · {verdict.source}"
    _set(ax, _letters(drawable(title, MONO, width), 0, -0.8), _COLOUR.get(verdict.label, SOFT), bold=True)
    table = rows(verdict)
    _draw_marks(ax, marks(table, len(verdict.text)), {row.number: row for row in table}, cells, shown)
    _set(ax, [(cell.shown, cell.column, cell.row + 0.55) for cell in cells if cell.row < shown], INK)
    if lines > shown:
        _set(ax, _letters(f"… and {lines - shown} more lines", 0, shown + 0.55), SOFT)
    return ax


def lay_out(text: str, width: int) -> Iterator[Cell]:
    r"""Yield the position of each visible code point when the text is set in lines of ``width`` letters.

    >>> [(cell.shown, cell.row, cell.column) for cell in lay_out("ab cd\ne", 3)]
    [('a', 0, 0), ('b', 0, 1), ('c', 1, 0), ('d', 1, 1), ('e', 2, 0)]
    """
    row = column = 0
    empty = True  # whether the current line is still empty
    for word, breaks in _pieces(text):
        if breaks:
            if not empty:
                row, column, empty = row + 1, 0, True
            continue
        length = sum(len(shown) for _, shown in word)
        if not empty and column + 1 + length > width:
            row, column = row + 1, 0
        elif not empty:
            column += 1
        for at, shown in word:
            if column and column + len(shown) > width:
                row, column = row + 1, 0
            yield Cell(at, shown, row, column)
            column += len(shown)
        empty = False


def _pieces(text: str) -> Iterator[tuple[list[tuple[int, str]], bool]]:
    """Yield words, as pairs of offset and drawn form, and line breaks, in order."""
    word: list[tuple[int, str]] = []
    for at, character in enumerate(text):
        if character.isspace():
            if word:
                yield word, False
                word = []
            if character in _BREAKS and not _goes_on(text, at):
                yield [], True
        elif word and unicodedata.combining(character):
            # An accent takes no room of its own. Many accents on one letter are an attack.
            if len(word[-1][1]) < 3:
                word[-1] = (word[-1][0], known_only(word[-1][1] + character, MONO))
        else:
            word.append((at, known_only(visible(character), MONO)))
    if word:
        yield word, False


def _goes_on(text: str, at: int) -> bool:
    """Whether a single line break is inside a sentence, as in hard-wrapped text."""
    following = text[at + 2 : at + 3] if text[at : at + 2] == "\r\n" else text[at + 1 : at + 2]
    return following.islower()


def _end(cell: Cell) -> int:
    return cell.column + len(cell.shown)


def _draw_marks(ax: Axes, placed: Sequence[Mark], table: dict[int, Row], cells: Sequence[Cell], shown: int) -> None:
    glosses: list[tuple[int, int, str, str]] = []
    for mark in placed:
        row = table[mark.numbers[0]]
        colour = KIND[mark.kind.key]
        first = bisect_left(cells, mark.span.start, key=lambda cell: cell.at)
        last = bisect_left(cells, mark.span.end, key=lambda cell: cell.at)
        stretch = [cell for cell in cells[first:last] if cell.row < shown]
        for line in sorted({cell.row for cell in stretch}):
            here = [cell for cell in stretch if cell.row == line]
            start, end = here[0].column - 0.12, _end(here[-1]) + 0.12
            shade = Rectangle((start, line + 0.24), end - start, 0.62, color=colour, alpha=0.1 + 0.3 * row.weight, lw=0)
            ax.add_artist(shade)
        if stretch and row.expected:
            glosses.append((stretch[0].row, stretch[0].column, row.expected[0], colour))
    edge = round(ax.get_xlim()[1])
    glosses.append((-1, 0, "", ""))
    for (line, column, original, colour), following in pairwise(glosses):
        room = int(((following[1] if following[0] == line else edge + 1) - column) / _GLOSS) - 1
        if min(len(original), _SHORTEST) > room:
            continue
        _set(ax, _letters(drawable(original, MONO, room), column, line + 0.08, _GLOSS), colour, size=_GLOSS)


def _letters(text: str, column: float, line: float, size: float = 1.0) -> list[tuple[str, float, float]]:
    return [(letter, column + i * size, line) for i, letter in enumerate(text)]


def _set(
    ax: Axes, letters: Sequence[tuple[str, float, float]], colour: str, *, size: float = 1.0, bold: bool = False
) -> None:
    """Draw letters as one outline, so that each is exactly in its column at every resolution."""
    outlines = []
    scale = np.array([size / _ADVANCE, -size / _LEADING])
    for shown, column, line in letters:
        if not shown.isspace():
            outline = _outline(shown)
            at = np.array([column, line + 0.17 * size])
            outlines.append(Path(np.asarray(outline.vertices) * scale + at, outline.codes))
    if outlines:
        # Not add_patch: it would walk along every curve to find limits that are already set.
        ax.add_artist(PathPatch(Path.make_compound_path(*outlines), color=colour, lw=0.5 if bold else 0.0))


@lru_cache(maxsize=4096)
def _outline(shown: str) -> Path:
    """Returns the letter's outline, one em high, from the baseline."""
    return TextPath((0, 0), shown.replace("$", r"\$"), size=1, prop=FontProperties(family=MONO), usetex=False)


def _paper(width: int, lines: float) -> Axes:
    size = (width * _ADVANCE * _POINTS / 72, lines * _LEADING * _POINTS / 72)
    return plt.figure(figsize=size).add_axes((0.0, 0.0, 1.0, 1.0))
