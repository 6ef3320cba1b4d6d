"""Each word beside its alternatives, for people who want to see what the detector sees.

It splits the numbers of :mod:`features.language_model.windows`: how well a word fits its window, how much better each
alternative would fit, and how likely it is that the writer meant the alternative. Nothing here affects a verdict.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.document import Document, Span
from features.feature import NAN
from features.language_model.analysis import Analyst
from features.language_model.ngrams import Floats
from features.language_model.windows import INPUTS, window_terms

_CHANNEL = INPUTS.index("channel")


class Terms(NamedTuple):
    """The three terms of a window score, in nats.

    For a word: log p(word | two words before), log p(next word | .. word), log p(next but one | word ..). For an
    alternative: how much each of them rises with the alternative in the word's place.
    """

    left: float
    right: float
    second_right: float


@dataclass(frozen=True)
class Alternative:
    """A word that the writer may have meant.

    Parameters
    ----------
    text : str
        In lower case, as the n-gram model knows it.
    gain : float
        How much better it fits the window than the written word, in nats; negative if worse.
    terms : Terms
        The three terms that add up to the gain.
    prior : float
        Log of the share of rewritings into the written word that come from this one, whatever the window.
    posterior : float
        Probability, 0 to 1, that this word was meant, by the noisy channel alone
        (:mod:`features.language_model.windows`).
    """

    text: str
    gain: float
    terms: Terms
    prior: float
    posterior: float


@dataclass(frozen=True)
class Word:
    """One word in its place.

    Parameters
    ----------
    text : str
        As written.
    span : Span
        Its place, in code points of the document's text.
    surprise : float
        -log p(word | two words before), in nats.
    terms : Terms
        How well it fits its window.
    posterior : float
        Probability, 0 to 1, that the written word was meant, by the noisy channel alone, whose log-odds are clipped
        to -12 to 12. It sums to 1 with the posteriors of the alternatives. It is 1 for a word without alternatives.
    probability : float
        Probability, 0 to 1, that a rewriter chose the word, by the word model, which also uses the neighbours.
    alternatives : tuple of Alternative
        Most probable first.
    weight : float
        The probability in the light of the whole article. A word is marked from 0.65 on, or from 0.55 if the reader read the article. NaN if no article was
        judged.
    """

    text: str
    span: Span
    surprise: float
    terms: Terms
    posterior: float
    probability: float
    alternatives: tuple[Alternative, ...]
    weight: float = NAN

    @property
    def gain(self) -> float:
        """How much better the most probable alternative fits, in nats; NaN without alternatives."""
        return self.alternatives[0].gain if self.alternatives else NAN


def words_of(document: Document, analyst: Analyst) -> tuple[Word, ...]:
    """Return every alphabetic word of a document, in order."""
    analysis = analyst.analyse(document)
    windows, ngrams = analysis.windows, analyst.resources.ngrams
    n = len(windows.token)
    if not n:
        return ()
    stream, at = windows.encoded.stream, windows.encoded.position[windows.token]
    context = (stream[np.maximum(at - 2, 0)], stream[at - 1], stream[at + 1], stream[at + 2])
    own, _ = window_terms(ngrams, context, windows.encoded.ids[windows.token], np.arange(n))
    terms, _ = window_terms(ngrams, context, windows.alternative, windows.row)
    gains = terms - own[:, windows.row]
    prior = windows.fit - gains.sum(axis=0)
    probability, channel = analysis.probability, windows.inputs[:, _CHANNEL]
    bounds = np.searchsorted(windows.row, np.arange(n + 1))
    found = []
    for i in range(n):
        pairs = np.arange(bounds[i], bounds[i + 1])
        swapped = 1.0 / (1.0 + math.exp(-channel[i])) if len(pairs) else 0.0
        shares = _shares(windows.fit[pairs])
        alternatives = tuple(
            Alternative(
                ngrams.words[windows.alternative[pairs[k]]],
                float(gains[:, pairs[k]].sum()),
                _terms(gains[:, pairs[k]]),
                float(prior[pairs[k]]),
                swapped * float(shares[k]),
            )
            for k in np.argsort(-windows.fit[pairs], kind="stable")
        )
        span = document.tokens[windows.token[i]]
        found.append(
            Word(
                document[span],
                span,
                float(windows.surprise[i]),
                _terms(own[:, i]),
                1.0 - swapped,
                float(probability[i]),
                alternatives,
            )
        )
    return tuple(found)


def _terms(column: Floats) -> Terms:
    return Terms(*(float(x) for x in column))


def _shares(fit: Floats) -> NDArray[np.float64]:
    """Exponentials of the fits, scaled to sum to 1."""
    raised = np.exp(fit.astype(float) - fit.max(initial=-np.inf))
    return np.asarray(raised / raised.sum())
