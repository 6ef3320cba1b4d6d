"""Names of countries, cities and days that a rewrite has broken.

People hardly ever make these two mistakes. A spinner that replaces `Ukrainian` by `Ukraine’s` keeps the article before
it: `a Ukraine’s delegation`. Its word list also holds names in lower case, so `kyiv` or `european` appears in the
middle of a sentence of otherwise well capitalised text.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from features.document import Document, Span
from features.feature import Column, Evidence, Measurement, per_1000, rate_column, unmeasured
from features.nationalities import COUNTRIES, NAMES_ALWAYS_CAPITALISED

NAME = "country_names"

POSSESSIVES = rate_column(
    "articles_before_countries_per_1000_words",
    "Uses of “a” or “the” before a country’s possessive, as in “the Russia’s position”.",
)
LOWER_CASED = rate_column(
    "lower_cased_names_per_1000_words",
    "Countries, nationalities, capitals and weekdays without a capital letter, in an article that otherwise uses it.",
)

# Requires a lower-case next word: `a Britain’s Got Talent star` and `the America’s Cup` are correct.
_POSSESSIVE = re.compile(r"\b([Tt]he|[Aa]n?)[ \t\u00a0]+([A-Z][a-z]+)(['’])s(?=[ \t\u00a0]+[a-z])")
_THE_UKRAINE = re.compile(r"\bthe Ukraine(?!\w|['’])")
_LOWER = {name.lower(): name for name in NAMES_ALWAYS_CAPITALISED}
_LOWER_WORD = re.compile(r"[a-z]{4,}")
# Names have no capital inside an address, a handle or a tag.
_GLUE = frozenset("@#/\\_-.&=:+‑")


def _possessives(document: Document) -> list[Evidence]:
    text = document.text
    found = []
    for match in _POSSESSIVE.finditer(text):
        article, country, apostrophe = match.groups()
        names = COUNTRIES.get(country)
        if names is None:
            continue
        if country == "Ukraine" and article.lower() == "the" and _THE_UKRAINE.search(text):
            continue  # the writer says `in the Ukraine` throughout
        adjective, people = names
        before_vowel = adjective[0] in "AEIO" or adjective == "Ukrainian"
        capital = article[0].isupper()
        if article.lower() == "the":
            shown = article
        elif before_vowel and adjective not in ("European", "Ukrainian"):
            shown = "An" if capital else "an"
        else:
            shown = "A" if capital else "a"
        expected = [f"{shown} {adjective}"]
        if article.lower() == "the":
            expected.append(f"{article} {people}")
        expected.append(f"{country}{apostrophe}s")
        found.append(
            Evidence(
                NAME,
                Span(*match.span()),
                f"“{match.group()}”: an article cannot stand before a country’s possessive.",
                tuple(dict.fromkeys(expected)),
                0.8,
            )
        )
    return found


def _lower_cased(document: Document) -> list[Evidence]:
    text = document.text
    if _LOWER.keys().isdisjoint(_LOWER_WORD.findall(text)):
        return []
    lower: list[Span] = []
    kept = 0
    for span in document.words:
        word = text[span.start : span.end]
        if word in _LOWER:
            glued = text[span.start - 1 : span.start] in _GLUE if span.start else False
            after = text[span.end : span.end + 2]
            if not glued and not (after[:1] in _GLUE and after[1:].strip()):
                lower.append(span)
        elif word in NAMES_ALWAYS_CAPITALISED:
            kept += 1
    # A writer who leaves out most capitals does it by habit, not through a rewrite.
    if len(lower) >= kept:
        return []
    return [
        Evidence(
            NAME,
            span,
            f"“{document[span]}” has lost its capital letter.",
            (_LOWER[document[span]],),
            0.5,
        )
        for span in lower
    ]


@dataclass(frozen=True)
class CountryNames:
    """Articles before possessive countries, and names in lower case.

    >>> text = "A Ukraine’s delegation left Kyiv on Friday, and kyiv was calm."
    >>> found = CountryNames().measure(Document(text)).evidence
    >>> [(text[e.span.start : e.span.end], e.expected[0]) for e in found]
    [('A Ukraine’s', 'A Ukrainian'), ('kyiv', 'Kyiv')]
    """

    marks: ClassVar[str] = "name"
    title: ClassVar[str] = "country names"
    name: str = field(default=NAME, init=False)
    columns: tuple[Column, ...] = field(default=(POSSESSIVES, LOWER_CASED), init=False)

    def measure(self, document: Document) -> Measurement:
        """Return rates per 1,000 words, or NaN for a text without words."""
        words = len(document.words)
        if not words:
            return unmeasured(self.columns)
        possessives, lower = _possessives(document), _lower_cased(document)
        return Measurement(
            {POSSESSIVES.name: per_1000(len(possessives), words), LOWER_CASED.name: per_1000(len(lower), words)},
            sorted((*possessives, *lower), key=lambda e: e.span),
        )
