"""Phrase patterns: which common words and pairs of them a text uses, compared with human news.

Language models write `however`, `additionally` and `, with`. A translation into another language and back has `this is`
and `very`, but few of `would have`, `going to` and particles (`out`, `up`), which other languages lack. Rule-based
engines translate articles and prepositions word by word. So words that name no subject reveal rewriters even if every
word fits its place. The list that most spinners share writes `inside the`, `as a result of` and `in these days`, which
are good English and look normal to n-grams. Function words reveal translations (Baroni & Bernardini 2006; Volansky,
Ordan & Wintner 2015) and language models (Kobak et al. 2025).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from features.document import Document, Span
from features.feature import Column, Evidence, Measurement, unmeasured
from features.language_model.analysis import Analyst
from features.language_model.phrase_table import PhraseTable, items_at, rates_of

LEAST = 40
"""Smallest number of words from which phrase patterns are measured."""

LEAST_TIMES = 3.0
"""How many times as often as published news rewrites must have a phrase that is marked."""

MOST_MARKS = 12
"""Most marks per 1,000 words. An editor reads every mark."""

_HIGHEST = 30.0
_KINDS = {
    "dictionary": ("spinners", "spinners that use the most widespread list"),
    "language_model": ("language models", "language models that polish a text"),
    "translation": ("machine translation", "text translated into another language and back"),
    "rule_based": ("word-for-word machine translation", "rough, word-for-word translation"),
}
"""Each kind of rewriting, as a mark names it and as its column describes it."""

# Log-odds from which a kind of rewriting may give marks. Hardly any published news reaches it.
_NEAR = -3.0
# Prior odds, as for known spinner phrases: one text in nine is rewritten.
_PRIOR_ODDS = 8.0
_STRONGEST = 0.95


@dataclass(frozen=True)
class Phrasing:
    """See the module."""

    analyst: Analyst
    marks: ClassVar[str] = "phrase"
    title: ClassVar[str] = "phrase patterns"
    name: str = "phrasing"
    columns: tuple[Column, ...] = tuple(
        Column(
            f"phrasing_{kind}_log_odds",
            "log-odds",
            -_HIGHEST,
            _HIGHEST,
            f"How typical the combinations of common words are of {rewrites}.",
        )
        for kind, (_, rewrites) in _KINDS.items()
    )

    def measure(self, document: Document) -> Measurement:
        """Return four columns, and marks of the phrases that raise them most.

        A column is NaN for a text of under :data:`LEAST` words, or for a kind that the table lacks.
        """
        table = self.analyst.phrases
        if table is None or len(document.words) < LEAST:
            return unmeasured(self.columns)
        forms = self.analyst.analyse(document).windows.encoded.forms
        log_odds = table.log_odds(forms)
        found = dict(zip(table.kinds, np.clip(log_odds, -_HIGHEST, _HIGHEST).tolist(), strict=True))
        marks = [] if table.times is None else _marks(document, forms, table, table.times, log_odds)
        return Measurement({c.name: found.get(kind_of(c.name), math.nan) for c in self.columns}, marks)


def _marks(
    document: Document,
    forms: Sequence[str],
    table: PhraseTable,
    times: NDArray[np.float16],
    log_odds: NDArray[np.float64],
) -> list[Evidence]:
    """Return marks of the phrases with the largest share of a column, in order of position, without overlaps.

    Only kinds of rewriting that the text resembles count. A phrase is marked once, however often it stands in the text.
    """
    kinds = np.flatnonzero(log_odds > _NEAR)
    if not len(kinds):
        return []
    items, first, last = items_at(forms, table.symbols, table.paired)
    at, rate = rates_of(items, table.items)
    share = np.where(times[np.ix_(kinds, at)] >= LEAST_TIMES, table.weights[np.ix_(kinds, at)] * rate, 0.0)
    share[:, ~table.shown[at]] = 0.0
    best = kinds[share.argmax(axis=0)]
    most = math.ceil(MOST_MARKS * len(document.words) / 1000)
    taken = np.zeros(len(forms), bool)
    marks: list[Evidence] = []
    for i in np.argsort(-share.max(axis=0), kind="stable").tolist():
        if share[:, i].max() <= 0 or len(marks) == most:
            break
        places = np.flatnonzero((items == table.items[at[i]]) & (last - first <= 1))
        free = places[~(taken[first[places]] | taken[last[places]])]
        # A phrase also takes its other places, so that none of its words is marked there.
        taken[first[places]] = taken[last[places]] = True
        if len(free):
            begin, end = int(first[free[0]]), int(last[free[0]])
            span = Span(document.tokens[begin].start, document.tokens[end].end)
            marks.append(_mark(document[span], span, table.kinds[best[i]], float(times[best[i], at[i]])))
    return sorted(marks, key=lambda mark: mark.span)


def _mark(shown: str, span: Span, kind: str, times: float) -> Evidence:
    phrase = " ".join(shown.lower().split())
    message = f"“{phrase}” occurs {times:,.0f} times as often in rewrites by {_KINDS[kind][0]} as in published news."
    return Evidence(Phrasing.name, span, message, (), round(min(_STRONGEST, times / (times + _PRIOR_ODDS)), 4))


def kind_of(column: str) -> str:
    """Return the kind of rewriter that a column is about, as the table names it.

    >>> kind_of("phrasing_rule_based_log_odds")
    'rule_based'
    """
    return column.removeprefix("phrasing_").removesuffix("_log_odds")
