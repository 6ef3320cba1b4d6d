"""What rewriters do to words, counted: what they put for what, and how much oftener they write it than people.

Human stories of the role ``reference`` are rewritten by simulated spinners whose truth is known. What comes out are
statistics over the vocabulary of the n-gram model: they rank the likely originals of a word, beside the thesauri, and
tell the word model which words are a rewriter's.
"""

import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from detector.lab.data.corpus import sets_in, stories
from detector.lab.spinners import Change, Spinner
from features.document import Document
from features.language_model.ngrams import SPECIAL, Floats, NgramModel, hash_ngrams, plain_forms
from features.language_model.phrase_lifts import LENGTHS, PARTED, PhraseLifts

STORIES = {
    "world-news": 3000,
    "reuters-fin": 1500,
    "reuters21578": 800,
    "reuters-c50": 500,
    "intl-news-2024": 500,
    "bbc2005": 500,
    "masakhane-eng": 400,
    "nltk-news": 400,
}
"""Sets, and how many of their stories are rewritten."""

LONGEST = 2500
"""Code points of a story that are rewritten: its opening says enough, and long stories must not outweigh others."""

FEWEST = 2
"""Times a pair must be seen to be kept."""

LEAST_PHRASE_LIFT = 0.3
"""Nats by which rewriters must write a phrase oftener than people for it to be kept."""

_ORIGINALS = 3
_PSEUDO = 1.0
_BATCH = 60

Gram = tuple[int, ...]


@dataclass(frozen=True)
class Lifts:
    """How much oftener rewriters write than people.

    Parameters
    ----------
    words : ndarray of float32, shape (vocabulary,)
        Natural log of each word's rate in rewrites over its rate in the same stories by people, or in all reference copy
        where that is higher, smoothed, and 0 where it is below: a word that one rewriter replaces is one that another may
        write.
    phrases : PhraseLifts
        The same of phrases, over their rate as the n-gram model of reference copy expects it.
    """

    words: Floats
    phrases: PhraseLifts


@dataclass(frozen=True)
class Confusions:
    """Counts over vocabulary ids.

    Parameters
    ----------
    pairs : mapping
        (word in the rewrite, original) -> how often, for pairs seen at least :data:`FEWEST` times.
    lifts : Lifts
        As all spinners give them.
    lifts_without : tuple of Lifts
        For each spinner, as the spinners that share no list with it give them.
    """

    pairs: Mapping[tuple[int, int], int]
    lifts: Lifts
    lifts_without: tuple[Lifts, ...]


@dataclass
class _Seen:
    """What the spinners of one list did: words before and after, shape (2, vocabulary), and phrases with originals."""

    words: NDArray[np.float64]
    phrases: defaultdict[Gram, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, other: "_Seen") -> None:
        self.words += other.words
        for gram, originals in other.phrases.items():
            self.phrases[gram].update(originals)


def count_confusions(
    data: Path,
    tables: Path,
    spinners: Sequence[Spinner],
    weights: Sequence[float],
    lists: Sequence[str],
    *,
    seed: int,
    jobs: int,
) -> Confusions:
    """Rewrite reference stories, each by one spinner drawn by weight, and count.

    ``lists`` names for each spinner the list it works from: spinners with the same name share it.
    """
    texts = []
    there = sets_in(data)
    for name, most in ((n, most) for n, most in STORIES.items() if n in there):
        usable = (s.text[:LONGEST] for s in stories(data, name) if s.role == "reference")
        # Every third story: files are in order of time or outlet.
        texts += list(islice(usable, 0, 3 * most, 3))
    rng = random.Random(f"{seed} confusions")
    drawn = rng.choices(range(len(spinners)), weights, k=len(texts))
    items = [(f"{seed} {i}", text, which) for i, (text, which) in enumerate(zip(texts, drawn, strict=True))]
    items.sort(key=lambda item: item[2])  # a spinner is built once for a run of stories
    batches = [items[i : i + _BATCH] for i in range(0, len(items), _BATCH)]
    pairs: Counter[tuple[int, int]] = Counter()
    ngrams = _ngrams(tables)
    seen = {name: _Seen(np.zeros((2, len(ngrams.words)))) for name in sorted(set(lists))}
    for part_pairs, part in Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_count)(batch, spinners, lists, tables) for batch in batches
    ):
        pairs.update(part_pairs)
        for name, counted in part.items():
            seen[name].add(counted)
    lifts = _lifts(list(seen.values()), ngrams)
    without = {name: _lifts([s for other, s in seen.items() if other != name] or [seen[name]], ngrams) for name in seen}
    kept = {pair: n for pair, n in pairs.items() if n >= FEWEST}
    return Confusions(kept, lifts, tuple(without[name] for name in lists))


def _lifts(seen: Sequence[_Seen], ngrams: NgramModel) -> Lifts:
    before, after = np.sum([s.words for s in seen], axis=0)
    # A word's rate in the stories alone is that of their subjects; in all copy, that of a word that few of them have.
    by_people = np.maximum(before, ngrams.counts * (after.sum() / ngrams.total))
    words: Floats = np.maximum(np.log((after + _PSEUDO) / (by_people + _PSEUDO)), 0.0).astype(np.float32)
    phrases: defaultdict[Gram, Counter[str]] = defaultdict(Counter)
    for own in seen:
        for gram, originals in own.phrases.items():
            phrases[gram].update(originals)
    return Lifts(words, phrase_lifts(phrases, float(after.sum()), ngrams))


def phrase_lifts(phrases: Mapping[Gram, Counter[str]], tokens: float, ngrams: NgramModel) -> PhraseLifts:
    """The table of the phrases that were written often enough.

    Parameters
    ----------
    phrases : mapping
        Vocabulary ids of a phrase -> what it was written for and how often; ``""`` where it is a part of what was.
    tokens : float
        Of the rewrites.
    ngrams : NgramModel
        Tells how often people would have written the phrase in as much text.
    """
    hashes, lifts, originals = [np.empty(0, np.uint64)], [np.empty(0)], []
    for length in LENGTHS:
        grams = sorted(gram for gram, own in phrases.items() if len(gram) == length and own.total() >= FEWEST)
        if not grams:
            continue
        ids = tuple(np.array(grams, np.int32).T)
        expected = tokens * np.exp(_log_share(ngrams, ids))
        written = np.array([phrases[gram].total() for gram in grams], float)
        lift = np.log((written + expected + _PSEUDO) / (expected + _PSEUDO))
        kept = np.flatnonzero(lift > LEAST_PHRASE_LIFT)
        hashes.append(hash_ngrams(*ids)[kept])
        lifts.append(lift[kept])
        originals += [_commonest(phrases[grams[i]]) for i in kept]
    together = np.concatenate(hashes)
    order = np.argsort(together)
    return PhraseLifts(
        together[order],
        np.concatenate(lifts)[order].astype(np.float32),
        tuple(originals[i] for i in order),
    )


def _log_share(ngrams: NgramModel, ids: Sequence[NDArray[np.int32]]) -> NDArray[np.float64]:
    """Natural log of the share of the positions of reference copy at which each phrase is expected to begin."""
    share = np.log(ngrams.counts[ids[0]].astype(float)) - np.log(ngrams.total) + ngrams.log_p_bigram(ids[0], ids[1])
    for i in range(2, len(ids)):
        share = share + ngrams.log_p(ids[i - 2], ids[i - 1], ids[i])
    return np.asarray(share, float)


def _commonest(originals: Counter[str]) -> tuple[str, ...]:
    """The commonest originals; capitals, which may be a sentence's, stay where nothing else was seen."""
    totals: Counter[str] = Counter()
    for original, n in originals.items():
        totals[original.lower()] += n
    usable = sorted((-n, plain) for plain, n in totals.items() if plain and PARTED not in plain)[:_ORIGINALS]
    written = sorted(originals, reverse=True)  # small letters first
    return tuple(next(own for own in written if own.lower() == plain) for _, plain in usable)


def _count(
    items: Sequence[tuple[str, str, int]], spinners: Sequence[Spinner], lists: Sequence[str], tables: Path
) -> tuple[Counter[tuple[int, int]], dict[str, _Seen]]:
    ids = _ngrams(tables).ids
    pairs: Counter[tuple[int, int]] = Counter()
    seen: dict[str, _Seen] = {}
    for seed, text, which in items:
        made = spinners[which].spin(text, random.Random(seed), 1.0)
        own = seen.setdefault(lists[which], _Seen(np.zeros((2, len(ids)))))
        rewritten = Document(made.text)
        forms = plain_forms(rewritten)
        for row, version in enumerate((plain_forms(Document(text)), forms)):
            np.add.at(own.words[row], [ids[form] for form in version if form in ids], 1.0)
        for change in made.changes:
            new, old = (ids.get(w.lower()) for w in (made.text[change.start : change.end], change.original))
            if new is not None and old is not None and new != old:
                pairs[new, old] += 1
        starts = [token.start for token in rewritten.tokens]
        for gram, original in _phrases_of(made.changes, starts, [ids.get(form, 0) for form in forms]):
            own.phrases[gram][original] += 1
    return pairs, seen


def _phrases_of(changes: Iterable[Change], starts: Sequence[int], ids: Sequence[int]) -> Iterable[tuple[Gram, str]]:
    """The phrases inside the changes of a text, and what was there before if the phrase is all that was put for it."""
    for change in changes:
        put = ids[bisect_left(starts, change.start) : bisect_left(starts, change.end)]
        for length in LENGTHS:
            for i in range(len(put) - length + 1):
                gram = tuple(put[i : i + length])
                if min(gram) >= len(SPECIAL):
                    yield gram, change.original if length == len(put) else ""


@cache
def _ngrams(tables: Path) -> NgramModel:
    return NgramModel.load(tables)
