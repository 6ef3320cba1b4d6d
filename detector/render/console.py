"""What every report for a terminal is made with: a page of its width, sections, and tables without lines."""

import io
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from detector.render.words import squeeze, visible

NARROWEST = 40


def printed(blocks: Iterable[RenderableType], *, width: int, widest: int, color: bool) -> str:
    """The blocks one below another, ending in a line break; no line has white space at its end.

    Parameters
    ----------
    width : int
        Columns of the terminal; used between 40 and ``widest``.
    color : bool
        Whether to write ANSI colours.
    """
    out = io.StringIO()
    console = Console(
        file=out,
        width=max(NARROWEST, min(width, widest)),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},  # the same report everywhere
    )
    for block in blocks:
        console.print(block)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def section(title: str, *content: RenderableType | None) -> RenderableType:
    """A heading with its content, indented, below an empty line; None is left out."""
    body = [Padding(part, (0, 0, 0, 2)) for part in content if part is not None]
    return Group(Text(), Text(title, style="bold"), *body)


def table(columns: Iterable[Column], rows: Iterable[Iterable[RenderableType]], *, expand: bool = False) -> Table:
    """A table without lines; with heads where a column has one."""
    grid = Table(*columns, box=None, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False, expand=expand)
    grid.show_header = any(column.header for column in grid.columns)
    for row in rows:
        grid.add_row(*row)
    return grid


def short(head: str = "", *, right: bool = False) -> Column:
    """A column of short words or numbers, each on one line."""
    return Column(head, justify="right" if right else "left", no_wrap=True)


def wide(head: str = "", ratio: int = 1) -> Column:
    """A column that takes the room that others leave."""
    return Column(head, ratio=ratio)


def cell(text: str, style: str = "") -> Text:
    """A stranger's words in a table, on one line, with hidden characters made visible."""
    return Text(visible(squeeze(text)), style=style, overflow="fold")
