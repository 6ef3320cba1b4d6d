"""A first look at two texts: their weighted words and the order of these, in a fraction of the time of a comparison."""

import re
from typing import NamedTuple

import numpy as np

from detector.tracing.columns import order_of_words
from detector.tracing.digest import MOST_CHARACTERS, MOST_WORDS, Floats, Ints
from detector.tracing.word_weights import WordWeights

_WORD = re.compile(r"\w+")


class Glance(NamedTuple):
    """The weighted terms of a text, sorted, each with its largest weight and the first place where it stands."""

    term: Ints
    weight: Floats
    place: Ints


def glance(text: str, weights: WordWeights) -> Glance:
    """Read the words of a text alone."""
    _, term, weight, _ = weights.look_up(_WORD.findall(text, 0, MOST_CHARACTERS)[:MOST_WORDS])
    place = np.flatnonzero(weight > 0)
    place = place[np.argsort(term[place], kind="stable")]
    term, weight = term[place], weight[place]
    starts = np.flatnonzero(np.diff(term, prepend=-1))
    return Glance(term[starts], np.maximum.reduceat(weight, starts) if len(starts) else weight, place[starts])


def closeness(article: Glance, source: Glance) -> float:
    """The cosine of the words, and half of how far they keep their order."""
    norm = float(np.sqrt((article.weight**2).sum() * (source.weight**2).sum()))
    if not norm:
        return 0.0
    at = np.minimum(np.searchsorted(source.term, article.term), len(source.term) - 1)
    shared = source.term[at] == article.term
    at = at[shared]
    cosine = float(article.weight[shared] @ source.weight[at]) / norm
    order, _ = order_of_words(article.place[shared], source.place[at])
    return cosine + (0.0 if np.isnan(order) else 0.5 * order)
