"""Repeated words: `foreign foreign`, `settlement settlement`.

If a rewriter replaces one of two neighbours by a synonym that equals the other, the word stands there twice. People
double short function words by mistake (`the the`), which is marked but not counted. Doubled nouns and adjectives come
from machines.
"""

import re
from dataclasses import dataclass, field
from operator import eq
from typing import ClassVar

from features.document import Document, Span
from features.feature import Column, Evidence, Measurement, per_1000, rate_column, unmeasured

NAME = "repeated_words"

DOUBLED = rate_column(
    "doubled_content_words_per_1000_words",
    "Longer words that stand twice in a row, as in “international settlement settlement”.",
)

_LETTERS = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"(?<![\w’'-])([a-z]{2,})((?:[ \t\u00a0]+\1)+)(?![\w’'-])")
_SLIPS = frozenset(
    "the an of to in on at by for from with and or is was were are be been has have it its they this his their as into "
    "about would will could which than if they over not he she we you".split()
)
# People repeat these on purpose.
_EMPHASIS = frozenset(
    "that had very really so no bye ha hah blah long many much more far too well now there never ever again over "
    "please yes yeah yah hear night quite little big old good bad right okay bang knock boom beep chop tick tap click "
    "honk woof hush cold hot win wait stop great truly fine extremely deep high dear always half step same same-same "
    "go run come home fast slow work work-work days years times tut tsk choo pom tom can dik aye mahi pili bora gado "
    "couscous agar chow lang ylang papa mama dada baba juju hula tata whoot hey hello goodbye why what who where".split()
)
# Learners double short words. From six letters on, none of 3,400 human news articles and 1% of essays did.
_SHORTEST = 6


@dataclass(frozen=True)
class RepeatedWords:
    """Words that stand twice in a row.

    >>> text = "The the bank holds foreign foreign debt, and he said that that was very very odd."
    >>> [text[e.span.start : e.span.end] for e in RepeatedWords().measure(Document(text)).evidence]
    ['foreign foreign']
    """

    marks: ClassVar[str] = "grammar"
    title: ClassVar[str] = "repeated words"
    name: str = field(default=NAME, init=False)
    columns: tuple[Column, ...] = field(default=(DOUBLED,), init=False)

    def measure(self, document: Document) -> Measurement:
        """Return the rate per 1,000 words, or NaN for a text without words."""
        text, words = document.text, len(document.words)
        if not words:
            return unmeasured(self.columns)
        evidence = []
        counted = 0
        # Hardly any text has two equal neighbours, and this test is cheaper than the search for runs.
        neighbours = _LETTERS.findall(text)
        for match in _RUN.finditer(text) if any(map(eq, neighbours, neighbours[1:])) else ():
            word = match[1]
            # A song: `row row row your boat`. A machine: `headquarters headquarters headquarters`.
            song = match[2].count(word) > 1 and len(word) < _SHORTEST
            if song or word in _EMPHASIS:
                continue
            content = word not in _SLIPS
            counted += content and len(word) >= _SHORTEST
            evidence.append(
                Evidence(NAME, Span(*match.span()), f"“{word}” stands here twice.", (word,), 0.5 if content else 0.2)
            )
        return Measurement({DOUBLED.name: per_1000(counted, words)}, evidence)
