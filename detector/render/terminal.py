"""The report for a terminal: verdict, marked article, likely originals, reasons for and against, quality.

Without colour the marks are brackets and numbers that survive a pipe; with colour they are coloured as well.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from detector.render import words as say
from detector.render.console import bare_table, cell, printed, section
from detector.verdict import Label, Verdict

# A line longer than this is hard to read, however wide the window is.
WIDEST = 100
MOST_SUBSTITUTIONS = 25
MOST_OTHERS = 12
MOST_REASONS = 5
# An article this long would push the verdict off every screen; the rest is in the page and the JSON.
LONGEST = 20_000

_LABEL_STYLE = {
    Label.CLEAN: "bold green",
    Label.SUSPECT: "bold yellow",
    Label.SPUN: "bold red",
    Label.TOO_SHORT: "bold",
    Label.NOT_ENGLISH: "bold",
}
_MARK_STYLE = {
    say.WORDING.key: "bold magenta",
    say.NAME.key: "bold blue",
    say.TELLTALE.key: "bold red",
    say.GRAMMAR.key: "yellow",
    say.FLUENCY.key: "cyan",
    say.CHARACTERS.key: "reverse red",
    say.OTHER.key: "underline",
}


def as_text(verdict: Verdict, *, width: int = 80, color: bool = False) -> str:
    """The report, ending in a line break.

    Parameters
    ----------
    width : int
        Columns of the terminal; used between 40 and 100.
    color : bool
        Whether to write ANSI colours. Nothing is said by colour alone.
    """
    return printed(_report(verdict), width=width, widest=WIDEST, color=color)


def _report(verdict: Verdict) -> Iterator[RenderableType]:
    table = say.rows(verdict)
    substitutions = [row for row in table if row.substitution]
    others = [row for row in table if not row.substitution]
    shown = [*substitutions[:MOST_SUBSTITUTIONS], *others[:MOST_OTHERS]]

    yield _head(verdict)
    if verdict.text.strip():
        yield section("The article", _article(verdict, shown))
    if substitutions:
        yield section(
            "Likely originals",
            _substitutions(substitutions[:MOST_SUBSTITUTIONS]),
            _rest(len(substitutions) - MOST_SUBSTITUTIONS),
        )
    if others:
        yield section(
            "Also marked" if substitutions else "Marked",
            _others(others[:MOST_OTHERS]),
            _rest(len(others) - MOST_OTHERS),
        )
    if verdict.contributions:
        yield section("Reasons for a machine rewrite", *_reasons(say.reasons_for(verdict.contributions)))
        yield section("Reasons against", *_reasons(say.reasons_against(verdict.contributions)))
    if not math.isnan(verdict.quality.score):
        yield section(f"Quality {verdict.quality.score:.0f} of 100", *_quality(verdict))
    yield Text()
    yield Text(say.visible(verdict.signature), style="dim")


def _head(verdict: Verdict) -> RenderableType:
    line = Text(say.TITLE[verdict.label], style=_LABEL_STYLE[verdict.label])
    line.append(f": {say.statement(verdict)}", style="not bold default")
    lines = [line]
    if kind := say.rewriting_statement(verdict):
        lines.append(Text(say.visible(kind)))
    lines.append(Text(f"{say.visible(verdict.source)} - {say.count(verdict.words, 'word')}", style="dim"))
    if verdict.note:
        lines.append(Text(f"Note: {say.visible(verdict.note)}"))
    if not math.isnan(verdict.probability):
        number, sentence = say.error_rate(verdict)
        figure = Text(f"{number} {sentence}. " if number else "", style="bold")
        figure.append(f"Probability {say.probability_words(verdict.probability)}. ", style="bold")
        figure.append(say.probability_meaning(verdict), style="not bold")
        lines += [Text(), figure, Text(say.threshold_meaning(verdict))]
    return Group(*lines)


def _rest(hidden: int) -> Text | None:
    return Text(f"and {hidden:,} more (see --json or --html)", style="dim") if hidden > 0 else None


def _article(verdict: Verdict, shown: Iterable[say.Row]) -> Text:
    text = verdict.text
    end = len(text)
    if end > LONGEST:
        end = max(text.rfind(" ", 0, LONGEST), text.rfind("\n", 0, LONGEST)) + 1 or LONGEST
    marked = Text()
    at = 0
    for mark in say.marks(shown, end):
        marked.append(_plain(text[at : mark.span.start]))
        wording = _plain(text[mark.span.start : mark.span.end])
        style = _MARK_STYLE[mark.kind.key]
        # Brackets around several words say where the mark begins.
        marked.append(f"[{wording}]" if any(c.isspace() for c in wording) else wording, style=style)
        marked.append(f"[{','.join(map(str, mark.numbers))}]", style=style)
        at = mark.span.end
    marked.append(_plain(text[at:end]))
    marked.rstrip()
    if end < len(text):
        marked.append("\n\n(the rest of the article is in --html)", style="dim")
    return marked


def _plain(text: str) -> str:
    unix = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return say.visible(unix, keep="\n")


def _substitutions(table: Sequence[say.Row]) -> Table:
    grid = bare_table(heads=True)
    grid.add_column("", justify="right", no_wrap=True)
    grid.add_column("in the article", ratio=3)
    grid.add_column("likely original", ratio=4)
    grid.add_column("times", justify="right", no_wrap=True)
    grid.add_column("strength", no_wrap=True)
    grid.add_column("kind", no_wrap=True)
    for row in table:
        grid.add_row(
            f"[{row.number}]",
            cell(row.wording, _MARK_STYLE[row.kind.key]),
            cell(", ".join(row.expected[:3])),
            _times(row),
            row.strength,
            Text(row.kind.title, style="dim"),
        )
    return grid


def _times(row: say.Row) -> str:
    return f"x{len(row.places)}" if len(row.places) > 1 else ""


def _others(table: Sequence[say.Row]) -> Table:
    grid = bare_table()
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(max_width=28)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(ratio=1)
    for row in table:
        message = cell(row.message or row.kind.title)
        if row.expected:
            message.append(f" Better: {say.visible(say.squeeze(', '.join(row.expected[:3])))}.")
        grid.add_row(f"[{row.number}]", cell(row.wording, _MARK_STYLE[row.kind.key]), _times(row), message)
    return grid


def _reasons(reasons: Sequence[say.Reason]) -> list[RenderableType]:
    if not reasons:
        return [Text("none measured", style="dim")]
    grid = bare_table()
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    for reason in reasons[:MOST_REASONS]:
        told = cell(reason.title)
        if reason.meaning:
            told.append(f". {say.visible(say.squeeze(reason.meaning))}", style="dim")
        grid.add_row(reason.strength, told)
    weaker = len(reasons) - MOST_REASONS
    return [grid, Text(f"and {weaker} weaker (see --json or --html)", style="dim")] if weaker > 0 else [grid]


def _quality(verdict: Verdict) -> list[RenderableType]:
    grid = bare_table()
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_column(ratio=1)
    for part in verdict.quality.parts:
        grid.add_row(
            cell(say.quality_part(part.name)),
            cell(say.plain_value(part.value, part.unit)),
            cell(say.percentile_words(part.percentile)),
        )
    return [grid, Text(say.quality_meaning(verdict.quality), style="dim")]
