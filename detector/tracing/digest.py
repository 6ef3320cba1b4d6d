"""A text as the comparison needs it: sentences of weighted words, names, figures and quotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from detector.tracing.word_weights import CAPITAL, FIGURE, WordWeights
from features.document import Document, Span

MOST_WORDS, MOST_SENTENCES = 12_000, 800
"""A text is read so far. Longer ones are no articles, and the time of one trace must have a bound."""

MOST_CHARACTERS = 200_000

# What stands under many stories and tells nothing about where one came from.
_BOILERPLATE = re.compile(
    r"\(?(?:additional |writing |editing |compiled |edited |written )*(?:reporting|editing|writing) by\b"
    r"|copyright\b|all rights reserved|©|click here|read more|sign up (?:for|to)|follow us\b|subscribe\b|advertisement\b"
    r"|for more (?:information|news|stories)\b|(?:photo|image|source|credit)s?\s*:|this (?:article|story) (?:was|is|has been)\b"
    r"|media playback|last updated|related (?:articles|stories|topics)|keywords\s*:|\(?\S+@\S+\)?$|https?://\S+$|www\.\S+$",
    re.IGNORECASE,
)

_LONG = 320
_FULL_STOP = re.compile(r"(?<=[^\W\d_]{2}[.!?])(?:\s+|(?=[A-Z“][a-z]))")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Digest:
    """One text, read for comparison.

    Parameters
    ----------
    text : str
        As given; all spans index it.
    words : tuple of Span
    sentences : tuple of Span
    quotes : tuple of Span
    sentence : ndarray of int, shape (words,)
        The sentence of each word.
    form, term : ndarray of int, shape (words,)
        Numbers of the form and of its term (:class:`~detector.tracing.word_weights.WordWeights`).
    weight : ndarray of float, shape (words,)
        0 for common words and in boilerplate.
    name, figure, quoted : ndarray of bool, shape (words,)
    """

    text: str
    words: tuple[Span, ...]
    sentences: tuple[Span, ...]
    quotes: tuple[Span, ...]
    sentence: Ints
    form: Ints
    term: Ints
    weight: Floats
    name: Bools
    figure: Bools
    quoted: Bools

    @cached_property
    def bags(self) -> tuple[Ints, Ints, Floats]:
        """Sentence, term and weight of each different term of each sentence, by term."""
        weighty = np.flatnonzero(self.weight > 0)
        # The largest weight of a term in a sentence counts once.
        order = weighty[np.lexsort((-self.weight[weighty], self.sentence[weighty], self.term[weighty]))]
        term, sentence = self.term[order], self.sentence[order]
        first = np.ones(len(order), bool)
        first[1:] = (term[1:] != term[:-1]) | (sentence[1:] != sentence[:-1])
        order = order[first]
        return self.sentence[order], self.term[order], self.weight[order]

    @cached_property
    def mass(self) -> Floats:
        """Sum of the squared weights of each sentence's terms, shape (sentences,)."""
        sentence, _, weight = self.bags
        return np.bincount(sentence, weight**2, len(self.sentences)).astype(np.float64)

    @cached_property
    def first_word(self) -> Ints:
        """The first word of each sentence, and the number of words: shape (sentences + 1,)."""
        return np.searchsorted(self.sentence, np.arange(len(self.sentences) + 1))

    @cached_property
    def bag(self) -> tuple[Ints, Floats]:
        """Terms of the whole text, sorted, with their weights."""
        _, term, weight = self.bags
        first = np.ones(len(term), bool)
        first[1:] = term[1:] != term[:-1]
        starts = np.flatnonzero(first)
        return term[starts], np.maximum.reduceat(weight, starts) if len(starts) else weight

    def span(self, first: int, last: int) -> Span:
        """The stretch from word ``first`` to before word ``last``."""
        return Span(self.words[first].start, self.words[last - 1].end)


def _short(document: Document) -> Iterator[Span]:
    """The sentences; very long ones, of text that lost its capitals or blanks, are cut at their full stops."""
    for sentence in document.sentences:
        if sentence.end - sentence.start <= _LONG:
            yield sentence
            continue
        start = sentence.start
        for stop in _FULL_STOP.finditer(document.text, sentence.start, sentence.end):
            if stop.start() - start > _LONG // 8:
                yield Span(start, stop.start())
                start = stop.end()
        if start < sentence.end:
            yield Span(start, sentence.end)


def digest(text: str | Document, weights: WordWeights) -> Digest:
    """Read a text for comparison, at most :data:`MOST_WORDS` words of it."""
    document = text if isinstance(text, Document) else Document(text)
    text = document.text
    if len(text) > MOST_CHARACTERS:
        document = Document(text[:MOST_CHARACTERS])
    words = document.words[:MOST_WORDS]
    sentences = tuple(islice(_short(document), MOST_SENTENCES))
    bounds = np.array(words, np.int64).reshape(-1, 2)
    starts = np.array([s.start for s in sentences], np.int64)
    if sentences:
        inside = bounds[:, 0] < sentences[-1].end
        bounds, words = bounds[inside], words[: int(inside.sum())]
    sentence = np.searchsorted(starts, bounds[:, 0], side="right") - 1
    form, term, weight, flags = weights.look_up([document.text[start:end] for start, end in words])
    # A capital at the beginning of a sentence makes no name.
    opening = np.ones(len(words), bool)
    opening[1:] = sentence[1:] != sentence[:-1]
    boilerplate = np.array([_BOILERPLATE.match(document.text, s.start, s.end) is not None for s in sentences], bool)
    if len(words):
        weight = np.where(boilerplate[sentence], 0.0, weight)
    quotes = document.quotes
    edges = np.array(quotes, np.int64).reshape(-1, 2)
    at = np.searchsorted(edges[:, 0], bounds[:, 0], side="right") - 1
    quoted = (at >= 0) & (bounds[:, 0] < edges[at, 1]) if len(edges) else np.zeros(len(words), bool)
    return Digest(
        text=text,
        words=words,
        sentences=sentences,
        quotes=quotes,
        sentence=sentence,
        form=form,
        term=term,
        weight=weight,
        name=((flags & CAPITAL) > 0) & ~opening,
        figure=(flags & FIGURE) > 0,
        quoted=quoted,
    )
