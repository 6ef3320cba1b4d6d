"""Text quality, independent of the verdict: the rank of an article among published news."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from detector.verdict import Quality, QualityPart
from features.feature import Evidence, per_1000


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
        "Grammar errors outside quotes. Most published news has none, so an article without errors has no rank here.",
    ),
    Part("wording", "odd_synonyms_mean_log_odds", "log-odds", "How odd the word choice is."),
    Part("fluency", "ngram_surprise_nats_per_word", "nats per word", "How unusual the word sequences are."),
)


def further_errors(evidence: Collection[Evidence], words: int) -> float:
    """Return the wrong forms per 1,000 words that the grammar checker did not find, too. No column counts them."""
    found = [mark.span for mark in evidence if mark.feature == "grammar"]
    further = [mark.span for mark in evidence if mark.feature == "inflection"]
    return per_1000(sum(all(span.end <= f.start or f.end <= span.start for f in found) for span in further), words)


def rate(values: Mapping[str, float], reference: Mapping[str, list[float]], further: float = 0.0) -> Quality:
    """Rank measured columns among published news.

    Parameters
    ----------
    values : mapping
        Column name to value; NaN if it could not be measured.
    reference : mapping
        Column name to 101 quantiles over published news.
    further : float
        What :func:`further_errors` says. It counts as grammar errors if a grammar checker ran.
    """
    parts = []
    for part in PARTS:
        value, quantiles = values.get(part.column, math.nan), reference.get(part.column)
        if part.name == "grammar":
            value += further
        percentile = math.nan
        if quantiles is not None and not math.isnan(value):
            below, up_to = bisect_left(quantiles, value), bisect_right(quantiles, value)
            # Most published news has no error of grammar. Among so many equals there is no rank.
            if up_to - below <= len(quantiles) / 2:
                percentile = round(100.0 - min((below + up_to) / 2.0, 100.0), 1)
        parts.append(QualityPart(part.name, value, part.unit, percentile, part.meaning))
    known = [p.percentile for p in parts if not math.isnan(p.percentile)]
    return Quality(round(sum(known) / len(known), 1) if known else math.nan, tuple(parts))
