"""A text and the places in it: tokens, words, sentences and quotes.

Each place is a half-open :class:`Span` in code points of the text *exactly as given*. Nothing is normalised. Features
derive what they compare (lower case, straight apostrophes, digit shapes) from a span.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Span(NamedTuple):
    """A half-open range ``text[start:end]`` in code points."""

    start: int
    end: int


# An article has some thousand tokens. Skipping the constructor's Python code halves the time to make their spans.
_as_span = partial(tuple.__new__, Span)


# One pass over the text. Order matters: initialisms, numbers with their units, words, marks. A word keeps inner hyphens
# and apostrophes (`well-being`, `don't`, `O'Connor`), digits (`G20`) and combining accents. It loses its clitic
# (`Russia` + `'s`), because the n-gram model knows the name but often not its possessive.
_CLITIC = r"['’](?:[sS]|[rR][eE]|[vV][eE]|[lL][lL]|[dD]|[mM])(?!\w)"
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.  p.m.
    r"|\d+(?:[.,:/]\d+)*(?:[^\W\d_][^\W_]*)?(?:[-‐‑][^\W_]+)*"  # 1,000  3.5  30-day  5bn-a-year  9/11  4x4
    rf"|{_CLITIC}"  # 's  're
    rf"|[^\W\d_][^\W_]*(?:(?:[-‐‑]|(?!{_CLITIC})['’])[^\W_]+|[\u0300-\u036f]+[^\W_]*)*"  # well-being  don't  G20
    r"|\.{2,}|--+|\S"
)

# Possessive quantifiers from the first mark of a run only, so that a line of a million full stops is read once.
_SENTENCE_END = re.compile(
    r"(?<![.!?…])(?P<mark>[.!?…]++)(?P<close>[\"'”’)\]]*+)(?P<gap>\s+|$)|(?P<paragraph>[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*)"
)
# A name follows these, so they do not end a sentence.
_TITLES = frozenset(
    "Mr Mrs Ms Messrs Dr Prof Sen Rep Gov Gen Col Lt Maj Sgt Capt Cmdr Adm Rev Hon vs v MR MRS MS DR".split()
)
# These end a sentence only before a word that clearly begins one. Months, days, states and similar words count only
# with a capital, because many are also ordinary words (`there he sat.`).
_ABBREVIATIONS = frozenset(
    "jr sr inc corp co ltd plc llc bros etc dept est al ave blvd rd st mt ft approx Jr Sr Inc Corp Co Ltd Plc PLC LLC "
    "Bros Dept Est Ave Blvd Rd St Mt Ft Fr Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur "
    "Thurs Fri Sat Sun Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev "
    "Okla Ore Pa Tenn Tex Va Vt Wash Wis Vol Pte Pty Assn Bhd".split()
)
_BEFORE_FIGURES = frozenset("no nos No Nos fig Fig vol Vol p pp ca art Art sec ch para".split())
_BEGINNERS = frozenset(
    "The A An This That These Those He She It They We You I His Her Its Their Our There Here But And Or Yet If In On At "
    "For From With By As After Before When While Since Although Though However Meanwhile Some Many Most Both What Who "
    "How Why".split()
)
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?$|[^\W_]+$")
_NEXT_WORD = re.compile(r"[\"'“‘(\[«]{0,3}([^\W\d_]+)(?!\.)")

# A longer quote has an unpaired mark and is not speech.
_QUOTE_LIMIT = 2000
_CURLY_QUOTE = re.compile(
    rf"“[^“”]{{1,{_QUOTE_LIMIT}}}”"
    # Speech that continues in the next paragraph has no closing mark.
    rf"|“[^“”\n\r]{{1,{_QUOTE_LIMIT}}}(?=[\n\r]\s{{0,20}}“)"
    rf"|„[^„“”]{{1,{_QUOTE_LIMIT}}}[“”]|«[^«»]{{1,{_QUOTE_LIMIT}}}»"
)
# A straight mark right after a word or stop closes a quote and cannot open one. The look-behind follows the mark, so
# that `re` can skip to the marks.
_STRAIGHT_QUOTE = re.compile(
    rf"\"(?<![\w.,!?;:\"].)(?:[^\"“”\n\r]{{1,{_QUOTE_LIMIT}}}+|“[^\"“”\n\r]{{1,300}}”){{1,20}}+"
    r"(?:[\"”]|(?=[\n\r]\s{0,20}\"))"
)
# Single marks are also apostrophes (`the officials' plan`, `'em`, `rock 'n' roll`). Speech has a stop before its
# closing mark and may contain apostrophes. A quoted word or two has no stop and is short.
_SINGLE_QUOTE = re.compile(
    r"[‘'](?<![\w‘'’].)(?:(?<=‘)|(?!(?:s|re|ve|ll|d|m|t|em|n|til|till|tis|twas|cause|cos|bout|round|\d+s?)(?!\w)))(?=[^\s'’])"
    rf"(?:(?:[^‘’'\n\r]|(?<=\w)['’](?=\w)|(?<=[sS])['’](?=\s)){{1,{_QUOTE_LIMIT}}}?[.,!?…—]['’](?!\w)"
    r"|(?:[^‘’'\n\r]|(?<=\w)['’](?=\w)){1,80}?(?<=\S)['’](?!\w))"
)


@dataclass(frozen=True)
class Document:
    """One article.

    Parameters
    ----------
    text : str
        The text exactly as given. Spans index its code points.
    source : str
        Where the text came from, for people: a path, a URL or ``"-"``. It is never opened or fetched.

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
        """Words, numbers, clitics and single marks, in order, without white space."""
        return tuple(map(_as_span, map(re.Match.span, _TOKEN.finditer(self.text))))

    @cached_property
    def bounds(self) -> NDArray[np.int64]:
        """Start and end of each token, shape (tokens, 2), read-only."""
        bounds = np.fromiter(chain.from_iterable(self.tokens), np.int64, 2 * len(self.tokens)).reshape(-1, 2)
        bounds.setflags(write=False)
        return bounds

    @cached_property
    def words(self) -> tuple[Span, ...]:
        """The tokens that begin with a letter or digit."""
        text = self.text
        return tuple([span for span in self.tokens if text[span[0]].isalnum()])

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, with every code point at its place."""
        lower = self.text.lower()
        if len(lower) != len(self.text):  # some capitals (U+0130) become two code points
            lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)
        return lower

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Sentences without surrounding white space. A line break ends a sentence, as headlines have no full stop."""
        return _sentences(self.text)

    @cached_property
    def quotes(self) -> tuple[Span, ...]:
        """Direct speech and other quoted passages with their marks, in order. Only the outermost quotes count."""
        found = [
            Span(*match.span())
            for pattern in (_CURLY_QUOTE, _STRAIGHT_QUOTE, _SINGLE_QUOTE)
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


def has_more_words(text: str, most: int) -> bool:
    """Whether a text has more than ``most`` words. Stops counting there and keeps no words.

    >>> has_more_words("Talks ended, both said.", 3), has_more_words("Talks ended, both said.", 4)
    (True, False)
    """
    words = (match for match in _TOKEN.finditer(text) if text[match.start()].isalnum())
    return next(islice(words, most, None), None) is not None


@lru_cache(maxsize=2)  # the grammar checker gets a plain text and asks again
def _sentences(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        if match["mark"] is None:
            if _goes_on(text, match):
                continue
            end = match.start()
        else:
            if not _ends_sentence(text, match):
                continue
            end = match.end("close")
        _append_stripped(spans, text, begin, end)
        begin = match.end()
    _append_stripped(spans, text, begin, len(text))
    return tuple(spans)


def _append_stripped(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    if start < end:
        spans.append(Span(start, end))


def _goes_on(text: str, break_: re.Match[str]) -> bool:
    """Whether a line break falls inside a sentence: a single break in text with short lines."""
    gap = break_.group()
    if len(gap) > 2 or gap in {"\n\n", "\r\r"}:
        return False
    following = text[break_.end() : break_.end() + 1]
    return following.islower() and text[break_.start() - 1 : break_.start()] not in {":", ";"}


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 3].lstrip("\"'“‘([«")[:1]
    if not following:
        return True
    gap = match["gap"]
    new_line = "\n" in gap or "\r" in gap
    # A spaced ellipsis: `. . .`
    if following == ".":
        return False
    # Tokenised text has a space before its stops.
    before = text[max(0, match.start() - 2) : match.start()]
    apart = before.endswith(" ") and before != ". "
    if following.islower() and not new_line:
        return apart
    if match["mark"] != "." or match["close"] or apart:
        return True
    last = _LAST_WORD.search(text, max(0, match.start() - 20), match.start())
    if last is None:
        return True
    word = last.group()
    if word in _TITLES:
        return False
    if word in _BEFORE_FIGURES:
        return not following.isdigit()
    initials = "." in word or (len(word) == 1 and word.isupper())
    if not initials and word not in _ABBREVIATIONS:
        return True
    # `U.S. President` and `J. Smith` go on, `in the U.S. The talks` does not.
    if following.islower():
        return False
    begun = _NEXT_WORD.match(text, match.end())
    return new_line or (begun is not None and begun[1] in _BEGINNERS)
