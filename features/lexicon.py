"""The lexicon of odd substitutions in ``seeds/``: read it, check it and find its wordings in a document.

The table is UTF-8 text. Line 1 is ``# unspin lexicon 1``, line 2 names the columns, and every other line is one wording
with tabs between the fields:

``wording``
    What a rewriter writes. A word with a capital matches only where the text has the capital (`Wall Road`). Anything
    else matches in any case, but a single word does not match inside a name (`nations` in `United Nations`).
``expected``
    What news has instead, separated by ``|``, best first.
``kind``
    One of :data:`KINDS`.
``provenance``
    One of :data:`PROVENANCES`: the sort of rewriter.
``lift``
    log2 of how much more often rewritten text has the wording than human news, shrunk towards 0, with two decimals;
    empty if neither had it. Measured by :mod:`detector.lab.training.lift`.

The order and the tests of the table follow codespell's dictionary.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType

from features.document import Document, Span
from features.feature import NAN

VERSION = 1
HEADER = f"# unspin lexicon {VERSION}"
COLUMNS = ("wording", "expected", "kind", "provenance", "lift")

KINDS = (
    "verb_of_saying",
    "wire_noun",
    "phrase",
    "function_word",
    "name",
    "tortured_term",
    "adverb",
    "verb",
    "noun",
    "adjective",
)
PROVENANCES = (
    "thesaurus",  # replaces words by a thesaurus, well or badly inflected
    "word_list",  # replaces phrases by a widespread list, without grammar
    "round_trip",  # translates prose into another language and back
    "name_rewrite",  # replaces words inside names
    "literature",  # known from papers on tortured phrases
)

_STRAIGHT = (("’", "'"), ("‘", "'"), ("‐", "-"), ("‑", "-"))
# After one of these, a capital does not show a name.
_OPENERS = frozenset(".!?:;…\"“”'‘([—–")


@dataclass(frozen=True, slots=True)
class Wording:
    """One row of the table. ``lift`` is in bits; NaN if it could not be measured."""

    wording: str
    expected: tuple[str, ...]
    kind: str
    provenance: str
    lift: float


@dataclass(frozen=True)
class Found:
    """One place where the text has a wording of the lexicon."""

    span: Span
    entry: Wording


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A wording prepared for matching: the words after its first two, and the places of its capitals."""

    tail: tuple[str, ...]
    capitals: tuple[int, ...]
    words: int
    entry: Wording


@dataclass(frozen=True)
class Lexicon:
    r"""The wordings, in the order of the table, with an index by their first words.

    >>> lexicon = read_lexicon(HEADER + "\n" + "\t".join(COLUMNS) + "\n"
    ...     "Wall Road\tWall Street\tname\tname_rewrite\t5.00\n", "example")
    >>> text = "On Wall Road, not by the wall road."
    >>> [text[f.span.start : f.span.end] for f in lexicon.find(Document(text))]
    ['Wall Road']
    """

    entries: tuple[Wording, ...]
    _words: Mapping[str, _Candidate]
    _phrases: Mapping[str, Mapping[str, tuple[_Candidate, ...]]]

    @cached_property
    def _pairs(self) -> frozenset[tuple[str, str]]:
        """The first two words of every phrase."""
        return frozenset((first, second) for first, seconds in self._phrases.items() for second in seconds)

    def find(self, document: Document) -> list[Found]:
        """Find every wording, in order. The longest wording wins, and places do not overlap."""
        text, tokens = document.text, document.tokens
        plain = _straight(document.lowered)
        words = [plain[start:end] for start, end in tokens]
        words.append("")
        found: list[Found] = []
        free = 0
        singles, pairs = self._words, self._pairs
        # Half of all words begin some phrase, so look up two words at once.
        for at in [i for i, pair in enumerate(pairwise(words)) if pair in pairs or pair[0] in singles]:
            if at < free:
                continue
            candidate = self._longest(text, tokens, words, at)
            if candidate is not None:
                free = at + candidate.words
                found.append(Found(Span(tokens[at].start, tokens[free - 1].end), candidate.entry))
        return found

    def _longest(self, text: str, tokens: tuple[Span, ...], words: list[str], at: int) -> _Candidate | None:
        word = words[at]
        seconds = self._phrases.get(word)
        if seconds is not None:
            for candidate in seconds.get(words[at + 1], ()):
                stop = at + candidate.words
                if candidate.tail == tuple(words[at + 2 : stop]) and _phrase_fits(candidate, text, tokens[at:stop]):
                    return candidate
        single = self._words.get(word)
        return single if single is not None and _word_fits(single, text, tokens, at) else None


def _straight(text: str) -> str:
    """Replace curly apostrophes and special hyphens by plain ones, at the same places."""
    for curly, straight in _STRAIGHT:
        text = text.replace(curly, straight)
    return text


def _phrase_fits(candidate: _Candidate, text: str, tokens: tuple[Span, ...]) -> bool:
    if text.count("\n", tokens[0].start, tokens[-1].end) > 1:
        return False  # a blank line separates two paragraphs
    return all(text[tokens[place].start].isupper() for place in candidate.capitals)


def _word_fits(candidate: _Candidate, text: str, tokens: tuple[Span, ...], at: int) -> bool:
    capital = text[tokens[at].start].isupper()
    if candidate.capitals:
        return capital
    return not capital or _begins_sentence(text, tokens, at)


def _begins_sentence(text: str, tokens: tuple[Span, ...], at: int) -> bool:
    if at == 0:
        return True
    return text[tokens[at - 1].start] in _OPENERS or "\n" in text[tokens[at - 1].end : tokens[at].start]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon that unspin ships.

    Raises ValueError if the table is damaged or of another version. The message names the file and says what to do.
    """
    table = files("seeds") / "lexicon.tsv"
    return read_lexicon(table.read_text(encoding="utf-8"), str(table))


def read_lexicon(text: str, name: str) -> Lexicon:
    """Read the lexicon from ``text``. ``name`` is its origin, for error messages.

    Raises ValueError if the header, the column names or a row do not follow the module's docstring.
    """
    entries = tuple(rows(text, name))
    words: dict[str, _Candidate] = {}
    phrases: dict[str, dict[str, list[_Candidate]]] = {}
    for entry in entries:
        first, *others = _cased_key(entry.wording)
        capitals = tuple(place for place, word in enumerate((first, *others)) if word[0].isupper())
        low = [word.lower() for word in others]
        candidate = _Candidate(tuple(low[1:]), capitals, 1 + len(low), entry)
        if low:
            phrases.setdefault(first.lower(), {}).setdefault(low[0], []).append(candidate)
        else:
            words[first.lower()] = candidate
    return Lexicon(
        entries,
        MappingProxyType(words),
        MappingProxyType(
            {
                first: MappingProxyType(
                    {second: tuple(sorted(found, key=lambda c: -c.words)) for second, found in seconds.items()}
                )
                for first, seconds in phrases.items()
            }
        ),
    )


def rows(text: str, name: str) -> Iterator[Wording]:
    """Yield the rows of a table.

    Raises
    ------
    ValueError
        As :func:`read_lexicon`.
    """
    header, _, rest = text.partition("\n")
    columns, _, body = rest.partition("\n")
    if header != HEADER:
        raise ValueError(f"{name} begins with {header[:60]!r} and not with {HEADER!r}: install unspin again.")
    if tuple(columns.split("\t")) != COLUMNS:
        raise ValueError(
            f"{name} names the columns {columns[:80]!r} and not {' '.join(COLUMNS)}: install unspin again."
        )
    for number, line in enumerate(body.splitlines(), start=3):
        fields = line.split("\t")
        try:
            wording, expected, kind, provenance, lift = fields
            entry = Wording(wording, tuple(expected.split("|")), kind, provenance, float(lift) if lift else NAN)
        except ValueError:
            raise ValueError(
                f"{name}, line {number}: {line[:80]!r} is no row of {' '.join(COLUMNS)}; mend it."
            ) from None
        if not wording:
            raise ValueError(f"{name}, line {number}: the wording is empty; mend it.")
        yield entry


def as_text(entries: tuple[Wording, ...]) -> str:
    r"""Write entries as a sorted table, which :func:`rows` reads.

    >>> as_text((Wording("stated", ("said",), "verb_of_saying", "thesaurus", 1.234),)).splitlines()[-1]
    'stated\tsaid\tverb_of_saying\tthesaurus\t1.23'
    """
    lines = [HEADER, "\t".join(COLUMNS)]
    for entry in sorted(entries, key=lambda e: sort_key(e.wording)):
        lift = "" if math.isnan(entry.lift) else f"{entry.lift:.2f}"
        lines.append("\t".join((entry.wording, "|".join(entry.expected), entry.kind, entry.provenance, lift)))
    return "\n".join(lines) + "\n"


def sort_key(wording: str) -> tuple[str, str]:
    """The order of the table: by letters, then capitals before lower case."""
    return wording.lower(), wording


def _cased_key(wording: str) -> list[str]:
    plain = _straight(wording)
    if plain.replace(" ", "").isalpha():
        return plain.split()  # the same as the tokens, ten times as fast: the table is read at each start
    return [plain[start:end] for start, end in Document(plain).tokens]
