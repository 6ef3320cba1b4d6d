"""Disguised words: look-alike letters, invisible characters, cut words and odd spaces.

They defeat word lists and plagiarism checks while the page looks the same. :mod:`features.as_seen` finds and undoes
them. This feature counts and marks them. It does not count what honest copy contains: words of other scripts, units and
symbols, emoji, soft hyphens and joiners, direction marks, no-break spaces, thin spaces beside figures.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from unicodedata import name as character_name

from features import as_seen
from features.as_seen import Change
from features.document import Document, Span
from features.feature import Column, Evidence, Measurement, per_1000, unmeasured
from features.language_model.analysis import Analyst

_ODD_SPACES = "\u1680\u2000-\u200a\u205f\u3000"
_SPACE_BETWEEN_WORDS = re.compile(f"(?<=[a-z])[{_ODD_SPACES}]+(?=[a-z])")

MOST_EVIDENCE = 500
"""The largest number of places that are marked. More places are only counted."""

_WEIGHTS = {as_seen.INVISIBLE: 0.8, as_seen.LOOK_ALIKE: 0.9}


@dataclass(frozen=True)
class HiddenCharacters:
    """See the module. This feature measures the text as given; all others measure it as a person sees it."""

    analyst: Analyst
    name: ClassVar[str] = "hidden_characters"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            name="hidden_characters_per_1000_words",
            unit="per 1,000 words",
            low=0.0,
            high=float("inf"),
            meaning="Words with look-alike letters or invisible characters, cut words, and odd spaces between words.",
        ),
    )
    marks: ClassVar[str] = "characters"
    title: ClassVar[str] = "disguised characters"

    def measure(self, document: Document) -> Measurement:
        """Measure one document.

        Each affected word counts once, however many false letters it has. At most :data:`MOST_EVIDENCE` are marked.
        """
        seen = self.analyst.see(document)
        words = len((seen.other or document).words)
        if not words:
            return unmeasured(self.columns)
        marks: dict[Span, Evidence] = {}
        for change in seen.changes:
            if change.what not in as_seen.HONEST:
                # The last change to a word describes it best: a word with look-alikes may also be cut.
                marks[change.span] = self._mark(document, change)
        for mark in self._odd_spaces(document):
            if not any(start <= mark.span.start < end for start, end in seen.left_out):
                marks.setdefault(mark.span, mark)
        evidence = sorted(marks.values(), key=lambda mark: mark.span)[:MOST_EVIDENCE]
        return Measurement({self.columns[0].name: per_1000(len(marks), words)}, tuple(evidence))

    def _mark(self, document: Document, change: Change) -> Evidence:
        given, seen = document[change.span], change.seen
        match change.what:
            case as_seen.LOOK_ALIKE:
                letter = next(c for c in given if not c.isascii() and c not in seen)
                message = f"“{seen}” is spelt with a look-alike letter: “{letter}” is {_described(letter)}."
            case as_seen.INVISIBLE:
                hidden = next(c for c in given if c not in seen)
                message = f"An invisible character stands inside “{seen}”: {_described(hidden)}."
            case as_seen.ACCENT:
                message = f"“{seen}” is written with accents that English does not have."
            case as_seen.CUT:
                message = f"The word “{seen}” is cut in pieces."
            case _:
                message = f"“{seen}” is misspelt, as are many words of this text."
        return Evidence(self.name, change.span, message, (seen,), _WEIGHTS.get(change.what, 0.7))

    def _odd_spaces(self, document: Document) -> Iterator[Evidence]:
        if document.text.isascii():
            return
        for match in _SPACE_BETWEEN_WORDS.finditer(document.text):
            message = f"The space here is not a plain one but {_described(match.group()[0])}."
            yield Evidence(self.name, Span(*match.span()), message, (" ",), 0.3)


def _described(character: str) -> str:
    return f"{character_name(character, 'unnamed character').lower()} (U+{ord(character):04X})"
