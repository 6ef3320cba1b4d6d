"""The report as a page: marked article, tables, bars. No script, nothing loaded from anywhere, everything escaped.

The article, its source name and every wording are a stranger's text. They reach the page through :func:`esc` and
:func:`isolated` alone; a content security policy stands behind them.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from detector.render import words as say
from detector.render.document import document, look
from detector.render.markup import cut, esc, isolated, paragraphs, percent
from detector.verdict import Label, Verdict
from features.document import Span


def as_html(verdict: Verdict) -> str:
    """The report as one self-contained page that can be mailed, printed and opened without a network."""
    title = f"{say.TITLE[verdict.label]}: {verdict.source}"
    return document(f"{title} - unspin", look(), _body(verdict))


def as_html_fragment(verdict: Verdict) -> str:
    """The report for a notebook cell or another page: a style element and one ``div``, with no names outside it."""
    return f"<style>\n{look()}</style>\n{_body(verdict)}"


def _body(verdict: Verdict) -> str:
    # Several reports may stand in one notebook: the targets of their links must differ.
    prefix = "u" + sha256(repr((verdict.text, verdict.source, verdict.signature)).encode()).hexdigest()[:8]
    table = say.rows(verdict)
    targets: set[int] = set()
    parts = [
        f'<div class="unspin {verdict.label.value.replace("_", "-")}">\n',
        _head(verdict),
        '<div class="columns">\n',
        _article(verdict, table, prefix, targets),
        _tables(verdict, table, prefix, targets),
        "</div>\n",
        _reasons(verdict),
        _quality(verdict),
        _how_to_read(verdict),
        f'<footer><code class="signature">{esc(verdict.signature)}</code></footer>\n',
        "</div>\n",
    ]
    return "".join(parts)


def _head(verdict: Verdict) -> str:
    note = f'<p class="note">{esc(verdict.note)}</p>\n' if verdict.note else ""
    kind = say.rewriting_statement(verdict)
    like = f'<p class="like">{esc(kind)}</p>\n' if kind else ""
    return (
        "<header>\n"
        f'<p class="source">{isolated(verdict.source)} <span class="count">{say.count(verdict.words, "word")}</span></p>\n'
        f'<h1><span class="label">{say.TITLE[verdict.label]}</span></h1>\n'
        f'<p class="statement">{esc(say.capital(say.statement(verdict)))}</p>\n'
        f"{like}{note}{_gauge(verdict)}"
        "</header>\n"
    )


def _gauge(verdict: Verdict) -> str:
    if math.isnan(verdict.probability):
        return ""
    suspect, spun = verdict.suspect_threshold, verdict.threshold
    said = say.probability_words(verdict.probability)
    return (
        '<div class="gauge">\n'
        f'<p class="figure"><strong>{said}</strong> probability of a machine rewrite</p>\n'
        '<div class="scale" aria-hidden="true">'
        f'<span class="zone zone-clean" style="width:{percent(suspect)}"></span>'
        f'<span class="zone zone-suspect" style="width:{percent(spun - suspect)}"></span>'
        f'<span class="zone zone-spun" style="width:{percent(1 - spun)}"></span>'
        f'<span class="needle" style="left:{percent(verdict.probability)}"></span>'
        "</div>\n"
        f'<p class="ticks" aria-hidden="true"><span class="zone-clean">clean below {say.threshold_words(suspect)}</span> '
        f'<span class="zone-suspect">suspect from {say.threshold_words(suspect)}</span> '
        f'<span class="zone-spun">spun from {say.threshold_words(spun)}</span></p>\n'
        f"<p>{esc(say.probability_meaning(verdict))} {esc(say.threshold_meaning(verdict))}</p>\n"
        "</div>\n"
    )


# --- the article ---------------------------------------------------------------------------------------------------


def _article(verdict: Verdict, table: Sequence[say.Row], prefix: str, targets: set[int]) -> str:
    """The marked text. ``targets`` is filled with the numbers of the rows that have a place in it."""
    if not verdict.text.strip():
        return ""
    by_number = {row.number: row for row in table}
    placed = say.marks(table, len(verdict.text))
    made = []
    for paragraph in paragraphs(verdict.text):
        pieces = _pieces(verdict, placed, paragraph, by_number, prefix, targets)
        made.append(f'<p dir="auto">{"".join(pieces)}</p>\n')
    return f'<section class="article" aria-label="The article with marks">\n{"".join(made)}</section>\n'


def _pieces(
    verdict: Verdict,
    placed: Sequence[say.Mark],
    paragraph: Span,
    by_number: dict[int, say.Row],
    prefix: str,
    targets: set[int],
) -> Iterator[str]:
    """The paragraph as HTML: sentences carry the shading, marks lie within sentences."""
    for span, sentence in cut(verdict.sentences, paragraph):
        inner = "".join(_marked(verdict, placed, span, by_number, prefix, targets))
        if sentence is None or math.isnan(sentence.probability):
            yield inner
        else:
            p = f"{min(1.0, max(0.0, sentence.probability)):.2f}"
            yield f'<span class="sentence" style="--p:{p}">{inner}</span>'


def _marked(
    verdict: Verdict,
    placed: Sequence[say.Mark],
    stretch: Span,
    by_number: dict[int, say.Row],
    prefix: str,
    targets: set[int],
) -> Iterator[str]:
    """A stretch of text with its marks as links to their rows; a mark that runs past it is closed and opened again."""
    for span, mark in cut(placed, stretch):
        wording = esc(verdict.text[span.start : span.end])
        if mark is None:
            yield wording
            continue
        row = by_number[mark.numbers[0]]
        number = f"<sup>{_numbers(mark.numbers, prefix, targets)}</sup>" if span.end == mark.span.end else ""
        yield (
            f'<a class="mark k-{mark.kind.key}" href="#{prefix}-m{row.number}" data-tip="{esc(_tip(row))}">'
            f"<span>{wording}</span>{number}</a>"
        )


def _numbers(numbers: Iterable[int], prefix: str, targets: set[int]) -> str:
    """Row numbers as they stand at a mark; where one appears first is where its row links back to."""
    shown = []
    for number in numbers:
        shown.append(str(number) if number in targets else f'<span id="{prefix}-t{number}">{number}</span>')
        targets.add(number)
    return ",".join(shown)


def _tip(row: say.Row) -> str:
    if not row.expected:
        return say.squeeze(row.message) or row.kind.title
    likely = "likely original" if row.substitution else "better"
    return f"{likely}: {say.squeeze(', '.join(row.expected[:3]))}"


# --- the tables ----------------------------------------------------------------------------------------------------


def _tables(verdict: Verdict, table: Sequence[say.Row], prefix: str, targets: set[int]) -> str:
    substitutions = [row for row in table if row.substitution]
    others = [row for row in table if not row.substitution]
    parts = ['<section class="tables" aria-label="Marks">\n']
    if substitutions:
        parts += [
            (
                '<h2>Likely substitutions</h2>\n<table class="marks">\n<thead><tr><th></th><th>In the text</th>'
                '<th>Likely original</th><th class="number">Times</th><th class="number">Weight</th></tr></thead>\n<tbody>\n'
            ),
            *(_substitution(row, _opening(row, prefix, targets)) for row in substitutions),
            "</tbody>\n</table>\n",
        ]
    if others:
        parts += [
            f"<h2>{'Also marked' if substitutions else 'Marked'}</h2>\n",
            (
                '<table class="marks">\n<thead><tr><th></th><th>In the text</th><th>What is odd</th>'
                '<th class="number">Times</th></tr></thead>\n<tbody>\n'
            ),
            *(_other(row, _opening(row, prefix, targets)) for row in others),
            "</tbody>\n</table>\n",
        ]
    if not table and not math.isnan(verdict.probability):
        parts.append('<p class="nothing">No wording was marked.</p>\n')
    used = {row.kind for row in table}
    if used:
        keys = "".join(
            f'<li><span class="mark k-{k.key}"><span>{k.title}</span></span></li>' for k in say.KINDS if k in used
        )
        parts.append(f'<ul class="legend" aria-label="Colours of the marks">{keys}</ul>\n')
    return "".join([*parts, "</section>\n"])


def _substitution(row: say.Row, opening: str) -> str:
    first, *rest = row.expected[:3]
    others = f'<span class="rest">, {", ".join(map(isolated, rest))}</span>' if rest else ""
    return (
        f"{opening}"
        f'<td>{isolated(first)}{others}</td><td class="number">{len(row.places)}</td>'
        f'<td class="number weight"><span class="bar" style="--w:{percent(row.weight)}">{row.weight:.2f}</span></td></tr>\n'
    )


def _other(row: say.Row, opening: str) -> str:
    better = f" Better: {', '.join(map(isolated, row.expected[:3]))}." if row.expected else ""
    return (
        f"{opening}"
        f'<td>{isolated(row.message or row.kind.title)}{better}</td><td class="number">{len(row.places)}</td></tr>\n'
    )


def _opening(row: say.Row, prefix: str, targets: set[int]) -> str:
    number = str(row.number)
    if row.number in targets:
        number = f'<a href="#{prefix}-t{number}" aria-label="mark {number} in the article">{number}</a>'
    return (
        f'<tr id="{prefix}-m{row.number}"><td class="number">{number}</td>'
        f'<td><span class="mark k-{row.kind.key}"><span>{isolated(row.wording)}</span></span></td>'
    )


# --- what stands behind the verdict --------------------------------------------------------------------------------

_MOST_REASONS = 8


def _reasons(verdict: Verdict) -> str:
    if not verdict.contributions:
        return ""
    largest = max((abs(reason.log_odds) for reason in say.reasons(verdict.contributions)), default=1.0) or 1.0
    return (
        '<section class="reasons">\n'
        f"{_side('What speaks for a rewrite', 'for-rewrite', say.for_rewrite(verdict.contributions), largest)}"
        f"{_side('What speaks for honest copy', 'for-honest', say.for_honest_copy(verdict.contributions), largest)}"
        "</section>\n"
    )


def _side(title: str, css: str, reasons: Sequence[say.Reason], largest: float) -> str:
    items = "".join(
        f'<li><span class="bar {css}" style="--w:{percent(abs(r.log_odds) / largest)}">{r.log_odds:+.2f}</span>'
        f"<strong>{esc(r.title)}</strong>{esc(say.reason_value(r))}"
        f"<small>{esc(r.strongest.meaning)}</small></li>\n"
        for r in reasons[:_MOST_REASONS]
    )
    smaller = len(reasons) - _MOST_REASONS
    rest = f'<li class="rest">and {smaller} smaller</li>\n' if smaller > 0 else ""
    nothing = "" if reasons else '<li class="rest">nothing that was measured</li>\n'
    return f"<div>\n<h2>{title}</h2>\n<ul>\n{items}{rest}{nothing}</ul>\n</div>\n"


def _quality(verdict: Verdict) -> str:
    quality = verdict.quality
    if math.isnan(quality.score):
        return ""
    return (
        '<section class="quality">\n'
        f'<h2>Quality <span class="score">{quality.score:.0f}</span> of 100</h2>\n'
        f"<p>{esc(say.quality_meaning(quality))}</p>\n"
        f"<ul>\n{''.join(_quality_parts(verdict))}</ul>\n</section>\n"
    )


def _quality_parts(verdict: Verdict) -> Iterator[str]:
    for part in verdict.quality.parts:
        known = not math.isnan(part.percentile)
        bar = (
            f'<span class="bar" style="--w:{percent(part.percentile / 100)}"></span>'
            if known
            else '<span class="bar unknown"></span>'
        )
        standing = esc(say.percentile_words(part.percentile)) if known else ""
        yield (
            f"<li>{bar}<strong>{esc(part.name.replace('_', ' '))}</strong> "
            f"{esc(say.value_words(part.value, part.unit))} <em>{standing}</em><small>{esc(part.meaning)}</small></li>\n"
        )


def _how_to_read(verdict: Verdict) -> str:
    return (
        '<details class="help"><summary>How to read this page</summary>\n'
        f"{''.join(f'<p>{esc(line)}</p>' for line in _help(verdict.label))}\n</details>\n"
    )


def _help(label: Label) -> Iterable[str]:
    yield (
        "unspin looks for articles that a program has reworded: wire stories put through a synonym spinner, a round "
        "trip of machine translation or a paraphrasing model. It does not look for text that a language model wrote "
        "from nothing, and it cannot tell who did the rewriting."
    )
    yield (
        "A number beside a marked word leads to its row in the table. The wording there under “likely original” is "
        "what would fit that place best; it is a guess, made without knowing the source story. Weight, from 0 to 1, "
        "says how telling a mark is on its own."
    )
    yield (
        "The darker a sentence is shaded, the likelier that sentence was reworded. Short sentences are not shaded: "
        "they are too short to say."
    )
    yield (
        "Bars to either side show what moved the score and how far, in log-odds: +0.69 doubles the odds of a rewrite, "
        "-0.69 halves them. A bar holds all that one feature measured; the figure beside it is its strongest measure."
    )
    if label in (Label.SPUN, Label.SUSPECT):
        yield (
            "Before you act on this report, compare the story with its likely source. A person writing in a second "
            "language can leave some of the same traces."
        )
