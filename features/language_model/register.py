"""The table of :mod:`features.news_register`: which short words are counted, and how much their rates weigh."""

import json
from collections import Counter
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.document import Document
from features.language_model.ngrams import UNKNOWN, NgramModel

FORMAT = "unspin register 1"
FILE = "register.json"
RARE = 200
"""A word with fewer occurrences in the published news counts as rare. An unknown word has none."""

MAKE_UP = ("capitals", "figures", "quotes", "sentence_length", "word_length", "rare_words")
"""What is measured besides the words, each scaled to the size of a share."""


@dataclass(frozen=True)
class Register:
    """A logistic regression over square roots of rates.

    Parameters
    ----------
    words : tuple of str
        Lower-case short words whose rates are measured. :data:`MAKE_UP` follows them.
    mean, scale, weights : ndarray of float64, shape (len(words) + len(MAKE_UP),)
        ``mean`` and ``scale`` standardise the rates.
    """

    words: tuple[str, ...]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercept: float

    @classmethod
    def load(cls, folder: Path) -> "Register":
        """Read the table. Raises ValueError if it is of another format, and OSError if it cannot be read."""
        fields = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if fields.get("format") != FORMAT:
            message = f"{folder / FILE} is not in the format “{FORMAT}”: train again or reinstall unspin"
            raise ValueError(message)
        mean, scale, weights = (np.array(fields[name], float) for name in ("mean", "scale", "weights"))
        return cls(tuple(fields["words"]), mean, scale, weights, float(fields["intercept"]))

    def save(self, folder: Path) -> None:
        """Write what :meth:`load` reads."""
        fields = {
            "format": FORMAT,
            "words": list(self.words),
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "weights": self.weights.tolist(),
            "intercept": self.intercept,
        }
        (folder / FILE).write_text(json.dumps(fields, indent=1, allow_nan=False) + "\n", encoding="utf-8")

    def log_odds(self, rates: NDArray[np.float64]) -> float:
        """Return the natural log-odds that a text with these rates is news."""
        return float((rates - self.mean) / self.scale @ self.weights + self.intercept)


def rates(document: Document, forms: list[str], ngrams: NgramModel, words: tuple[str, ...]) -> NDArray[np.float64]:
    """Return square roots of the rates of words and of :data:`MAKE_UP`, shape (len(words) + len(MAKE_UP),).

    ``forms`` are the plain forms of the document's tokens (:func:`features.language_model.ngrams.plain_forms`).
    """
    count = max(1, len(document.words))
    counted = Counter(forms)
    text, bounds = document.text, document.bounds
    known = np.fromiter(map(ngrams.ids.get, forms, repeat(UNKNOWN)), np.int64, len(forms))
    first = [text[start] for start in bounds[:, 0].tolist()]
    make_up = (
        sum(map(str.isupper, first)) / count,
        sum(map(str.isdigit, first)) / count,
        10.0 * len(document.quotes) / count,
        count / max(1, len(document.sentences)) / 30.0,
        int((bounds[:, 1] - bounds[:, 0]).sum()) / max(1, len(bounds)) / 6.0,
        float((ngrams.own_counts[known] < RARE).mean()) if len(known) else 0.0,
    )
    result: NDArray[np.float64] = np.sqrt(np.array([*(counted[word] / count for word in words), *make_up]))
    return result
