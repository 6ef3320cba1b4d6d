"""Whether a text is written like news: its short words, capitals, figures, quotes and sentences.

A rewriter changes nouns, verbs and adjectives. How often a text has `the`, `said`, `I` and `if`, and how many names and
figures, depends on the genre (Mosteller & Wallace 1964; Biber 1988). Essays, papers, fiction and old prose look odd to
a model of news for honest reasons. This feature recognises them, rewritten or not.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from features.document import Document
from features.feature import Column, Measurement, unmeasured
from features.language_model.analysis import Analyst
from features.language_model.register import rates

LEAST = 40
"""Smallest number of words from which the register is measured."""


@dataclass(frozen=True)
class NewsRegister:
    """See the module."""

    analyst: Analyst
    marks: ClassVar[str] = "fluency"
    title: ClassVar[str] = "written like news"
    name: str = "news_register"
    columns: tuple[Column, ...] = (
        Column(
            "news_register_log_odds",
            "log-odds",
            -30,
            30,
            "How much the article is written like news, compared with essays, papers, fiction and old prose.",
        ),
    )

    def measure(self, document: Document) -> Measurement:
        """Return one column: NaN for a text of under :data:`LEAST` words."""
        register = self.analyst.register
        if register is None or len(document.words) < LEAST:
            return unmeasured(self.columns)
        forms = self.analyst.analyse(document).windows.encoded.forms
        measured = rates(document, forms, self.analyst.resources.ngrams, register.words)
        return Measurement({self.columns[0].name: float(np.clip(register.log_odds(measured), -30.0, 30.0))}, ())
