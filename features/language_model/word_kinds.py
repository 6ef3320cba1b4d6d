"""Which words of an article are odd: rare or common ones, words that rewriters are known to write, or others.

Articles with equally many odd words may differ. In a physicist's essay the rare words are odd, in a rule-based
translation the most common ones, and in spun copy those that spinners write. Each different word counts once, with the
mean of its log-odds over its places.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.feature import Column
from features.language_model.ngrams import Floats, Ids
from features.language_model.windows import INPUTS

_FREQUENCY, _LIFT, _BETTER, _CAPITAL = (
    INPUTS.index(name) for name in ("log_frequency", "observed_lift", "better_alternatives", "capital")
)

_RARE, _COMMON, _COMMONEST = 5.0, 8.0, 10.5
"""Natural logs of counts in published news: 150, 3,000 and 36,000."""

_LIFTED, _WRITTEN = 1.0, 0.3
"""Nats by which rewriters write a word more often than people: far more often, and at all."""

ODD = "odd_words_"
"""Prefix of the columns that count odd words of one kind."""


def _odd(kind: str, meaning: str) -> Column:
    return Column(
        f"{ODD}{kind}_per_1000_words",
        "per 1,000 different words",
        0,
        1000,
        f"Estimated number of words that a rewriter chose, {meaning}.",
    )


COLUMNS = (
    _odd("rare", "among words that the published news we compare with has fewer than 150 times"),
    _odd("uncommon", "among words that the published news we compare with has 150 to 3,000 times"),
    _odd("common", "among words that the published news we compare with has 3,000 to 36,000 times"),
    _odd("commonest", "among words that the published news we compare with has 36,000 times or more"),
    _odd("lifted", "among words that rewriters write over 2.7 times as often as people"),
    _odd("written", "among words that rewriters write somewhat more often than people"),
    _odd("bettered", "among other words that have an alternative that fits better"),
    _odd("unmatched", "among other words without an alternative that fits better"),
    _odd("capital", "among words with a capital"),
    Column(
        "rewriters_words_nats_per_word",
        "nats per different word",
        0,
        20,
        "How much more often rewriters than people write the words of the article, on average.",
    ),
    Column(
        "rewriters_words_per_1000_words",
        "per 1,000 different words",
        0,
        1000,
        "Words that rewriters write over 2.7 times as often as people.",
    ),
)


@dataclass(frozen=True)
class DifferentWords:
    """The different words of an article.

    Parameters
    ----------
    first : ndarray of int64, shape (different words,)
        Index of the first place of each.
    log_odds : ndarray of float64, shape (different words,)
        Mean of its log-odds over its places.
    """

    first: NDArray[np.int64]
    log_odds: NDArray[np.float64]

    @classmethod
    def of(cls, kinds: Ids, log_odds: Floats) -> "DifferentWords":
        """Group words by their numbers (:attr:`features.language_model.ngrams.Encoded.kinds`), in order of number.

        >>> words = DifferentWords.of(np.array([9, 7, 9], np.int32), np.array([1.0, 5.0, 3.0], np.float32))
        >>> words.first.tolist(), words.log_odds.tolist()
        ([1, 0], [5.0, 2.0])
        """
        _, first, at = np.unique(kinds, return_index=True, return_inverse=True)
        return cls(first, np.bincount(at, log_odds) / np.bincount(at))


def measure_kinds(words: DifferentWords, inputs: Floats) -> dict[str, float]:
    """Return the values of :data:`COLUMNS`.

    Parameters
    ----------
    words : DifferentWords
        At least one.
    inputs : ndarray of float32, shape (words, inputs)
        Inputs of all words in order, from :func:`features.language_model.windows.measure_windows`.
    """
    p = 1.0 / (1.0 + np.exp(-np.clip(words.log_odds, -30.0, 30.0)))
    own = inputs[words.first]
    frequency, lift = own[:, _FREQUENCY], own[:, _LIFT]
    lifted, written, better = lift > _LIFTED, lift > _WRITTEN, own[:, _BETTER] > 0
    kinds = (
        frequency < _RARE,
        (frequency >= _RARE) & (frequency < _COMMON),
        (frequency >= _COMMON) & (frequency < _COMMONEST),
        frequency >= _COMMONEST,
        lifted,
        written & ~lifted,
        better & ~written,
        ~better & ~written,
        own[:, _CAPITAL] > 0,
    )
    values = [
        *(1000.0 * float(p[kind].sum()) / len(p) for kind in kinds),
        float(lift.mean()),
        1000.0 * float(lifted.mean()),
    ]
    return {column.name: value for column, value in zip(COLUMNS, values, strict=True)}
