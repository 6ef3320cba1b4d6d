"""Text quality, independent of the verdict: the rank of an article among published news."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from detector.verdict import Quality, QualityPart


@dataclass(frozen=True)
class Part:
    """A column that measures quality. Lower is better for all of them."""

    name: str
    column: str
    unit: str
    meaning: str


PARTS = (
    Part(
        "grammar",
        "grammar_errors_per_1000_words",
        "errors per 1,000 words",
        "Grammar and spelling errors outside quotes.",
    ),
    Part("wording", "odd_synonyms_mean_log_odds", "log-odds", "How odd the word choice is."),
    Part("fluency", "ngram_surprise_nats_per_word", "nats per word", "How unusual the word sequences are."),
)


def rate(values: Mapping[str, float], reference: Mapping[str, list[float]]) -> Quality:
    """Rank measured columns among published news.

    Parameters
    ----------
    values : mapping
        Column name to value; NaN if it could not be measured.
    reference : mapping
        Column name to 101 quantiles over published news.
    """
    parts = []
    for part in PARTS:
        value, quantiles = values.get(part.column, math.nan), reference.get(part.column)
        if quantiles is None or math.isnan(value):
            percentile = math.nan
        else:
            middle = (bisect_left(quantiles, value) + bisect_right(quantiles, value)) / 2.0
            percentile = round(100.0 - min(max(middle, 0.0), 100.0), 1)
        parts.append(QualityPart(part.name, value, part.unit, percentile, part.meaning))
    known = [p.percentile for p in parts if not math.isnan(p.percentile)]
    return Quality(round(sum(known) / len(known), 1) if known else math.nan, tuple(parts))
