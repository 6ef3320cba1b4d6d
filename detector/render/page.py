"""The report as a page: marked article, tables, bars. No script, nothing loaded from anywhere, everything escaped.

The article, its source name and every wording are a stranger's text. The templates escape them, and a content security
policy stands behind them.
"""

from hashlib import sha256
from math import isnan

from detector.render import words as say
from detector.render.document import document, look
from detector.render.markup import marked
from detector.render.templating import render
from detector.verdict import Verdict


def as_html(verdict: Verdict) -> str:
    """The report as one self-contained page that can be mailed, printed and opened without a network."""
    return document(f"{say.TITLE[verdict.label]}: {verdict.source} - unspin", look(), _body(verdict))


def as_html_fragment(verdict: Verdict) -> str:
    """The report for a notebook cell or another page: a style element and one ``div``, with no names outside it."""
    return f"<style>\n{look()}</style>\n{_body(verdict)}"


def _body(verdict: Verdict) -> str:
    table = say.rows(verdict)
    lines = marked(verdict.text, verdict.sentences, say.marks(table, len(verdict.text)))
    drawn = [piece.place for line in lines for sentence in line for piece in sentence.pieces if piece.last]
    # Where a row's number appears first is where the row links back to.
    first = {number: mark for mark in reversed(drawn) if mark for number in mark.numbers}
    return render(
        "verdict.html",
        verdict=verdict,
        judged=not isnan(verdict.probability),
        table=table,
        lines=lines,
        first=first,
        # Several reports may stand in one notebook: the targets of their links must differ.
        prefix="u" + sha256(repr((verdict.text, verdict.source, verdict.signature)).encode()).hexdigest()[:8],
    )
