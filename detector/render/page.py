"""The report as an HTML page: marked article, tables, bars. It runs no script and loads nothing.

The article, its source name and every wording are untrusted. The templates escape them, and a content security policy
is the second defence.
"""

from hashlib import sha256
from math import isnan

from detector.render import words as say
from detector.render.document import document, look
from detector.render.markup import greyed, marked
from detector.render.templating import render
from detector.verdict import Verdict


def as_html(verdict: Verdict) -> str:
    """Returns the report as one self-contained page that can be mailed, printed and opened without a network."""
    return document(f"{say.headline(verdict)}: {verdict.source} - unspin", look(), _body(verdict))


def as_html_fragment(verdict: Verdict) -> str:
    """Returns the report for a notebook cell or another page: a style element and one ``div``."""
    return f"<style>\n{look()}</style>\n{_body(verdict)}"


def _body(verdict: Verdict) -> str:
    table = say.rows(verdict)
    lines = marked(verdict.text, verdict.sentences, say.marks(table, len(verdict.text)))
    drawn = [piece.place for line in lines for sentence in line for piece in sentence.pieces if piece.last]
    # A row links back to the first mark with its number.
    first = {number: mark for mark in reversed(drawn) if mark for number in mark.numbers}
    return render(
        "verdict.html",
        verdict=verdict,
        judged=not isnan(verdict.probability),
        table=table,
        lines=lines,
        grey=greyed(verdict.text, verdict.skipped),
        first=first,
        # One notebook may show several reports, so their link targets must differ.
        prefix="u" + sha256(repr((verdict.text, verdict.source, verdict.signature)).encode()).hexdigest()[:8],
    )
