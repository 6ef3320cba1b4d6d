"""A verdict as JSON for the page, schema ``unspin.view/1``.

The server places the marks, because verdict offsets count code points and JavaScript counts UTF-16 units. The page gets
HTML with numbered marks, and the text cut at the same marks. It joins these pieces to build the cleaned text.

Templates escape all untrusted text. The page inserts the other strings as plain text. The page's content security
policy forbids inline styles, so lengths are SVG attributes.
"""

import math
from typing import Any

from detector.render import words as say
from detector.render.data import as_dict, dump
from detector.render.templating import render
from detector.tracing.answer import Trace
from detector.verdict import Label, Verdict
from detector.web.found_sources import found_sources
from detector.web.marking import MOST_SUGGESTIONS, article, marks, pieces

SCHEMA = "unspin.view/1"

_NOT_SAID = {
    Label.SPUN: "The verdict does not say who did it, why, or whether the facts are wrong.",
    Label.SUSPECT: "The verdict does not say that the article was probably rewritten.",
    Label.CLEAN: "The verdict does not say that nothing was copied. unspin misses many round trips of machine translation "
    "and most paraphrase by language models.",
    Label.TOO_SHORT: "This result is neither good nor bad.",
    Label.NOT_ENGLISH: "This result is neither good nor bad.",
}
_TITLE_LENGTH = 90


def view_json(verdict: Verdict, note: str = "", found: Trace | str | None = None) -> bytes:
    """Returns the result of :func:`view` as one line of JSON in UTF-8.

    Parameters
    ----------
    note : str
        What the reader should know about the input (such as a guessed encoding), in addition to the verdict's note.
    found : Trace or str, optional
        The sources of the article, or why the archive could not be searched.
    """
    return dump(view(verdict, note, found), indent=None).encode()


def view(verdict: Verdict, note: str = "", found: Trace | str | None = None) -> dict[str, Any]:
    """Returns everything that the page shows about one verdict, as plain values."""
    table = say.rows(verdict)
    placed = say.marks(table, len(verdict.text))
    judged = not math.isnan(verdict.probability)
    return {
        "schema": SCHEMA,
        "title": title_of(verdict.text),
        "source": say.visible(verdict.source),
        "label": verdict.label.value,
        "label_words": say.headline(verdict),
        "probability_words": say.probability_words(verdict.probability) if judged else "",
        "words": verdict.words,
        "head": str(
            render("page_head.html", verdict=verdict, judged=judged, note=note, not_said=_NOT_SAID[verdict.label])
        ),
        "article": article(verdict, placed),
        "pieces": pieces(verdict.text, placed),
        "marks": marks(verdict, placed, {row.number: row for row in table}),
        "rows": [_row(row) for row in table],
        "kinds": [
            {"key": kind.key, "title": kind.title, "places": sum(mark.kind == kind for mark in placed)}
            for kind in say.KINDS
            if any(mark.kind == kind for mark in placed)
        ],
        "reasons": str(render("page_why.html", verdict=verdict)),
        "quality": "" if math.isnan(verdict.quality.score) else str(render("page_quality.html", verdict=verdict)),
        "sources": None if found is None else found_sources(verdict, found),
        "verdict": as_dict(verdict),
    }


def title_of(text: str) -> str:
    r"""Returns the first line of a text, shortened, as the article's title in a list.

    >>> title_of("  Talks end \n\nMore")
    'Talks end'
    """
    line = next((line for line in text.splitlines() if line.strip()), "")
    line = say.visible(say.squeeze(line))
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1].rstrip() + "…"


def _row(row: say.Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind.key,
        "title": row.kind.title,
        "wording": say.visible(row.wording),
        "expected": [say.visible(say.squeeze(wording)) for wording in row.expected[:MOST_SUGGESTIONS]],
        "message": say.visible(say.squeeze(row.message)),
        "weight": round(row.weight, 3),
        "strength": row.strength,
        "substitution": row.substitution,
        "places": len(row.places),
    }
