"""Unusual word sequences: how far a text is from published news, and word pairs that should occur there but do not.

Surprise alone does not separate spun from human news, because rare subjects are surprising too. It serves the quality
score and tells the classifier how well it knows the subject. Pairs of *common* words that never meet in tens of
millions of words are typical seams of a rewrite: `accepted to`, `ready to ongoing`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from features.document import Document, Span
from features.feature import NAN, Column, Evidence, Measurement, rate_column, unmeasured
from features.language_model.analysis import Analyst
from features.language_model.ngrams import BOUNDARY, UNKNOWN, Floats
from features.language_model.windows import inside, pairs

MARK = 2.5
"""Surprise of an unseen pair, log(1 + expected count), from which it is marked: chance would give eleven pairs."""

_QUOTED_MIN = 20


@dataclass(frozen=True)
class NgramOddity:
    """See the module."""

    analyst: Analyst
    marks: ClassVar[str] = "fluency"
    title: ClassVar[str] = "unusual word sequences"
    name: str = "ngram_oddity"
    columns: tuple[Column, ...] = (
        Column(
            "ngram_surprise_nats_per_word",
            "nats per word",
            0,
            40,
            "How unexpected the average word is after the two words before it.",
        ),
        Column(
            "ngram_surprise_90th_percentile_nats",
            "nats",
            0,
            40,
            "How unexpected the most unexpected 10% of words are, at least.",
        ),
        Column("ngram_surprise_spread_nats", "nats", 0, 40, "How unevenly the unexpected words are spread."),
        Column(
            "unseen_pairs_share",
            "share",
            0,
            1,
            "Pairs of known words that never occur together in the published news we compare with.",
        ),
        rate_column(
            "impossible_pairs_per_1000_words",
            "Pairs of common words that never occur together in published news, although chance alone would bring them together.",
        ),
        rate_column(
            "unknown_words_per_1000_words", "Lower-case words that the published news we compare with does not contain."
        ),
        Column(
            "ngram_quote_contrast_nats",
            "nats",
            -40,
            40,
            "How much more unexpected the prose is than the quoted speech.",
        ),
    )

    def measure(self, document: Document) -> Measurement:
        """Return columns and marks of one document."""
        analysis = self.analyst.analyse(document)
        surprise = analysis.windows.surprise
        n = len(surprise)
        if not n:
            return unmeasured(self.columns)
        ngrams = self.analyst.resources.ngrams
        encoded = analysis.windows.encoded
        stream, at = encoded.stream, encoded.position
        first, second = stream[at], stream[at + 1]
        seen, deficit = pairs(ngrams, first, second)
        judged = (first > BOUNDARY) & (second > BOUNDARY)
        tokens = document.tokens
        starts = document.bounds[analysis.windows.token, 0]
        words = encoded.ids[analysis.windows.token]
        values = {
            "ngram_surprise_nats_per_word": float(surprise.mean()),
            "ngram_surprise_90th_percentile_nats": float(np.quantile(surprise, 0.9)),
            "ngram_surprise_spread_nats": float(surprise.std()),
            "unseen_pairs_share": float((~seen[judged]).mean()) if judged.any() else NAN,
            "impossible_pairs_per_1000_words": 1000.0 * float((deficit > MARK).sum()) / n,
            "unknown_words_per_1000_words": 1000.0 * float((words == UNKNOWN).mean()),
            "ngram_quote_contrast_nats": _contrast(surprise, inside(document, starts)),
        }
        marks = []
        for i in np.flatnonzero(deficit > MARK):
            if i + 1 >= len(tokens) or not (
                document.text[tokens[i].start].isalpha() and document.text[tokens[i + 1].start].isalpha()
            ):
                continue
            span = Span(tokens[i].start, tokens[i + 1].end)
            times = np.expm1(deficit[i])
            message = (
                f"“{document[span]}”: these two common words never occur together in the published news we compare with, "
                f"although chance alone would give {times:,.0f} times"
            )
            marks.append(Evidence(self.name, span, message, (), round(float(min(0.9, deficit[i] / 10.0)), 4)))
        return Measurement(values, tuple(marks))


def _contrast(surprise: Floats, quoted: NDArray[np.bool_]) -> float:
    if min(quoted.sum(), (~quoted).sum()) < _QUOTED_MIN:
        return NAN
    return float(surprise[~quoted].mean() - surprise[quoted].mean())
