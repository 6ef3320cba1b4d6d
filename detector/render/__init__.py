"""Renders a verdict as one line, a terminal report, JSON or a web page.

Rendering decides nothing: the verdict already holds all labels, thresholds and numbers. rich and jinja2 are imported
when they are used, so that a batch that only writes JSON starts faster.
"""

import math

from detector.render.data import as_dict, as_json, error_as_dict
from detector.render.page import as_html, as_html_fragment
from detector.render.words import TITLE, count, probability_words, rewriting_words, visible
from detector.verdict import Label, Verdict

__all__ = [
    "as_dict",
    "as_html",
    "as_html_fragment",
    "as_json",
    "as_line",
    "as_text",
    "error_as_dict",
    "rewriting_words",
]


def as_line(verdict: Verdict) -> str:
    """Returns the verdict in one line.

    >>> from detector.verdict import Label, Quality
    >>> nan = float("nan")
    >>> as_line(Verdict(Label.CLEAN, 0.03, 0.9, 0.5, Quality(62.0, ()), (), (), (), 410, "", "", source="a.txt"))
    'a.txt: clean, probability 0.03, quality 62, 410 words, 0 marks'
    >>> as_line(Verdict(Label.TOO_SHORT, nan, 0.9, 0.5, Quality(nan, ()), (), (), (), 3, "", "", source="b.txt"))
    'b.txt: too short to judge, 3 words, 0 marks'
    """
    said = [TITLE[verdict.label].lower() if verdict.label is not Label.NOT_ENGLISH else "not English"]
    if verdict.disguise:
        said.append("disguised")
    if not math.isnan(verdict.probability):
        said.append(f"probability {probability_words(verdict.probability)}")
    if not math.isnan(verdict.quality.score):
        said.append(f"quality {verdict.quality.score:.0f}")
    said.append(count(verdict.words, "word"))
    said.append(count(len(verdict.evidence), "mark"))
    return f"{visible(verdict.source)}: {', '.join(said)}"


def as_text(verdict: Verdict, *, width: int = 80, color: bool = False) -> str:
    """Returns the report for a terminal or a pipe; see :func:`detector.render.terminal.as_text`."""
    from detector.render.terminal import as_text as render

    return render(verdict, width=width, color=color)
