"""Spinners that modify or combine others: keep quotes, rewrite a part, run two tools, change a share of the words."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from detector.lab.spinners.spun import Edit, Spinner, Spun, edits_of, keep, overlay, write
from features.document import Document, Span

Allowed: TypeAlias = Callable[[Edit], bool]


@runtime_checkable
class BatchSpinner(Protocol):
    """A spinner that is slow to start, so that it should rewrite many articles at once."""

    def spin_many(self, texts: Sequence[str], rngs: Sequence[random.Random], rate: float = 1.0) -> list[Spun]:
        """Rewrite each text with its own ``rng``. The results are the same as one by one."""


def spin_many(spinner: Spinner, texts: Sequence[str], rngs: Sequence[random.Random], rate: float = 1.0) -> list[Spun]:
    """Rewrite each text with its own ``rng``, all at once if the spinner can."""
    if isinstance(spinner, BatchSpinner):
        return spinner.spin_many(texts, rngs, rate)
    return [spinner.spin(text, rng, rate) for text, rng in zip(texts, rngs, strict=True)]


@dataclass(frozen=True)
class Restricted:
    """A spinner that keeps only some of another one's changes.

    Parameters
    ----------
    allow : callable
        Takes the original and the ``rng``. Returns the test that decides which changes to keep.
    """

    spinner: Spinner
    allow: Callable[[str, random.Random], Allowed]

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article; ``rate`` is the inner spinner's."""
        return keep(self.spinner.spin(text, rng, rate), self.allow(text, rng))

    def spin_many(self, texts: Sequence[str], rngs: Sequence[random.Random], rate: float = 1.0) -> list[Spun]:
        """Rewrite each text with its own ``rng``."""
        spun = spin_many(self.spinner, texts, rngs, rate)
        return [keep(one, self.allow(text, rng)) for one, text, rng in zip(spun, texts, rngs, strict=True)]


def keep_quotes(spinner: Spinner) -> Restricted:
    """A spinner that leaves direct speech unchanged."""
    return Restricted(spinner, _outside_quotes)


def _outside_quotes(text: str, _: random.Random) -> Allowed:
    quotes = Document(text).quotes
    return lambda edit: not _touches(edit, quotes)


@dataclass(frozen=True)
class _SomeParagraphs:
    share: float

    def __call__(self, text: str, rng: random.Random) -> Allowed:
        document = Document(text)
        units: Sequence[Span] = _paragraphs(text)
        if len(units) * self.share < 1:
            units = document.sentences
        chosen = rng.sample(units, min(len(units), max(1, round(len(units) * self.share))))
        return lambda edit: _touches(edit, chosen)


def partial(spinner: Spinner, share: float = 1 / 3) -> Restricted:
    """A spinner that rewrites a random share of the paragraphs, or of the sentences if there are too few paragraphs."""
    return Restricted(spinner, _SomeParagraphs(share))


def _paragraphs(text: str) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            spans.append(Span(start, start + len(line)))
        start += len(line)
    return spans


def _touches(edit: Edit, spans: Sequence[Span]) -> bool:
    return any(edit.start < span.end and max(edit.end, edit.start + 1) > span.start for span in spans)


@dataclass(frozen=True)
class Layered:
    """Two spinners combined. If both change the same words, the first one's change is used."""

    first: Spinner
    second: Spinner

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article, both spinners at ``rate``."""
        first = self.first.spin(text, rng, rate)
        second = self.second.spin(text, rng, rate)
        return write(text, overlay(edits_of(first), edits_of(second)))
