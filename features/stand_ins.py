"""Words that stand in for function words: `issues` for each `the`, `arsenic` for each `as`.

Some spinners have function words in their lists. They replace every occurrence, so the article almost lacks a common
word, and another word stands wherever it would fit. Neither is odd alone: a content word is always less likely than a
function word, and short articles lack some. Both together hardly occur in human copy: of 800 human articles of the
calibration stories, 6 had such a word. So these marks explain a flagged article and are shown in no other.
"""

import numpy as np

from features.document import Document
from features.feature import Evidence
from features.language_model.analysis import Analysis
from features.language_model.ngrams import BOUNDARY, NgramModel
from features.language_model.windows import window_terms
from features.odd_synonyms import OddSynonyms, like

FUNCTION_WORDS = tuple(
    (
        "the a an of in to and or by as at on for with from he she it they we his her its their our this these will can may "
        "must would could are is was were be been has have had not no any all but if so who which when than then there "
        "about up out into after before over"
    ).split()
)
"""Candidates. `that` is none, because it can often be put in or left out."""

_LEAST_EXPECTED = 3.0
"""An article lacks a function word only if it should have this many."""

_LACKING = 0.25
"""Most occurrences of a function word that an article lacks, and fewest of its stand-in, as a share of those expected."""

_LEAST_COUNT = 4
"""Fewest occurrences of a stand-in."""

_FITS = 4.0
"""By how many nats the function word fits a place better than the stand-in."""

_LEAST_PLACES = 0.8
"""Share of the stand-in's places where the function word fits that much better."""

WEIGHT = 0.95


def stand_ins(document: Document, analysis: Analysis, ngrams: NgramModel) -> list[Evidence]:
    """Return a mark for each occurrence of a word that stands in for a function word, in order of position.

    Parameters
    ----------
    document : Document
        The text that was analysed.
    analysis : Analysis
        Its windows.
    ngrams : NgramModel
        The model of published news, which gives the expected counts and how words fit.
    """
    windows = analysis.windows
    encoded, token = windows.encoded, windows.token
    candidates = np.array([ngrams.ids[word] for word in FUNCTION_WORDS if word in ngrams.ids], np.int32)
    expected = ngrams.counts[candidates] / ngrams.total * len(encoded.ids)
    occurs = np.bincount(encoded.ids, minlength=len(ngrams.words))
    lacking = (expected >= _LEAST_EXPECTED) & (occurs[candidates] <= _LACKING * expected)
    missing, expected = candidates[lacking], expected[lacking]
    words = encoded.ids[token]
    lower = np.array([document.text[start].islower() for start in document.bounds[token, 0].tolist()], bool)
    rows = np.flatnonzero(lower & (occurs[words] >= _LEAST_COUNT) & (words > BOUNDARY) & ~np.isin(words, candidates))
    if not len(missing) or not len(rows):
        return []
    words, stream, at = words[rows], encoded.stream, encoded.position[token[rows]]
    context = (stream[np.maximum(at - 2, 0)], stream[at - 1], stream[at + 1], stream[at + 2])
    row = np.repeat(np.arange(len(rows)), len(missing))
    own, _ = window_terms(ngrams, context, words, np.arange(len(rows)))
    terms, _ = window_terms(ngrams, context, np.tile(missing, len(rows)), row)
    better = (terms - own[:, row]).sum(axis=0).reshape(len(rows), len(missing))
    found = []
    for word in np.unique(words).tolist():
        places = np.flatnonzero(words == word)
        fits = ((better[places] > _FITS).mean(axis=0) >= _LEAST_PLACES) & (len(places) >= _LACKING * expected)
        if fits.any():
            middle = np.where(fits, np.median(better[places], axis=0), -np.inf)
            original = ngrams.words[missing[int(middle.argmax())]]
            found += [_mark(document, place, original) for place in token[encoded.ids[token] == word].tolist()]
    return sorted(found, key=lambda mark: mark.span)


def _mark(document: Document, token: int, original: str) -> Evidence:
    span = document.tokens[token]
    shown = document[span]
    message = f"“{shown}” stands where “{original}” would be usual, and the article has almost no “{original}”."
    return Evidence(OddSynonyms.name, span, message, (like(shown, original),), WEIGHT)
