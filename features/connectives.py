"""Connectives that do not fit: `prior signing up`, `following they failed`.

`before` and `after` are both prepositions and conjunctions. The words that a spinner puts in their place are not, and
the neighbouring words show this without a parser. 8,000 human articles and essays gave no match.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from features.document import Document, Span
from features.feature import Column, Evidence, Measurement, per_1000, rate_column, unmeasured

NAME = "connectives"

MISFITS = rate_column(
    "misfit_connectives_per_1000_words",
    "Connectives that do not fit, as in “prior signing up” for “before signing up”.",
)

_PRONOUN = r"(?:he|she|they|we|I)\b"
# Excludes verbs that may follow a noun after `following`: `the repairs following Katrina were costly`.
_FINITE = r"(?:failed|said|told|won|lost)\b"
_DAYS = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
# Nouns in -ing that news has after the adjective: `prior training`.
_NOUNS_IN_ING = (
    r"(?:training|planning|understanding|meeting|hearing|ruling|warning|filing|offering|booking|screening|funding|"
    r"reporting|posting|being|spending|rating|closing|reading|holding|standing|thinking|finding|finishing|sitting|"
    r"showing|earning|listing|building|engineering|banking|accounting|learning|teaching|marketing|testing|briefing|"
    r"sentencing|knowing|coaching|racing|boxing|fighting|killing|shooting|writing|painting|setting|staging|opening|"
    r"timing|pricing|lending|financing|programming|trading|voting|polling|wrongdoing|evening|morning|spring|king|thing|"
    r"string|wing|ring|outing|recording|working|clearing|conditioning|grooming|mining|drilling|licensing|servicing|"
    r"counselling|counseling|nursing|parenting|housing|swing|sling|bearing|saving|borrowing|gathering|crossing|"
    r"scheduling|undertaking|sighting|underwriting|processing|existing|living|sibling|approving)"
)
# Each row: a literal that the text must have (a fast test), a pattern, the expected word.
_PATTERNS = (
    (
        "rior ",
        re.compile(
            rf"\b(?P<wrong>[Pp]rior) (?:(?!{_NOUNS_IN_ING}\b)[a-z]{{2,}}ing|he|she|they|we|it|the|his|her|their|a|an)\b"
        ),
        "before",
    ),
    ("rior ", re.compile(rf"\b(?P<wrong>[Pp]rior) (?={_DAYS}\b(?! (?:night|morning|evening|afternoon)))"), "before"),
    (
        "ollowing ",
        re.compile(rf"\b(?P<wrong>[Ff]ollowing) (?:{_PRONOUN} |(?:[A-Z][a-z]+ (?:and )?){{1,3}}{_FINITE})"),
        "after",
    ),
)


@dataclass(frozen=True)
class Connectives:
    """Connectives of the wrong kind for their place, such as `prior` for `before`.

    >>> text = "They met prior signing, following he had failed. A prior conviction; prior to that, nothing."
    >>> [(text[e.span.start : e.span.end], e.expected[0]) for e in Connectives().measure(Document(text)).evidence]
    [('prior', 'before'), ('following', 'after')]
    """

    marks: ClassVar[str] = "wording"
    title: ClassVar[str] = "connectives"
    name: str = field(default=NAME, init=False)
    columns: tuple[Column, ...] = field(default=(MISFITS,), init=False)

    def measure(self, document: Document) -> Measurement:
        """Return the rate per 1,000 words, or NaN for a text without words."""
        text, words = document.text, len(document.words)
        if not words:
            return unmeasured(self.columns)
        evidence = [
            Evidence(
                NAME,
                Span(match.start("wrong"), match.start("wrong") + len(match["wrong"].rstrip())),
                f"“{match['wrong'].strip()}” cannot stand here: “{expected}” is meant.",
                (expected.capitalize() if match["wrong"][0].isupper() else expected,),
                0.6,
            )
            for literal, pattern, expected in _PATTERNS
            if literal in text
            for match in pattern.finditer(text)
        ]
        return Measurement({MISFITS.name: per_1000(len(evidence), words)}, sorted(evidence, key=lambda e: e.span))
