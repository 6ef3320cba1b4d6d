"""Odd word choice: words that mean the right thing but do not fit, with their likely originals.

`accepted to trade prisoners` was `agreed to trade prisoners`. :mod:`features.language_model.word_model` gives each word
the probability that a rewriter chose it. The columns describe how such words are spread over the article.

Every different word counts once, with the mean of its log-odds: a word that recurs is probably the topic, and the same
odd word ten times is one oddity. Phrases that rewriters write for words (`commercial enterprise` for `business`) are
counted separately and get one mark.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from features.document import Document, Span
from features.feature import NAN, Column, Evidence, Measurement, rate_column, unmeasured
from features.language_model.analysis import Analysis, Analyst
from features.language_model.ngrams import Floats
from features.language_model.phrase_lifts import apart
from features.language_model.windows import INPUTS, inside
from features.language_model.word_kinds import COLUMNS as KINDS
from features.language_model.word_kinds import DifferentWords, measure_kinds
from features.spread import spread, spread_columns

MARK = 0.2
"""Smallest probability of a mark. Which marks an editor sees also depends on the whole article."""

NAMED = 4
"""Number of likely originals shown for a mark."""

_PREFIXES = frozenset("anti co de ex inter mid multi non pre re semi sub un".split())
"""Prefixes that are written apart. Thesauri know them only as other words (`ex`: man, woman)."""

PHRASE_MARK = 1.5
"""Smallest lift, in nats, of a phrase that gets one mark, if one of its words is odd."""

_PHRASES = (1, 2, 3)
"""Lifts, in nats, above which words in rewriters' phrases are counted."""

_TOUCHED = 0.7
"""Probability over which a word touches its sentence."""

_TAUGHT_SHARE = 0.12
"""Share of changed words that the word model assumes, as in its training."""
_QUOTED_MIN = 20
_PROSE_MIN = 40
"""Smallest number of words outside quotes from which they are measured separately. With fewer, all words count."""
_GAIN = INPUTS.index("gain")
_CHANNEL = INPUTS.index("channel")
_ALTERNATIVES = INPUTS.index("alternatives")
_PHRASE_LIFT = INPUTS.index("phrase_lift")


_ALL = "odd_synonyms_"
_PROSE = "odd_synonyms_outside_quotes_"
_OF_PROSE = (
    "mean_probability",
    "over_70_per_1000_words",
    "top_10_percent_log_odds",
    "mean_log_odds",
    "evidence_nats_per_word",
)


@dataclass(frozen=True)
class OddSynonyms:
    """See the module."""

    analyst: Analyst
    marks: ClassVar[str] = "wording"
    title: ClassVar[str] = "odd word choice"
    name: str = "odd_synonyms"
    columns: tuple[Column, ...] = (
        *spread_columns(_ALL, ""),
        *(c for c in spread_columns(_PROSE, " outside quotes") if c.name.removeprefix(_PROSE) in _OF_PROSE),
        Column(
            "odd_synonyms_mean_gain",
            "nats",
            0,
            12,
            "How much better the best alternative fits than the written word, on average.",
        ),
        Column(
            "odd_synonyms_mean_channel",
            "nats",
            -12,
            12,
            "How much a word and its alternatives point to a rewriter, averaged over words with alternatives.",
        ),
        Column(
            "odd_synonyms_in_sentences_share",
            "share",
            0,
            1,
            "Sentences with at least one word that a rewriter chose with a probability over 70%.",
        ),
        Column(
            "odd_synonyms_quote_contrast_log_odds",
            "log-odds",
            -30,
            30,
            "How much odder the word choice is in the prose than in the quoted speech.",
        ),
        Column(
            "odd_phrases_nats_per_word",
            "nats per word",
            0,
            20,
            "How much more often rewriters than people write the phrases of the article, on average.",
        ),
        *(
            rate_column(
                f"odd_phrases_over_{lift}_nats_per_1000_words",
                f"Words in phrases that rewriters write over {math.exp(lift):.0f} times as often as people.",
            )
            for lift in _PHRASES
        ),
        *KINDS,
    )

    def measure(self, document: Document) -> Measurement:
        """Return columns and marks of one document."""
        analysis = self.analyst.analyse(document)
        if not len(analysis.log_odds):
            return unmeasured(self.columns)
        p, odds, windows = analysis.probability, analysis.log_odds, analysis.windows
        starts = document.bounds[windows.token, 0]
        kinds = windows.encoded.kinds[windows.token]
        quoted = inside(document, starts)
        prose = ~quoted if (~quoted).sum() >= _PROSE_MIN else np.ones(len(p), bool)
        words = DifferentWords.of(kinds, odds)
        prose_words = DifferentWords.of(kinds[prose], odds[prose])
        all_over, of_prose = (spread(each.log_odds, _TAUGHT_SHARE) for each in (words, prose_words))
        values = {
            **{_ALL + name: value for name, value in all_over.items()},
            **{_PROSE + name: of_prose[name] for name in _OF_PROSE},
            "odd_synonyms_mean_gain": float(np.maximum(windows.inputs[:, _GAIN], 0.0).mean()),
            "odd_synonyms_mean_channel": _mean(windows.inputs[windows.inputs[:, _ALTERNATIVES] > 0, _CHANNEL]),
            "odd_synonyms_in_sentences_share": _sentences_touched(document, starts, p),
            "odd_synonyms_quote_contrast_log_odds": _contrast(odds, quoted),
            **_of_phrases(windows.inputs[:, _PHRASE_LIFT]),
            **measure_kinds(words, windows.inputs),
        }
        return Measurement(values, tuple(self.mark(document, analysis, p, MARK)))

    def mark(
        self, document: Document, analysis: Analysis, probability: NDArray[np.floating], least: float
    ) -> list[Evidence]:
        """Return a mark for each word, or phrase with a word, whose probability is at least ``least``, by position.

        Parameters
        ----------
        probability : ndarray, shape (words,)
            Probability that a rewriter chose each word of the analysis.
        """
        p, windows = probability, analysis.windows
        words = self.analyst.resources.ngrams.words
        found, inside_phrase = self._phrases(document, analysis, p, least)
        odd = (p >= least) & ~inside_phrase
        pairs = np.flatnonzero(odd[windows.row])
        # Sort by word, then by fit of the alternatives. The sort is stable for equal fits.
        pairs = pairs[np.lexsort((-windows.fit[pairs], windows.row[pairs]))]
        alternatives = windows.alternative[pairs].tolist()
        at = np.flatnonzero(odd)
        begins = np.searchsorted(windows.row[pairs], at).tolist()
        ends = np.searchsorted(windows.row[pairs], at, side="right").tolist()
        for i, token, begin, end in zip(at.tolist(), windows.token[at].tolist(), begins, ends, strict=True):
            span = document.tokens[token]
            shown = document[span]
            named = [] if shown.lower() in _PREFIXES else alternatives[begin : min(end, begin + NAMED)]
            expected = tuple(like(shown, words[k]) for k in named)
            message = (
                f"“{shown}” is an odd word choice here. “{expected[0]}” would be usual."
                if expected
                else f"“{shown}” is an odd word choice here."
            )
            found.append(Evidence(self.name, span, message, expected, round(float(p[i]), 4)))
        return sorted(found, key=lambda mark: mark.span)

    def _phrases(
        self, document: Document, analysis: Analysis, p: NDArray[np.floating], least: float
    ) -> tuple[list[Evidence], NDArray[np.bool_]]:
        """Return marks of whole phrases, and which words belong to them."""
        windows = analysis.windows
        table, phrases = self.analyst.resources.phrase_lifts, windows.phrases
        at = windows.encoded.position
        found, inside_phrase = [], np.zeros(len(p), bool)
        for i in apart(phrases, PHRASE_MARK):
            first, last = np.searchsorted(at, [phrases.start[i], phrases.end[i]])
            words = np.arange(*np.searchsorted(windows.token, [first, last]))
            weight = float(p[words].max(initial=0.0))
            if weight < least:
                continue
            inside_phrase[words] = True
            span = Span(document.tokens[first].start, document.tokens[last - 1].end)
            shown = document[span]
            expected = tuple(like(shown[:1], original) for original in table.originals[phrases.entry[i]][:NAMED])
            message = (
                f"“{shown}” is what rewriters often write for “{expected[0]}”."
                if expected
                else f"“{shown}” is a phrase that rewriters write far more often than people."
            )
            found.append(Evidence(self.name, span, message, expected, round(weight, 4)))
        return found, inside_phrase


def like(model: str, word: str) -> str:
    """Give a word the capitals of another.

    >>> like("Talks", "discussions"), like("NATO", "pact"), like("talks", "discussions")
    ('Discussions', 'PACT', 'discussions')
    """
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def _of_phrases(lift: Floats) -> dict[str, float]:
    return {
        "odd_phrases_nats_per_word": float(lift.mean()),
        **{f"odd_phrases_over_{t}_nats_per_1000_words": 1000.0 * float((lift > t).mean()) for t in _PHRASES},
    }


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else NAN


def _sentences_touched(document: Document, starts: NDArray[np.int64], p: Floats) -> float:
    begins = np.array([s.start for s in document.sentences])
    if not len(begins):
        return NAN
    at = np.searchsorted(begins, starts, side="right") - 1
    return len(np.unique(at[p > _TOUCHED])) / len(np.unique(at))


def _contrast(odds: Floats, quoted: NDArray[np.bool_]) -> float:
    if min(quoted.sum(), (~quoted).sum()) < _QUOTED_MIN:
        return NAN
    return float(odds[~quoted].mean() - odds[quoted].mean())
