"""The layout of all terminal reports: page width, sections, and tables without rules."""

import io
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from detector.render.words import squeeze, visible

NARROWEST = 40


def printed(blocks: Iterable[RenderableType], *, width: int, widest: int, color: bool) -> str:
    """Returns the blocks one below another, with a final line break and no trailing white space.

    Parameters
    ----------
    width : int
        Columns of the terminal, limited to 40 to ``widest``.
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
        _environ={},  # so that the report is the same everywhere
    )
    for block in blocks:
        console.print(block)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def section(title: str, *content: RenderableType | None) -> RenderableType:
    """Returns an empty line, a heading and its indented content. None is skipped."""
    body = [Padding(part, (0, 0, 0, 2)) for part in content if part is not None]
    return Group(Text(), Text(title, style="bold"), *body)


def table(columns: Iterable[Column], rows: Iterable[Iterable[RenderableType]], *, expand: bool = False) -> Table:
    """Returns a table without rules. Its header row appears if a column has a header."""
    grid = Table(*columns, box=None, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False, expand=expand)
    grid.show_header = any(column.header for column in grid.columns)
    for row in rows:
        grid.add_row(*row)
    return grid


def short(head: str = "", *, right: bool = False) -> Column:
    """Returns a column of short words or numbers, each on one line."""
    return Column(head, justify="right" if right else "left", no_wrap=True)


def wide(head: str = "", ratio: int = 1) -> Column:
    """Returns a column that fills the remaining width."""
    return Column(head, ratio=ratio)


def cell(text: str, style: str = "") -> Text:
    """Returns untrusted text as a table cell, on one line, with hidden characters made visible."""
    return Text(visible(squeeze(text)), style=style, overflow="fold")
