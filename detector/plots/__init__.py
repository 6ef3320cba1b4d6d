"""Plots of verdicts, words and scores, for notebooks and reports. They need matplotlib (extra ``plot``).

>>> from detector import check, plots
>>> axes = plots.marked_text(check("Too short to say."))

Every function draws into ``ax`` or a new figure and returns the axes. Articles are untrusted: matplotlib never parses
their text as mathematics or TeX, and hidden characters are made visible.
"""

from detector.errors import UnspinError
from detector.extras import missing_from, needs

if absent := missing_from("plot"):
    raise UnspinError(needs("detector.plots", "plot", absent))

from detector.plots.article import marked_text
from detector.plots.scores import reliability, scores_by_outlet
from detector.plots.why import contributions
from detector.plots.windows import word_strip, word_window

__all__ = ["contributions", "marked_text", "reliability", "scores_by_outlet", "word_strip", "word_window"]
