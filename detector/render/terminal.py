"""The report for a terminal: verdict, marked article, likely originals, reasons for and against, quality.

Marks are brackets and numbers, which survive a pipe. On request they are coloured as well.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from detector.render import words as say
from detector.render.console import cell, printed, section, short, table, wide
from detector.verdict import Label, Quality, Verdict

# Longer lines are hard to read, even in a wide window.
WIDEST = 100
MOST_SUBSTITUTIONS = 25
MOST_OTHERS = 12
MOST_REASONS = 5
# A longer article would push the verdict off the screen. The page and the JSON hold the whole article.
LONGEST = 20_000
_SKIPPED = "~ "
"""Stands before a line that was not judged."""

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
    say.PHRASE.key: "bright_cyan",
    say.CHARACTERS.key: "reverse red",
    say.OTHER.key: "underline",
}


def as_text(verdict: Verdict, *, width: int = 80, color: bool = False) -> str:
    """Returns the report with a final line break.

    Parameters
    ----------
    width : int
        Columns of the terminal, limited to 40 to 100.
    color : bool
        Whether to write ANSI colours. Colour never carries information alone.
    """
    return printed(_report(verdict), width=width, widest=WIDEST, color=color)


def _report(verdict: Verdict) -> Iterator[RenderableType]:
    rows = say.rows(verdict)
    swaps = [row for row in rows if row.substitution]
    others = [row for row in rows if not row.substitution]
    shown, more = swaps[:MOST_SUBSTITUTIONS], others[:MOST_OTHERS]

    yield _head(verdict)
    if verdict.text.strip():
        yield section("The article", _article(verdict, [*shown, *more]))
    if swaps:
        yield section("Likely originals", _swaps(shown), _rest(len(swaps) - len(shown)))
    if others:
        yield section("Also marked" if swaps else "Marked", _others(more), _rest(len(others) - len(more)))
    if verdict.contributions:
        yield section("Reasons for a machine rewrite", *_reasons(say.reasons_for(verdict.contributions)))
        yield section("Reasons against", *_reasons(say.reasons_against(verdict.contributions)))
    if not math.isnan(verdict.quality.score):
        yield section(f"Quality {verdict.quality.score:.0f} of 100", *_quality(verdict.quality))
    yield Text()
    yield Text(say.visible(verdict.signature), style="dim")


def _head(verdict: Verdict) -> RenderableType:
    style = _LABEL_STYLE[Label.SUSPECT if verdict.disguise and verdict.label is Label.CLEAN else verdict.label]
    line = Text(say.headline(verdict), style=style)
    line.append(f": {say.statement(verdict)}", style="not bold default")
    lines = [line]
    if kind := say.rewriting_statement(verdict):
        lines.append(Text(say.visible(kind)))
    lines.append(Text(f"{say.visible(verdict.source)} - {say.count(verdict.words, 'word')}", style="dim"))
    lines += [
        Text(f"Note: {say.visible(note)}")
        for note in (verdict.note, say.skipped_words(verdict, f"They are marked with {_SKIPPED.strip()}"))
        if note
    ]
    if not math.isnan(verdict.probability):
        number, sentence = say.error_rate(verdict)
        figure = Text(f"{number} {sentence}. " if number else "", style="bold")
        figure.append(f"Probability {say.probability_words(verdict.probability)}. ", style="bold")
        figure.append(say.probability_meaning(verdict), style="not bold")
        lines += [Text(), figure, Text(say.threshold_meaning(verdict))]
    if caution := say.caution(verdict):
        lines.append(Text(caution))
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

    def unmarked(until: int) -> None:
        nonlocal at
        for span in verdict.skipped:
            if at <= span.start and span.end <= until:
                marked.append(_plain(text[at : span.start]))
                marked.append(_plain(_SKIPPED + text[span.start : span.end].lstrip()), style="dim")
                at = span.end
        marked.append(_plain(text[at:until]))

    for mark in say.marks(shown, end):
        unmarked(mark.span.start)
        wording = _plain(text[mark.span.start : mark.span.end])
        style = _MARK_STYLE[mark.kind.key]
        # Brackets around several words show where the mark begins.
        marked.append(f"[{wording}]" if any(c.isspace() for c in wording) else wording, style=style)
        marked.append(f"[{','.join(map(str, mark.numbers))}]", style=style)
        at = mark.span.end
    unmarked(end)
    marked.rstrip()
    if end < len(text):
        marked.append("\n\n(the rest of the article is in --html)", style="dim")
    return marked


def _plain(text: str) -> str:
    unix = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return say.visible(unix, keep="\n")


def _swaps(rows: Sequence[say.Row]) -> Table:
    columns = (
        short(right=True),
        wide("in the article", 3),
        wide("likely original", 4),
        short("times", right=True),
        short("strength"),
        short("kind"),
    )
    return table(
        columns,
        (
            (
                f"[{row.number}]",
                cell(row.wording, _MARK_STYLE[row.kind.key]),
                cell(", ".join(row.expected[:3])),
                _times(row),
                row.strength,
                Text(row.kind.title, style="dim"),
            )
            for row in rows
        ),
    )


def _times(row: say.Row) -> str:
    return f"x{len(row.places)}" if len(row.places) > 1 else ""


def _others(rows: Sequence[say.Row]) -> Table:
    def told(row: say.Row) -> Text:
        better = f" Better: {', '.join(row.expected[:3])}." if row.expected else ""
        return cell(f"{row.message or row.kind.title}{better}")

    return table(
        (short(right=True), Column(max_width=28), short(right=True), wide()),
        ((f"[{r.number}]", cell(r.wording, _MARK_STYLE[r.kind.key]), _times(r), told(r)) for r in rows),
    )


def _reasons(reasons: Sequence[say.Reason]) -> list[RenderableType]:
    if not reasons:
        return [Text("none measured", style="dim")]
    rows = [(r.strength, Text(". ").join([cell(r.title), cell(r.meaning, "dim")])) for r in reasons[:MOST_REASONS]]
    weaker = len(reasons) - MOST_REASONS
    rest = [Text(f"and {weaker} weaker (see --json or --html)", style="dim")] if weaker > 0 else []
    return [table((short(), wide()), rows), *rest]


def _quality(quality: Quality) -> list[RenderableType]:
    rows = [
        tuple(
            map(cell, (say.quality_part(p.name), say.plain_value(p.value, p.unit), say.percentile_words(p.percentile)))
        )
        for p in quality.parts
    ]
    return [table((short(), Column(), wide()), rows), Text(say.quality_meaning(quality), style="dim")]
