"""A text and the places in it: tokens, words, sentences, quotes.

Everything is a half-open :class:`Span` in code points of the text *exactly as given*; nothing is normalised away.
What a feature compares (lower case, straight apostrophes, digit shapes) it derives from a span when it needs it.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open stretch ``text[start:end]`` in code points."""

    start: int
    end: int


# One pass over the text. Order matters: initialisms before words, numbers with their units, words, marks.
# A word keeps inner hyphens and apostrophes (`well-being`, `don't`, `O'Connor`) but gives up its clitic
# (`Russia` + `'s`), because the name is known to the n-gram model and the possessive form often is not.
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.  p.m.
    r"|\d+(?:[.,:/]\d+)*(?:[^\W\d_]+|(?:[-‐‑][^\W_]+)+)?"  # 1,000  3.5  30-day  5bn  9/11
    r"|['’](?:[sS]|[rR][eE]|[vV][eE]|[lL][lL]|[dD]|[mM])(?!\w)"  # 's  're
    r"|[^\W\d_]+(?:(?:[-‐‑]|['’](?!(?:[sS]|[rR][eE]|[vV][eE]|[lL][lL]|[dD]|[mM])(?!\w)))[^\W_]+)*"
    r"|\.{2,}|--+|\S"
)

_SENTENCE_END = re.compile(
    r"(?P<mark>\.{3,}|…|[.!?]+)(?P<close>[\"'”’)\]]*)(?P<gap>\s+|$)|(?P<paragraph>[ \t]*(?:\r\n|\r|\n)\s*)"
)
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sen rep gov gen col lt sgt capt adm rev hon st jr sr inc corp co ltd plc llc bros no vs etc "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun "
    "mt ft approx dept est fig vol al ave blvd rd ariz calif colo conn fla ill mass mich minn mo okla ore pa tenn "
    "tex va wash wis".split()
)
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?$|[^\W_]+$")

# Quotes longer than this without a closing mark are an unpaired mark, not speech.
_QUOTE_LIMIT = 2000
_QUOTE = re.compile(rf"“[^“”]{{1,{_QUOTE_LIMIT}}}”|„[^„“”]{{1,{_QUOTE_LIMIT}}}[“”]|«[^«»]{{1,{_QUOTE_LIMIT}}}»")
_STRAIGHT_QUOTE = re.compile(rf'"[^"\n\r]{{1,{_QUOTE_LIMIT}}}"')
_SINGLE_QUOTE = re.compile(rf"(?<!\w)‘[^‘\n\r]{{1,{_QUOTE_LIMIT}}}?’(?!\w)")


@dataclass(frozen=True)
class Document:
    """One article as read.

    Parameters
    ----------
    text : str
        The text exactly as given. Spans index its code points.
    source : str
        Where it came from, for people: a path, a URL or ``"-"``. Never opened or fetched.

    Examples
    --------
    >>> d = Document("“We agreed,” Ms. Day said. The U.S.-led talks ended.")
    >>> [d.text[s:e] for s, e in d.sentences]
    ['“We agreed,” Ms. Day said.', 'The U.S.-led talks ended.']
    >>> [d.text[s:e] for s, e in d.quotes]
    ['“We agreed,”']
    >>> [d.text[s:e] for s, e in d.words][:4]
    ['We', 'agreed', 'Ms', 'Day']
    """

    text: str
    source: str = "-"

    @cached_property
    def tokens(self) -> tuple[Span, ...]:
        """Words, numbers, clitics and single marks, in order; white space is in none of them."""
        return tuple(Span(*match.span()) for match in _TOKEN.finditer(self.text))

    @cached_property
    def words(self) -> tuple[Span, ...]:
        """The tokens that begin with a letter or digit: what a person counts as words."""
        text = self.text
        return tuple(span for span in self.tokens if text[span.start].isalnum())

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Sentences without surrounding white space. A line break ends a sentence: headlines have no full stop."""
        return tuple(_sentences(self.text))

    @cached_property
    def quotes(self) -> tuple[Span, ...]:
        """Direct speech and other quoted stretches, marks included, outermost only, in order."""
        found = [
            Span(*match.span())
            for pattern in (_QUOTE, _STRAIGHT_QUOTE, _SINGLE_QUOTE)
            for match in pattern.finditer(self.text)
        ]
        outermost: list[Span] = []
        for span in sorted(found, key=lambda s: (s.start, -s.end)):
            if not outermost or span.start >= outermost[-1].end:
                outermost.append(span)
        return tuple(outermost)

    def __getitem__(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span.start : span.end]


def _sentences(text: str) -> list[Span]:
    spans: list[Span] = []
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        if match["paragraph"] is None and not _ends_sentence(text, match):
            continue
        end = match.start() if match["paragraph"] is not None else match.end("close")
        _append_stripped(spans, text, begin, end)
        begin = match.end()
    _append_stripped(spans, text, begin, len(text))
    return spans


def _append_stripped(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    if start < end:
        spans.append(Span(start, end))


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 2].lstrip("\"'“‘([«")
    if not following:
        return True
    if following[0].islower():
        return False
    if match["mark"] != "." or match["close"]:
        return True
    last = _LAST_WORD.search(text, max(0, match.start() - 20), match.start())
    if last is None:
        return True
    word = last.group()
    if word.lower() in _ABBREVIATIONS:
        return False
    # `J. Smith` and `U.S. President`: initials do not end a sentence unless something plainly begins one.
    return not (len(word) == 1 and word.isupper()) and "." not in word
