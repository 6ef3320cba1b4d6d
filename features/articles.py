"""The wrong one of `a` and `an`: `a assurance`, `an pointless`.

A spinner replaces a word and keeps the article of the old word. Both mistakes are marked. Only `an` before a consonant
is a column: one essay in five by learners has `a important`, nearly as many as spun texts. Learners hardly ever write
`an preliminary`, and the published news never does.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from features.document import Document, Span
from features.feature import Column, Evidence, Measurement, per_1000, rate_column, unmeasured

NAME = "articles"

AN_BEFORE_CONSONANT = rate_column(
    "an_before_consonant_per_1000_words",
    "Uses of “an” before a consonant, as in “an preliminary offer”. This happens when a program replaces the word after it.",
)

# The article depends on sound, not spelling: `a unit`, `a European`, `a one-off`; but `an unidentified`, `an unnamed`.
_YOO = re.compile(
    r"uni(?![dmn])|unan|us[aeu]|ur(?:an|in|ea|og)|ut(?:e|i|op)|ubiq|uk|ugand|eu|ew|ouija|on(?:e|ce)(?![a-z])"
)
_VOWELS = frozenset("aeiou")
# Words with `h` are not judged (`an historic` is British), nor are words without a vowel (`an nfl`).
_LEFT_ALONE = frozenset("hy")
# Before these words the letters are no article: `vitamin a and`, a typing error, or another language.
_AFTER_A = frozenset(
    "and any all another are also after about again against among around although each either even ever every into its "
    "itself off often only onto other our out over under until upon una est otro avec".split()
)
_AFTER_AN = frozenset(
    "the that this these those then than they them their there for from was were will with which who when where while "
    "what would she his her him you your some such not nor just did does let more must may can could now still through "
    "too very been but non die der den van von".split()
)
# The look-behind follows the letter because `re` finds such a pattern several times faster.
_ARTICLE = re.compile(r"([Aa])(?<![\w&./-][Aa])(n?)[ \t\u00a0]+([a-z]{3,})(?![’'\w])")
_BEFORE_SENTENCE = frozenset(".!?:\"“‘'(\n\r\t")


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip(" ")
    return not before or before[-1] in _BEFORE_SENTENCE


def _wants_an(word: str) -> bool | None:
    """Whether a lower-case word of three or more letters takes `an`; None where both occur or the sound is unclear."""
    if word[0] in _VOWELS:
        return not _YOO.match(word)
    if word[0] in _LEFT_ALONE or _VOWELS.isdisjoint(word):
        return None
    return False


def _weight(*, an: bool, word: str) -> float:
    if not an:
        return 0.4
    # `an unique` is common in several Englishes.
    return 0.2 if word[0] in _VOWELS else 0.6


@dataclass(frozen=True)
class Articles:
    """Uses of `a` and `an` that do not fit the next word.

    >>> text = "It sought a assurance and made an preliminary offer for an hour in a European unit."
    >>> [(text[e.span.start : e.span.end], e.expected[0]) for e in Articles().measure(Document(text)).evidence]
    [('a assurance', 'an assurance'), ('an preliminary', 'a preliminary')]
    """

    marks: ClassVar[str] = "grammar"
    title: ClassVar[str] = "“a” and “an”"
    name: str = field(default=NAME, init=False)
    columns: tuple[Column, ...] = field(default=(AN_BEFORE_CONSONANT,), init=False)

    def measure(self, document: Document) -> Measurement:
        """Return the rate per 1,000 words, or NaN for a text without words."""
        text, words = document.text, len(document.words)
        if not words:
            return unmeasured(self.columns)
        evidence = []
        counted = 0
        for match in _ARTICLE.finditer(text):
            letter, n, word = match.groups()
            an = bool(n)
            if _wants_an(word) is not (not an) or word in (_AFTER_AN if an else _AFTER_A):
                continue
            capital = letter == "A"
            if capital and not _begins_sentence(text, match.start()):
                continue  # a grade, a shoe width, a vitamin
            right = ("A" if capital else "a") + ("" if an else "n")
            counted += an and word[0] not in _VOWELS
            evidence.append(
                Evidence(
                    NAME,
                    Span(*match.span()),
                    f"“{letter}{n}” does not go with “{word}”: it may have belonged to another word.",
                    (f"{right} {word}",),
                    _weight(an=an, word=word),
                )
            )
        return Measurement({AN_BEFORE_CONSONANT.name: per_1000(counted, words)}, evidence)
