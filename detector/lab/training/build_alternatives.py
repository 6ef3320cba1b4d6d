"""Stage two of training: the table of likely originals for each word.

Candidates come from WordNet's synonyms and neighbours, Moby's lists in both directions, and our own lexicon. Each is
inflected to match the word. Originals of simulated rewrites are added (:mod:`detector.lab.training.confusions`).
Candidates rank higher if they occur in the same contexts of the reference copy
(:mod:`detector.lab.training.similarity`) and if they are common there: spinners replace common words with rarer ones.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np

from detector.errors import DataError
from detector.lab.spinners.moby import moby_thesaurus
from detector.lab.spinners.thesaurus import Thesaurus
from detector.lab.spinners.wordnet import wordnet_is_installed, wordnet_thesaurus
from detector.lab.training.confusions import Confusions
from features.language_model.alternatives import Alternatives
from features.language_model.ngrams import Floats, NgramModel

MOST = 16
"""Alternatives kept for each word. Further ones cost time and are the original in 1 case of 100."""

MIN_COUNT = 20
"""Least occurrences of an alternative in the reference copy. Reporters hardly use rarer words."""

_PARTS = {"N": "NOUN", "V": "VERB", "J": "ADJ", "R": "ADV"}
_SOURCES = {"lexicon": 3.0, "wordnet": 1.6, "moby": 0.8, "neighbour": 0.6}


def build_alternatives(
    ngrams: NgramModel,
    vectors: Floats,
    pairs: Sequence[tuple[str, str]],
    confusions: Confusions,
    progress: Callable[[str], None],
) -> Alternatives:
    """Builds the table for every word of a vocabulary.

    Parameters
    ----------
    ngrams : NgramModel
        Gives the vocabulary and the counts.
    vectors : ndarray of float32, shape (words, dimensions)
        From :func:`detector.lab.training.similarity.vectors`, for the most frequent words.
    pairs : sequence of (wording, original)
        Single words of our own tables.
    confusions : Confusions
        Replacements counted in simulated rewrites.
    """
    observed: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (new, old), count in confusions.pairs.items():
        observed[new].append((old, count))
    candidates = thesauri()
    own: dict[str, list[str]] = defaultdict(list)
    for wording, original in pairs:
        own[wording].append(original)
    lengths = np.zeros(len(ngrams.words), np.int32)
    ids: list[int] = []
    priors: list[float] = []
    log_count = np.log(ngrams.counts.astype(np.float64) + 1.0)
    for i, word in enumerate(ngrams.words):
        if not (word.isascii() and word.replace("-", "").isalpha() and len(word) > 1):
            continue
        weights = _weights(ngrams, word, candidates, own.get(word, ()))
        for old, count in observed.get(i, ()):
            if ngrams.counts[old] >= MIN_COUNT:
                weights[old] = weights.get(old, 0.0) + math.log1p(count)
        if not weights:
            continue
        known = np.array(sorted(weights))
        score = np.array([weights[k] for k in known]) + 0.35 * log_count[known]
        if i < len(vectors):
            near = known < len(vectors)
            score[near] += 4.0 * (vectors[known[near]] @ vectors[i])
        best = np.argsort(-score, kind="stable")[:MOST]
        lengths[i] = len(best)
        ids.extend(known[best].tolist())
        priors.extend((score[best] - np.logaddexp.reduce(score[best])).tolist())
        if i % 20_000 == 0:
            progress(f"alternatives: {i:,} of {len(ngrams.words):,} words")
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
    return Alternatives(offsets, np.array(ids, np.int32), np.array(priors, np.float32), confusions.lifts.words)


def thesauri() -> Callable[[str, str], dict[str, float]]:
    """A function from lemma and part of speech to a weight for each candidate; higher for better sources.

    Without WordNet, only Moby gives candidates.
    """
    synonyms: Thesaurus = _nothing
    neighbours: Thesaurus = _nothing
    if wordnet_is_installed():
        synonyms, neighbours = wordnet_thesaurus(), wordnet_thesaurus(neighbours=True)
    moby = moby_thesaurus(closest_first=False, same_part=False)
    reverse: dict[str, list[str]] = defaultdict(list)
    for head in moby.lists.row:
        for word in moby(head, ""):
            reverse[word].append(head)

    def candidates(lemma: str, part: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for source, words in (
            ("neighbour", neighbours(lemma, part)),
            ("moby", (*reverse.get(lemma, ()), *moby(lemma, part))),
            ("wordnet", synonyms(lemma, part)),
        ):
            for word in words:
                found[word] = max(found.get(word, 0.0), _SOURCES[source]) + (0.4 if word in found else 0.0)
        return found

    return candidates


def _nothing(_lemma: str, _part: str) -> Sequence[str]:
    """A thesaurus that lists nothing."""
    return ()


def _weights(
    ngrams: NgramModel, word: str, candidates: Callable[[str, str], dict[str, float]], own: Sequence[str]
) -> dict[int, float]:
    """The weights of a word's candidates by vocabulary id, each inflected to match the word."""
    weights: dict[int, float] = {}
    for lemma, part, tag in analyses(word):
        for candidate, source in candidates(lemma, part).items():
            form = inflect(candidate, tag) if " " not in candidate else None
            at = ngrams.ids.get(form, -1) if form and form != word else -1
            if at >= 0 and ngrams.counts[at] >= MIN_COUNT:
                weights[at] = max(weights.get(at, 0.0), source)
    for original in own:
        if (at := ngrams.ids.get(original, -1)) >= 0:
            weights[at] = weights.get(at, 0.0) + _SOURCES["lexicon"]
    return weights


ORIGINALS_HEADER = "# unspin originals 1"


def originals() -> list[tuple[str, str]]:
    """Our own pairs of a wording and the word that reporters use instead, from ``seeds/originals.tsv``.

    Raises DataError if the table does not begin with :data:`ORIGINALS_HEADER`.
    """
    table = files("seeds") / "originals.tsv"
    header, _, *rows = table.read_text(encoding="utf-8").splitlines()
    if header != ORIGINALS_HEADER:
        message = f"seeds/originals.tsv does not begin with “{ORIGINALS_HEADER}”: use the table of this version"
        raise DataError(message)
    return [(wording, word) for wording, _, words in (r.partition("\t") for r in rows) for word in words.split("|")]


def analyses(word: str) -> Iterator[tuple[str, str, str]]:
    """Lemma, part of speech and Penn tag of every reading of a word form.

    >>> sorted(analyses("talks"))
    [('talk', 'NOUN', 'NNS'), ('talk', 'VERB', 'VBZ')]
    """
    for part, lemmas in _lemmas(word).items():
        for lemma in lemmas:
            for tag, forms in _inflections(lemma, part).items():
                if word in forms and tag != "VBP":  # VB has the same form
                    yield lemma, part, tag


def inflect(lemma: str, tag: str) -> str | None:
    """The form of a lemma for a Penn tag, or None if the lemma has no such form.

    >>> inflect("agree", "VBD"), inflect("agree", "NNS")
    ('agreed', None)
    """
    forms = _inflections(lemma, _PARTS[tag[0]]).get(tag)
    return forms[0] if forms else None


@cache
def _lemmas(word: str) -> Mapping[str, tuple[str, ...]]:
    from lemminflect import getAllLemmas

    return {part: lemmas for part, lemmas in getAllLemmas(word).items() if part in _PARTS.values()}


@cache
def _inflections(lemma: str, part: str) -> Mapping[str, tuple[str, ...]]:
    from lemminflect import getAllInflections

    return dict(getAllInflections(lemma, part))
