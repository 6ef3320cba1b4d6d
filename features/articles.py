"""`a assurance`, `an pointless`: the article of a word that is gone.

A spinner changes a word and leaves the article that belonged to the old one. Both directions are marked, because both
are worth mending. Only `an` before a consonant is a column: learners write `a important` nearly as often as spinners
do (one essay in five), but `an preliminary` hardly ever, and no reference copy has it.
"""

import re
from dataclasses import dataclass, field

from features.document import Document, Span
from features.feature import Column, Evidence, Measurement, per_1000, unmeasured

NAME = "articles"

AN_BEFORE_CONSONANT = Column(
    "an_before_consonant_per_1000_words",
    "per 1,000 words",
    0.0,
    1000.0,
    "How often “an” stands before a consonant, as in “an preliminary offer”: the article of a word that was replaced.",
)

# Sound, not spelling: `a unit`, `a European`, `a one-off`, `a unanimous`; but `an unidentified`, `an unnamed`.
_YOO = r"uni(?![dmn])|unan|us[aeu]|ur(?:an|in|ea|og)|ut(?:e|i|op)|ubiq|uk|ugand|eu|ew|ouija|one|once"
# After `vitamin a`, after a slip of the pen, or in another language: no article at all.
_AFTER_A = (
    "and any all another are also after about again against among around although as at each either even ever every if "
    "in into is it its itself of off often on only onto or other our out over under until up upon una el est il otro avec"
)
_AFTER_AN = (
    "the that this these those then than they them their there to for from was were will with which who when where "
    "while what would she his her him my me we you your so some such not no nor just do did does let more must may can "
    "could now still through too very by be been but non die der den van von"
)
_GAP = r"[ \t\u00a0]+"
_A = re.compile(
    rf"(?<![\w&./-])([Aa]){_GAP}(?!{_YOO}|(?:{'|'.join(_AFTER_A.split())})\b)([aeiou][a-z]{{2,}})\b(?![’'])"
)
# Every `h` is left alone (`an historic` is British), and so are letters read one by one (`an mp3`, `an nfl`).
_AN = re.compile(
    rf"(?<![\w&./-])([Aa]n){_GAP}(?!(?:{'|'.join(_AFTER_AN.split())})\b)"
    r"((?=[a-z]*[aeiou])[bcdfgjklmnpqrstvwz][a-z]{2,})(?![’'\w])"
)
_AN_YOO = re.compile(
    rf"(?<![\w&./-])([Aa]n){_GAP}((?:uni(?![dmn])|unan)[a-z]+|use(?:ful|r|d)?|usual(?:ly)?|european|one|once)\b"
)
_BEFORE_SENTENCE = frozenset(".!?:\"“‘'(\n\r\t")


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip(" ")
    return not before or before[-1] in _BEFORE_SENTENCE


def _marks(pattern: re.Pattern[str], text: str, right: str, weight: float) -> list[Evidence]:
    found = []
    for match in pattern.finditer(text):
        article, word = match.groups()
        capital = article[0] == "A"
        if capital and not _begins_sentence(text, match.start()):
            continue  # a grade, a shoe width, a vitamin
        shown = right.capitalize() if capital else right
        found.append(
            Evidence(
                NAME,
                Span(*match.span()),
                f"“{article}” does not go with “{word}”: it may have belonged to another word.",
                (f"{shown} {word}",),
                weight,
            )
        )
    return found


@dataclass(frozen=True)
class Articles:
    """The wrong one of `a` and `an`.

    Examples
    --------
    >>> text = "It sought a assurance and made an preliminary offer for an hour in a European unit."
    >>> [(text[e.span.start : e.span.end], e.expected[0]) for e in Articles().measure(Document(text)).evidence]
    [('a assurance', 'an assurance'), ('an preliminary', 'a preliminary')]
    """

    name: str = field(default=NAME, init=False)
    columns: tuple[Column, ...] = field(default=(AN_BEFORE_CONSONANT,), init=False)

    def measure(self, document: Document) -> Measurement:
        """Rate per 1,000 words; NaN for a text without words."""
        text, words = document.text, len(document.words)
        if not words:
            return unmeasured(self.columns)
        an = _marks(_AN, text, "a", 0.6)
        evidence = [*an, *_marks(_A, text, "an", 0.4), *_marks(_AN_YOO, text, "a", 0.2)]
        return Measurement({AN_BEFORE_CONSONANT.name: per_1000(len(an), words)}, sorted(evidence, key=lambda e: e.span))
