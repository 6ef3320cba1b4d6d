"""Known spinner phrases, alone or together: `Wall Road`, `counterfeit consciousness`, `prior signing`.

The lexicon in ``seeds/`` gives their likely originals. It also gives their *lift*, in bits: how much more often
rewritten text has the wording than human news, as measured. Many wordings are good English and prove nothing alone
(`stated`, `following`). They are marked only if an article has too many different ones for chance.
"""

import math
from dataclasses import dataclass, field
from typing import ClassVar

from features.document import Document, Span
from features.feature import Column, Evidence, Measurement, per_1000, rate_column, unmeasured
from features.lexicon import Found, Lexicon, Wording, lexicon

NAME = "tell_tales"

ALL = rate_column("tell_tales_per_1000_words", "Phrases that rewritten text has far more often than human news.")
KINDS_SEEN = Column("tell_tale_kinds", "kinds", 0.0, 10.0, "Different kinds of known spinner phrases in the article.")
STRONG = rate_column(
    "strong_tell_tales_per_1000_words", "Phrases that human news hardly ever has, as in “counterfeit consciousness”."
)
NAMES = rate_column("names_rewritten_per_1000_words", "Names with a replaced word, as in “Wall Road”.")
BITS = Column(
    "tell_tale_bits_per_100_words",
    "bits per 100 words",
    -math.inf,
    math.inf,
    "How strongly the known spinner phrases point to a rewrite, each counted once. 0 means no evidence.",
)

# Bits from which a wording counts: rewritten text has it four times as often.
TELLING = 2.0
# Bits from which a wording is strong: eight times as often.
STRONG_BITS = 3.0
# Only strong wordings of these kinds are marked alone. Any other word may be the writer's taste.
_TELLING_ALONE = frozenset({"name", "phrase", "tortured_term", "wire_noun"})
# The other wordings are marked if two sums reach these bits, each wording counted once: that of the telling ones, and
# that of all per 100 words. 2% of human articles reach the second, as a long essay has a few of anything.
COMPANY = 12.0
DENSITY = 2.5
# Bits of a wording that neither corpus had. It is in the lexicon because people do not write it.
_UNSEEN = {"name": 5.0, "tortured_term": 5.0}
_UNSEEN_PHRASE = 4.0
_UNSEEN_WORD = 1.0
# Prior odds: one text in nine is rewritten. A mark is probably right if the lift exceeds this.
_PRIOR_BITS = 3.0
_LOWEST, _HIGHEST = 0.2, 0.95


def bits(entry: Wording) -> float:
    """Return the evidence of this wording in bits: its lift, or a guess by kind if that could not be measured.

    Replaced names and terms are too rare for a large lift. If machines write one more often than people, the guess is a
    lower bound.

    >>> bits(Wording("stated", ("said",), "verb_of_saying", "thesaurus", 2.5))
    2.5
    >>> bits(Wording("Wall Road", ("Wall Street",), "name", "name_rewrite", 1.6))
    5.0
    """
    if math.isnan(entry.lift):
        return _UNSEEN.get(entry.kind, _UNSEEN_PHRASE if " " in entry.wording else _UNSEEN_WORD)
    return max(entry.lift, _UNSEEN.get(entry.kind, entry.lift)) if entry.lift >= 1.0 else entry.lift


def weight(entry: Wording) -> float:
    """Return the probability that a rewriter chose the wording, if one text in nine is rewritten; from .2 to .95.

    >>> round(weight(Wording("Wall Road", ("Wall Street",), "name", "name_rewrite", 5.0)), 2)
    0.8
    >>> weight(Wording("stated", ("said",), "verb_of_saying", "thesaurus", 0.5))
    0.2
    """
    return min(_HIGHEST, max(_LOWEST, 1 / (1 + 2 ** (_PRIOR_BITS - bits(entry)))))


def _stands_alone(entry: Wording) -> bool:
    """Whether one occurrence is enough for a mark."""
    several = " " in entry.wording or entry.kind in _UNSEEN
    return bits(entry) >= STRONG_BITS and several and entry.kind in _TELLING_ALONE


def _message(wording: str, entry: Wording) -> str:
    usual = f"“{entry.expected[0]}”"
    if entry.kind == "name":
        return f"“{wording}”: a word of the name {usual} was replaced."
    if entry.kind == "tortured_term":
        return f"“{wording}”: the term is {usual}."
    return f"“{wording}”: news usually has {usual} here."


def _inside(span: Span, quotes: tuple[Span, ...]) -> bool:
    return any(quote.start <= span.start and span.end <= quote.end for quote in quotes)


def _cased(original: str, shown: str) -> str:
    """Give the original the capital of the text: `Said` for `Stated`."""
    return original[0].upper() + original[1:] if shown[:1].isupper() else original


@dataclass(frozen=True)
class TellTales:
    """Wordings of the lexicon, counted and marked with their likely originals.

    Direct speech is not the writer's, so only wordings that are marked alone count there.

    >>> text = "Shares rose on Wall Road on Monday, lifted by makers of counterfeit consciousness."
    >>> [e.expected[0] for e in TellTales().measure(Document(text)).evidence]
    ['Wall Street', 'artificial intelligence']
    """

    table: Lexicon = field(default_factory=lexicon, repr=False)
    marks: ClassVar[str] = "telltale"
    title: ClassVar[str] = "known spinner phrases"
    name: str = field(default=NAME, init=False)
    columns: tuple[Column, ...] = field(default=(ALL, KINDS_SEEN, STRONG, NAMES, BITS), init=False)

    def measure(self, document: Document) -> Measurement:
        """Return rates and bits (NaN for a text without words), and marks by the rule in the module's docstring."""
        words = len(document.words)
        if not words:
            return unmeasured(self.columns)
        found = self._counted(document)
        telling = [place for place in found if bits(place.entry) >= TELLING]
        strong = [place for place in telling if bits(place.entry) >= STRONG_BITS]
        different = {place.entry.wording: bits(place.entry) for place in found}
        density = 100.0 * sum(different.values()) / words
        in_company = density >= DENSITY and sum(v for v in different.values() if v >= TELLING) >= COMPANY
        return Measurement(
            {
                ALL.name: per_1000(len(telling), words),
                KINDS_SEEN.name: float(len({place.entry.kind for place in telling})),
                STRONG.name: per_1000(len(strong), words),
                NAMES.name: per_1000(sum(place.entry.kind == "name" for place in strong), words),
                BITS.name: density,
            },
            tuple(_evidence(document, place) for place in telling if in_company or _stands_alone(place.entry)),
        )

    def _counted(self, document: Document) -> list[Found]:
        return [
            place
            for place in self.table.find(document)
            if _stands_alone(place.entry) or not _inside(place.span, document.quotes)
        ]


def _evidence(document: Document, place: Found) -> Evidence:
    shown = document[place.span]
    return Evidence(
        NAME,
        place.span,
        _message(shown, place.entry),
        tuple(_cased(original, shown) for original in place.entry.expected),
        round(weight(place.entry), 3),
    )
