"""Phrase patterns: which common words and pairs of them a text uses, compared with human news.

Language models write `however`, `additionally` and `, with`. A translation into another language and back has `this is`
and `very`, but few of `would have`, `going to` and particles (`out`, `up`), which other languages lack. Rule-based
engines translate articles and prepositions word by word. So words that name no subject reveal rewriters even if every
word fits its place. The list that most spinners share writes `inside the`, `as a result of` and `in these days`, which
are good English and look normal to n-grams. Function words reveal translations (Baroni & Bernardini 2006; Volansky,
Ordan & Wintner 2015) and language models (Kobak et al. 2025).
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from features.document import Document
from features.feature import Column, Measurement, unmeasured
from features.language_model.analysis import Analyst

LEAST = 40
"""Smallest number of words from which phrase patterns are measured."""

_HIGHEST = 30.0


@dataclass(frozen=True)
class Phrasing:
    """See the module."""

    analyst: Analyst
    marks: ClassVar[str] = "fluency"
    title: ClassVar[str] = "phrase patterns"
    name: str = "phrasing"
    columns: tuple[Column, ...] = (
        Column(
            "phrasing_dictionary_log_odds",
            "log-odds",
            -_HIGHEST,
            _HIGHEST,
            "How typical the combinations of common words are of spinners that use the most widespread list.",
        ),
        Column(
            "phrasing_language_model_log_odds",
            "log-odds",
            -_HIGHEST,
            _HIGHEST,
            "How typical the combinations of common words are of language models that polish a text.",
        ),
        Column(
            "phrasing_translation_log_odds",
            "log-odds",
            -_HIGHEST,
            _HIGHEST,
            "How typical the combinations of common words are of text translated into another language and back.",
        ),
        Column(
            "phrasing_rule_based_log_odds",
            "log-odds",
            -_HIGHEST,
            _HIGHEST,
            "How typical the combinations of common words are of rough, word-for-word translation.",
        ),
    )

    def measure(self, document: Document) -> Measurement:
        """Return four columns: NaN for a text of under :data:`LEAST` words, or for a kind that the table lacks."""
        table = self.analyst.phrases
        if table is None or len(document.words) < LEAST:
            return unmeasured(self.columns)
        forms = self.analyst.analyse(document).windows.encoded.forms
        found = dict(zip(table.kinds, np.clip(table.log_odds(forms), -_HIGHEST, _HIGHEST).tolist(), strict=True))
        return Measurement({c.name: found.get(kind_of(c.name), math.nan) for c in self.columns}, ())


def kind_of(column: str) -> str:
    """Return the kind of rewriter that a column is about, as the table names it.

    >>> kind_of("phrasing_rule_based_log_odds")
    'rule_based'
    """
    return column.removeprefix("phrasing_").removesuffix("_log_odds")
