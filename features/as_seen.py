"""Undo disguises: recover the text that a person sees, and map it back to the text as given.

A reader does not notice letters of another alphabet, invisible characters or a word cut in two. Programs do, so people
insert them to hide machine rewrites. :func:`see` undoes them before any feature counts, and records each change. Each
step works on the result of the one before:

0. Leave out page furniture, such as menus, captions and lists of topics: :mod:`features.furniture`.
1. Remove invisible characters: default-ignorable code points and control characters (Unicode Standard, section 5.21).
2. Replace look-alike letters by the letters they resemble: Unicode's table of confusable characters (Unicode Technical
   Standard 39) and compatibility decompositions (NFKD).
3. Remove accents from English words that have none, if many words have them.
4. Join words that a space or a mark cuts, and correct words with two letters swapped or a digit for a letter, if many
   words are like this.
5. Change text that is all capitals, Title Case or all lower case to the case of ordinary prose.
6. Remove quotation marks if nearly all the text stands inside them.

Steps 3 to 6 need many such words. A few may be typing errors, names or style, and stay as they are.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from features import furniture
from features.document import Document, Span

FURNITURE, INVISIBLE, LOOK_ALIKE, ACCENT, CUT, MISSPELT, CASE, QUOTES = (
    "furniture",
    "invisible",
    "look-alike",
    "accent",
    "cut",
    "misspelt",
    "case",
    "quotes",
)
"""What a change undoes."""

HONEST = frozenset({FURNITURE, CASE, QUOTES})
"""These are no disguises."""

TYPESETTING = re.compile(
    r"[\u00ad\u034f\u061c\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0001-\U000e01ef]+"
)
"""Invisible characters that occur in honest copy: soft hyphens, joiners, direction marks, variation selectors, tags and
the byte order mark. They are removed but do not count as disguises."""

LEAST_WORDS, LEAST_SHARE = 3, 0.02
"""The smallest number and share of disguised words from which a text counts as disguised."""

COMMON, USUAL = 10_000, 60_000
"""How many of the most frequent news words count as common and as usual. At first, a cut or
misspelt word must turn out to be a common word. The text must also have words that are not even usual."""


@dataclass(frozen=True)
class Vocabulary:
    """The words of English news.

    Parameters
    ----------
    ranks : mapping of str to int
        Lower-case words and their frequency ranks, 0 for the most frequent.
    """

    ranks: Mapping[str, int]

    def knows(self, word: str) -> bool:
        """Whether the vocabulary has a word, in any case."""
        return word.lower() in self.ranks

    def is_common(self, word: str) -> bool:
        """Whether a word is among the :data:`COMMON` most frequent."""
        return self.ranks.get(word.lower(), COMMON) < COMMON


Knows = Callable[[str], bool]
"""A function that tells whether a word, in any case, belongs to a set of words."""


@dataclass(frozen=True)
class Change:
    """One place that a person reads differently from how it is spelt.

    Parameters
    ----------
    span : Span
        In the text as given: the whole word for letters, the characters themselves otherwise.
    what : str
        One of the constants :data:`FURNITURE` to :data:`QUOTES`.
    seen : str
        What a person reads there.
    """

    span: Span
    what: str
    seen: str


@dataclass(frozen=True)
class Seen:
    """A text as a person sees it.

    Parameters
    ----------
    other : Document or None
        The text as seen, if it differs from the text as given. It holds no reference to the given document, because
        that document may be the weak key under which this result is cached.
    changes : tuple of Change
        In the order of the steps.
    begins, ends : ndarray of int64, shape (len(other.text),), or None
        Where each code point of the text as seen begins and ends in the text as given; None if the texts are equal.
    """

    other: Document | None = None
    changes: tuple[Change, ...] = ()
    begins: NDArray[np.int64] | None = None
    ends: NDArray[np.int64] | None = None

    def to_given(self, span: Span) -> Span:
        """Return the same place in the text as given."""
        if self.begins is None or self.ends is None:
            return span
        if span.start >= span.end:
            at = int(self.begins[span.start]) if span.start < len(self.begins) else int(self.ends[-1])
            return Span(at, at)
        return Span(int(self.begins[span.start]), int(self.ends[span.end - 1]))

    @property
    def left_out(self) -> tuple[Span, ...]:
        """The lines of page furniture, which are not measured, in the text as given."""
        return tuple(change.span for change in self.changes if change.what == FURNITURE)

    @cached_property
    def disguises(self) -> dict[str, int]:
        """Number of words disguised in each way; empty if the text was not disguised.

        A few disguised words do not count, nor do invisible typesetting characters and what is :data:`HONEST`.
        """
        found: dict[str, int] = {}
        for change in self.changes:
            if change.what not in HONEST:
                found[change.what] = found.get(change.what, 0) + 1
        words = len(self.other.words) if self.other else 1
        return {w: n for w, n in found.items() if n >= LEAST_WORDS and n >= LEAST_SHARE * words}


def see(document: Document, vocabulary: Vocabulary) -> Seen:
    r"""Read a text as a person does.

    Parameters
    ----------
    document : Document
        The text as given.
    vocabulary : Vocabulary
        The words that a disguised word may turn out to be.

    Examples
    --------
    >>> seen = see(Document("The p\u0430y\u200bment"), Vocabulary({"the": 0, "payment": 1}))
    >>> seen.other.text, seen.to_given(Span(4, 11)), sorted(change.what for change in seen.changes)
    ('The payment', Span(start=4, end=12), ['invisible', 'look-alike'])
    """
    knows, is_common = vocabulary.knows, vocabulary.is_common
    view = _View(document.text)
    view.apply([_Edit(start, end, "", FURNITURE, (start, end, "")) for start, end in furniture.find(document.text)])
    if not view.text.isascii() or _CONTROL.search(view.text):
        view.apply(_invisible(view.text))
        if _FOREIGN_LETTER.search(view.text):
            view.apply(_look_alikes(view.text, knows))
            view.apply(_accents(view.text, knows, is_common))
    if _has_odd_words(view.text, vocabulary):
        view.apply(_cut(view.text, knows, is_common))
        view.apply(_misspelt(view.text, knows, is_common))
    view.apply(_case(view.text, knows))
    # Use the given document if nothing changed: it caches its quotes, which features need too.
    same = view.text == document.text
    view.apply(_quotes(document if same else Document(view.text)))
    if view.text == document.text:
        return Seen()
    read = Document(view.text, document.source)
    return Seen(read, tuple(view.changes), view.begins, view.ends)


@dataclass(frozen=True)
class _Edit:
    """``text[start:end]`` becomes ``new``. ``told`` is the start, end and reading of the place to report, if any."""

    start: int
    end: int
    new: str
    what: str
    told: tuple[int, int, str] | None = None


class _View:
    """A text being edited, and the place in the given text that each of its code points came from."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.begins: NDArray[np.int64] = np.arange(len(text))
        self.ends: NDArray[np.int64] = self.begins + 1
        self.changes: list[Change] = []

    def apply(self, edits: Sequence[_Edit]) -> None:
        """Apply edits, which must be sorted and must not touch each other."""
        if not edits:
            return
        pieces, begins, ends = [], [], []
        at = 0
        for edit in edits:
            pieces += [self.text[at : edit.start], edit.new]
            begins.append(self.begins[at : edit.start])
            ends.append(self.ends[at : edit.start])
            if edit.new:
                own = slice(edit.start, edit.end)
                if len(edit.new) == edit.end - edit.start:
                    begins.append(self.begins[own])
                    ends.append(self.ends[own])
                else:
                    begins.append(np.full(len(edit.new), self.begins[edit.start]))
                    ends.append(np.full(len(edit.new), self.ends[edit.end - 1]))
            if edit.told is not None:
                start, end, seen = edit.told
                self.changes.append(Change(Span(int(self.begins[start]), int(self.ends[end - 1])), edit.what, seen))
            at = edit.end
        pieces.append(self.text[at:])
        begins.append(self.begins[at:])
        ends.append(self.ends[at:])
        self.text = "".join(pieces)
        self.begins, self.ends = np.concatenate(begins), np.concatenate(ends)


# --- 1. invisible characters ---------------------------------------------------------------------------------------

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
# Matches anything but accented letters, punctuation, currency and other signs that honest text may have.
_UNUSUAL = re.compile(
    r"[^\n\r\t\v\f\x20-\x7e\xa0-\xac\xae-\u0130\u0132-\u017f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u215f]"
)
_WORD_CHARACTER = re.compile(r"[^\W_]")


def _invisible(text: str) -> list[_Edit]:
    if not _UNUSUAL.search(text):
        return []
    runs = [match.span() for match in _invisible_characters().finditer(text)]
    hidden = {at for start, end in runs for at in range(start, end)}
    edits, told_to = [], 0
    for start, end in runs:
        told = None
        if start >= told_to and not TYPESETTING.fullmatch(text, start, end):
            told = _word_around(text, start, end, hidden)
            told_to = told[1] if told else told_to
        edits.append(_Edit(start, end, " " if set(text[start:end]) == {"\u2800"} else "", INVISIBLE, told))
    return edits


@cache
def _invisible_characters() -> "re.Pattern[str]":
    """The code points that no font shows. The braille blank looks like a space."""
    import regex

    shown = r"\n\r\t\v\f\x1c-\x1f\x85"
    pattern = rf"[[\p{{Default_Ignorable_Code_Point}}\p{{Cc}}\ufeff\ufff9-\ufffb\u2800]--[{shown}]]+"
    compiled: re.Pattern[str] = regex.compile(pattern, regex.VERSION1)
    return compiled


def _word_around(text: str, start: int, end: int, hidden: Collection[int]) -> tuple[int, int, str] | None:
    """The Latin word around invisible characters; None if they stand at the edge of a word and split nothing."""
    if not (start and _LATIN.match(text, start - 1) and _LATIN.match(text, end)):
        return None
    first, last = start, end
    while first and (first - 1 in hidden or _WORD_CHARACTER.match(text, first - 1)):
        first -= 1
    while last < len(text) and (last in hidden or _WORD_CHARACTER.match(text, last)):
        last += 1
    return first, last, "".join(text[at] for at in range(first, last) if at not in hidden)


# --- 2. look-alike letters -----------------------------------------------------------------------------------------

_FOREIGN_LETTER = re.compile(r"[^\W_\x00-\x7f]|[\u0300-\u036f]")
_FOREIGN_WORD = re.compile(
    r"(?:[A-Za-z0-9]*[^\W_\x00-\x7f]|[A-Za-z][A-Za-z0-9]*[\u0300-\u036f])(?:[^\W_]|[\u0300-\u036f])*"
)
_LATIN = re.compile(r"[A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\u024f\u1e00-\u1eff]")
_BEFORE = re.compile(r"([A-Za-z])[\s,;:]{1,3}$")
_AFTER = re.compile(r"[\s,;:.]{1,3}([A-Za-z])")
# Phonetic transcriptions stand between these and use such letters.
_TRANSCRIBED = frozenset("/[\u02c8\u02cc")


def _look_alikes(text: str, knows: Knows) -> list[_Edit]:
    if not _UNUSUAL.search(text):
        return []
    words = [(match, _passes_for(match, knows)) for match in _FOREIGN_WORD.finditer(text)]
    if _many(sum(seen is not None for _, seen in words), text, LEAST_SHARE):
        # If many known words are disguised, words that news does not know (names) are disguised too.
        words = [(match, seen or _letter_by_letter(match.group())) for match, seen in words]
    return [
        _Edit(match.start(), match.end(), seen, LOOK_ALIKE, (match.start(), match.end(), seen))
        for match, seen in words
        if seen is not None
    ]


def _letter_by_letter(word: str) -> str | None:
    """How a word of Latin letters and look-alikes reads; None for a word in another script, except `a` and `I`."""
    if len(word) == 1:
        return plain if (plain := _plain_letter(word)) in {"a", "A", "I"} else None
    seen = "".join(c if _LATIN.match(c) else _plain_letter(c) or "?" for c in word)
    return seen if "?" not in seen and any(map(_LATIN.match, word)) and seen != word else None


def _passes_for(match: "re.Match[str]", knows: Knows) -> str | None:
    """The English word that a word with letters of another script or of mathematics imitates; None if there is none."""
    word = match.group()
    false = {
        c: _plain_letter(c)
        for c in word
        if (not _LATIN.match(c) and c.isalnum() and not c.isascii()) or c in _LATIN_LOOK_ALIKES
    }
    if not false or not all(false.values()):
        return None
    if match.string[max(0, match.start() - 1) : match.start()] in _TRANSCRIBED and match.start():
        return None
    seen = "".join(false.get(c) or c for c in word)
    bare = _without_accents(seen)
    true = [c for c in word if c.isascii() and c.isalpha()]
    if len(seen) > 1 and knows(bare):
        # A word made only of look-alikes belongs to its own language, unless English surrounds it.
        return seen if true or (not word.isupper() and _among_latin(match)) else None
    if len(seen) == 1:
        return seen if seen in "aAI" and _among_latin(match) else None
    # A name that news does not know counts if most of its letters are plain lower-case ones.
    small = sum(c.islower() for c in true)
    return seen if small >= 2 and small > len(false) else None


def _among_latin(match: "re.Match[str]") -> bool:
    """Whether Latin letters surround the word. The start or end of the text may take the place of one side."""
    before = match.string[max(0, match.start() - 4) : match.start()]
    after = match.string[match.end() : match.end() + 4]
    left, right = _BEFORE.search(before), _AFTER.match(after)
    return bool((left or not before.strip()) and (right or not after.strip()) and (left or right))


_LATIN_LOOK_ALIKES = frozenset("\u0269\u0261\u0251")


@cache
def _plain_letter(character: str) -> str:
    """The ASCII letter that a character resembles, or an empty string."""
    base = unicodedata.normalize("NFKD", character)[0]
    if base.isascii():
        return base if base.isalpha() else ""
    shown = [other["c"] for other in _confusables().get(base, ()) if len(other["c"]) == 1]
    plain = next((c for c in shown if c.isascii() and c.isalpha()), "")
    if not plain:
        return ""
    # For some letters the table has only the lower-case form.
    return plain.upper() if base.isupper() and plain.upper() in shown else plain


@cache
def _confusables() -> dict[str, list[dict[str, str]]]:
    from confusable_homoglyphs.confusables import confusables_data

    table: dict[str, list[dict[str, str]]] = confusables_data
    return table


def _without_accents(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).replace("\u0131", "i")
    return "".join(c for c in plain if not unicodedata.combining(c))


# --- 3. accents ----------------------------------------------------------------------------------------------------


_ENGLISH_SHARE = 0.7


def _accents(text: str, knows: Knows, is_common: Knows) -> list[_Edit]:
    edits, small, known, english = [], 0, 0, 0
    for match in _FOREIGN_WORD.finditer(text):
        word = match.group()
        bare = _without_accents(word)
        small += word.islower()
        if not bare.isascii() or bare == word or not knows(bare) or knows(word):
            continue
        known += word.islower()
        english += word.islower() and is_common(bare)
        edits.append(_Edit(match.start(), match.end(), bare, ACCENT, (match.start(), match.end(), bare)))
    # Names and a few loan words have accents, and so have the words of other languages. Common words of English have none.
    return edits if _many(english, text, LEAST_SHARE) and known > _ENGLISH_SHARE * small else []


def _many(count: int, text: str, share: float) -> bool:
    """Whether a count of words reaches :data:`LEAST_WORDS` and a share of the text's words."""
    return count >= LEAST_WORDS and count >= share * text.count(" ")


# --- 4. words cut in two, and words misspelt on purpose ------------------------------------------------------------


def _has_odd_words(text: str, vocabulary: Vocabulary) -> bool:
    """Whether enough words are unusual. Every cut or misspelt word leaves an unusual one."""
    counts = Counter(_SMALL.findall(text))
    rank = vocabulary.ranks.get
    return _many(sum(n for word, n in counts.items() if rank(word, USUAL) >= USUAL), text, LEAST_SHARE)


# Bounded, because each mark of a long row would otherwise read the rest of it.
_SMALL = re.compile(r"(?<![A-Za-z0-9])[a-z0-9@$!|]{0,60}[a-z][a-z0-9@$!|]{0,60}(?![A-Za-z0-9])")
_PIECES = re.compile(r"(?<![\w'’-])[A-Za-z]+(?:(?:[ \xa0\u2009\u202f.·*_|/~^-]|--)[a-z]+)+(?![\w'’-])")
_PIECE = re.compile(r"[A-Za-z]+")
_MOST_PIECES = 4
_MOST_LETTERS = 12


def _cut(text: str, knows: Knows, is_common: Knows) -> list[_Edit]:
    if not _many(sum(1 for _ in _joins(text, is_common, is_common)), text, LEAST_SHARE):
        return []
    return list(_joins(text, knows, is_common))


def _joins(text: str, is_word: Knows, is_common: Knows) -> Iterator[_Edit]:
    for match in _PIECES.finditer(text):
        run = match.group()
        spans = [m.span() for m in _PIECE.finditer(run)]
        parts = [run[start:end] for start, end in spans]
        rare = [not is_common(part) for part in parts]
        at = 0
        while at < len(parts) - 1:
            last = at
            if any(rare[at : at + _MOST_PIECES]):
                last = _joined_to(run, spans, parts, rare, at, is_word, loosely=is_word is not is_common)
            if last > at:
                start, end = match.start() + spans[at][0], match.start() + spans[last][1]
                word = "".join(parts[at : last + 1])
                yield _Edit(start, end, word, CUT, (start, end, word))
            at = last + 1


def _joined_to(
    run: str,
    spans: Sequence[tuple[int, int]],
    parts: Sequence[str],
    rare: Sequence[bool],
    at: int,
    is_word: Knows,
    *,
    loosely: bool,
) -> int:
    """Index of the last piece that forms a word with the piece at ``at``; ``at`` itself if there is none."""
    # A word may be split into single letters; otherwise it is cut once or twice.
    most = _MOST_LETTERS if len(parts[at]) <= 2 else _MOST_PIECES
    for last in range(min(len(parts), at + most) - 1, at, -1):
        if not any(rare[at : last + 1]):
            continue
        word = "".join(parts[at : last + 1]).lower()
        if len(word) < 5:
            continue
        # A name is not in the vocabulary, but writers do not put a mark between two parts that are not words either.
        marked = loosely and any(run[spans[i][1] : spans[i + 1][0]].strip() for i in range(at, last))
        if is_word(word) or (marked and not any(is_word(part) for part in parts[at : last + 1])):
            return last
    return at


_TOKEN = re.compile(r"(?<![\w@$.'’-])[A-Za-z0-9@$!|]*[A-Za-z][A-Za-z0-9@$!|]*(?![\w@$-])")
_DIGITS = str.maketrans("013457@$!|", "oleastasil")
_MISSPELT_SHARE = 0.04


def _misspelt(text: str, knows: Knows, is_common: Knows) -> list[_Edit]:
    sure = sum(len(e.new) > 3 for e in _mended(text, is_common, knows))
    return list(_mended(text, knows, knows)) if _many(sure, text, _MISSPELT_SHARE) else []


def _mended(text: str, is_word: Knows, knows: Knows) -> Iterator[_Edit]:
    for match in _TOKEN.finditer(text):
        word = match.group()
        if len(word) > 1 and not (word.isalpha() and knows(word)) and (meant := _meant(word, is_word)):
            yield _Edit(match.start(), match.end(), meant, MISSPELT, (match.start(), match.end(), meant))


def _meant(word: str, is_word: Knows) -> str | None:
    """The word meant by one with two neighbouring letters swapped, or with digits for letters, or None."""
    if not word.isalpha():
        plain = word.translate(_DIGITS)
        return plain if plain.isalpha() and is_word(plain) else None
    for i in range(len(word) - 1 if len(word) > 3 else 0):
        swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        if is_word(swapped):
            return swapped.capitalize() if i == 0 and word[0].isupper() else swapped
    return None


# --- 5. case -------------------------------------------------------------------------------------------------------

_SMALL_WORDS = frozenset(
    "a an and are as at be been but by for from had has have he her his if in into is it its of on or our she so than "
    "that the their them there they this to was we were which who will with would you your".split()
)
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LEAST_SMALL = 12
_NEARLY_ALL = 0.85


def _case(text: str, knows: Knows) -> list[_Edit]:
    # A quick test: most texts are clearly set as prose.
    if not text.islower() and sum(map(text.count, (" the ", " of ", " to ", " and "))) > text.count(" ") / 50:
        return []
    words = [m for m in _LETTERS.finditer(text) if m.group().lower() in _SMALL_WORDS]
    if len(words) < _LEAST_SMALL:
        return []
    small = sum(m.group().islower() for m in words)
    if small == len(words):
        return _capitals(text) if text.islower() else []
    # A few headlines in capitals do not make the whole text capitals.
    if small > (1 - _NEARLY_ALL) * len(words):
        return []
    begins = {m.start() for m in _SENTENCE.finditer(text)}
    upper = sum(m.group().isupper() for m in words if len(m.group()) > 1) > len(words) / 2
    edits = []
    for match in _LETTERS.finditer(text):
        word = match.group()
        # A word that news does not write in lower case is a name.
        lowered = word.lower() if knows(word) or word.lower() in _SMALL_WORDS else word.capitalize()
        new = lowered.capitalize() if match.start() in begins or word == "I" else lowered
        if new != word and (upper or not word.isupper() or len(word) == 1):
            edits.append(_Edit(match.start(), match.end(), new, CASE))
    if edits:
        edits[0] = _Edit(edits[0].start, edits[0].end, edits[0].new, CASE, (edits[0].start, edits[0].end, edits[0].new))
    return edits


_SENTENCE = re.compile(r"(?:(?<=^)|(?<=\n)|(?<=[.!?]\s)|(?<=[.!?][\"”’']\s)|(?<=[\n\s][\"“‘'])|(?<=^[\"“‘']))[^\W\d_]")


def _capitals(text: str) -> list[_Edit]:
    """Capitalise the beginnings of sentences, and `i`."""
    places = {m.start() for m in _SENTENCE.finditer(text)} | {
        m.start() for m in re.finditer(r"\bi\b(?![.’'-]\w)", text)
    }
    return [
        _Edit(at, at + 1, text[at].upper(), CASE, (at, at + 1, text[at].upper()) if at == min(places) else None)
        for at in sorted(places)
        if len(text[at].upper()) == 1
    ]


# --- 6. quotation marks around everything --------------------------------------------------------------------------

_QUOTED = 0.8
_MARKS = "\"“”„«»‘’'"


def _quotes(document: Document) -> list[_Edit]:
    text, quotes = document.text, document.quotes
    if sum(end - start for start, end in quotes) < _QUOTED * len(text):
        return []
    places = []
    for start, end in quotes:
        places.append(start)
        if end - 1 > start and text[end - 1] in _MARKS:
            places.append(end - 1)
    return [_Edit(at, at + 1, "", QUOTES, (at, at + 1, "") if at == places[0] else None) for at in places]
