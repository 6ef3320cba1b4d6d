"""Characters that a reader does not see: look-alike letters, zero-width characters, overrides of direction, odd spaces.

They slip past word lists and plagiarism checks while the page looks the same, so writers who rewrite by machine put
them in. Look-alikes follow the Unicode table of confusable characters (Unicode Technical Standard 39, section 4), cut
down to letters that pass for an English one at reading size.

Not counted, because honest copy has them: names and words wholly in another script, units and symbols (``μm``,
``TNFα``), emoji sequences, the joiners of Persian and Indic scripts, the marks around right-to-left names, a byte order
mark at the start, no-break spaces, thin spaces beside figures and marks.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from unicodedata import name as character_name

from features.document import Document, Span
from features.feature import Column, Evidence, Measurement, per_1000, unmeasured

_CYRILLIC = dict(
    zip("асеорхуѕіјһԁԛԝѵӏкмтАВСЕНІЈКМОРЅТХУԌԜԚӀѴԀ", "aceopxysijhdqwvlkmtABCEHIJKMOPSTXYGWQIVd", strict=True)
)
_GREEK = dict(zip("αονρυικχγητΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳͿϹ", "aovpuikxyntABEZHIKMNOPTYXcjJC", strict=True))
_ARMENIAN = dict(zip("օսհոցզՕՍՏԼ", "ouhngqOUSL", strict=True))
_CHEROKEE = dict(zip("ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ", "ABCDEGHJKLMPRSTVWZ", strict=True))
# Latin letters of phonetic alphabets that pass for plain ones. Dotless ı is not here: it is Turkish.
_PHONETIC = {"ɑ": "a", "ɡ": "g", "ǀ": "l"}
_FULL_WIDTH = {chr(0xFF21 + i): chr(0x41 + i) for i in range(26)} | {chr(0xFF41 + i): chr(0x61 + i) for i in range(26)}


def _mathematical() -> dict[str, str]:
    """Bold, italic, script and other letters of mathematics: thirteen alphabets of 52, with gaps filled elsewhere."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    table = {chr(0x1D400 + i): letters[i % 52] for i in range(13 * 52)}
    return table | dict(zip("ℎℬℰℱℋℐℒℳℛℯℊℴℭℌℑℜℨℂℍℕℙℚℝℤ", "hBEFHILMRegoCHIRZCHNPQRZ", strict=True))


_MATHEMATICAL = _mathematical()
# Letter by letter what a reader takes it for; every value is one character, so texts keep their length.
_LOOKS_LIKE: dict[str, str] = _CYRILLIC | _GREEK | _ARMENIAN | _CHEROKEE | _PHONETIC | _FULL_WIDTH | _MATHEMATICAL

_ZERO_WIDTH = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\u3164\ufe0e\ufe0f\ufeff\uffa0"
)
_DIRECTION = (
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
)
_OVERRIDES = "\u202d\u202e"
_SOFT_HYPHEN = "\u00ad"
_TAGS = "\U000e0001\U000e0020-\U000e007f"
_INVISIBLE = _ZERO_WIDTH + _DIRECTION + _SOFT_HYPHEN + _TAGS
# Narrow and ordinary no-break spaces are the work of content systems and typesetters.
_ODD_SPACES = "\u1680\u2000-\u200a\u205f\u2800\u3000"

_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_LETTER = r"[^\W\d_]"
# A range for the mathematical letters: `re` tests single characters beyond U+FFFF one by one.
_BASIC = "".join(character for character in _LOOKS_LIKE if character <= "\uffff")
_OF_INTEREST = re.compile(f"[{_BASIC}{_INVISIBLE}{_ODD_SPACES}\U0001d400-\U0001d7ff]")
_WORD = re.compile(rf"{_LETTER}[^\W_]*(?:[{_INVISIBLE}\u0300-\u036f]+[^\W_]+)*")
_HAS_LATIN = re.compile(f"[{_LATIN}]")
_HIDDEN_INSIDE = re.compile(f"[{_INVISIBLE}]+")
_OVERRIDDEN = re.compile(rf"(?<![{_DIRECTION}])[{_DIRECTION}]++(?=[{_LATIN}])")
_OVERRIDE = re.compile(f"[{_OVERRIDES}]")
_SPACE_BETWEEN_WORDS = re.compile(f"(?<=[a-z])[{_ODD_SPACES}]+(?=[a-z])")
_NEIGHBOUR_BEFORE = re.compile(r"([A-Za-z])[\s,;:]{1,3}$")
_NEIGHBOUR_AFTER = re.compile(r"[\s,;:.]{1,3}([A-Za-z])")

# Words that can be spelt wholly in Cyrillic or Greek look-alikes and are worth hiding. Only these are judged
# by their neighbours, because a real name (Оса, Сура) may look like Latin letters as well.
_WHOLE_WORDS = frozenset(
    "a i ace as ask at ate case cash cast cease chase cheap coast cope copy cost each ease east easy hat hate have he "
    "heap hit hope hot is it its joy make mast mate me met most my oh ok pace pass path pay peace peak phase photo pic "
    "pit poet police pop post put same sat say score sea seat sect see seek set shape she ship shop shot sit six so "
    "soap some space speak state step stop take talk tape task taste tax tea team test text that the them they this "
    "to took top toy type up us vote was we week with yes yet".split()
)

# Most places that are listed; the count goes on.
MOST_EVIDENCE = 500

COLUMNS = (
    Column(
        name="hidden_characters_per_1000_words",
        unit="per 1,000 words",
        low=0.0,
        high=float("inf"),
        meaning="Words with letters of another script or invisible characters, and odd spaces between words.",
    ),
)


class _Found(NamedTuple):
    start: int
    end: int
    message: str
    plain: str
    weight: float


class HiddenCharacters:
    """Counts words that are not spelt as they look, and spaces that are none of the usual ones."""

    name = "hidden_characters"
    columns = COLUMNS

    def measure(self, document: Document) -> Measurement:
        """Measure one document.

        Each affected word counts once, however many of its letters are false. At most ``MOST_EVIDENCE`` places are
        listed.
        """
        words = len(document.words)
        if not words:
            return unmeasured(self.columns)
        count = 0
        evidence: list[Evidence] = []
        for found in _find(document.text):
            count += 1
            if len(evidence) < MOST_EVIDENCE:
                span = Span(found.start, found.end)
                evidence.append(
                    Evidence(self.name, span, found.message, (found.plain,) if found.plain else (), found.weight)
                )
        evidence.sort(key=lambda e: e.span)
        return Measurement({COLUMNS[0].name: per_1000(count, words)}, tuple(evidence))


HIDDEN_CHARACTERS = HiddenCharacters()


def unmask(text: str) -> str:
    """The text with look-alike letters inside English words replaced by the letters they pass for.

    The result has the same length in code points, so spans of one are spans of the other. Zero-width characters stay
    where they are; words wholly in another script stay as they are.

    Examples
    --------
    >>> unmask("The p\u0430yment from Нева")
    'The payment from Нева'
    """
    if not _is_of_interest(text):
        return text
    return _WORD.sub(lambda match: _read_as(match.group()) if _is_masked(match) else match.group(), text)


@lru_cache(maxsize=2)
def _is_of_interest(text: str) -> bool:
    """Whether there is anything to look at; asked several times about each article."""
    return not text.isascii() and _OF_INTEREST.search(text) is not None


def _find(text: str) -> Iterator[_Found]:
    if not _is_of_interest(text):
        return
    for match in _WORD.finditer(text):
        if _OF_INTEREST.search(text, match.start(), match.end()):
            yield from _in_word(match)
    for match in _OVERRIDDEN.finditer(text):
        override = _OVERRIDE.search(match.group())
        # Inside a word it has been counted already.
        if override and not (match.start() and text[match.start() - 1].isalnum()):
            message = f"An invisible {_described(override.group())} turns round what follows on the screen."
            yield _Found(match.start(), match.end(), message, "", 0.9)
    for match in _SPACE_BETWEEN_WORDS.finditer(text):
        message = f"The space here is not a plain one but a {_described(text[match.start()])}."
        yield _Found(match.start(), match.end(), message, " ", 0.3)


def _in_word(match: re.Match[str]) -> Iterator[_Found]:
    word = match.group()
    plain = _HIDDEN_INSIDE.sub("", word)
    seen = _read_as(plain) if _is_masked(match) else plain
    if seen != plain:
        letter = next(c for c, shown in zip(plain, seen, strict=True) if c != shown)
        message = f"“{seen}” is spelt with a look-alike letter: “{letter}” is {_described(letter)}, not “{_LOOKS_LIKE[letter]}”."
        yield _Found(match.start(), match.end(), message, seen, 0.9)
    elif len(plain) < len(word) and (hidden := _hidden_in_latin(word)):
        weight = 0.2 if set(hidden) == {_SOFT_HYPHEN} else 0.8
        yield _Found(
            match.start(), match.end(), f"Inside “{plain}” stands an invisible {_described(hidden[0])}.", plain, weight
        )


def _hidden_in_latin(word: str) -> str:
    """The invisible characters that stand between two Latin letters, where no script has a use for them."""
    return "".join(
        hidden.group()
        for hidden in _HIDDEN_INSIDE.finditer(word)
        if _HAS_LATIN.match(word, hidden.start() - 1) and _HAS_LATIN.match(word, hidden.end())
    )


def _read_as(word: str) -> str:
    return "".join(_LOOKS_LIKE.get(character, character) for character in word)


def _is_masked(match: re.Match[str]) -> bool:
    """Whether a word passes for an English one by letters that are not English."""
    word = match.group()
    false = [c for c in word if c in _LOOKS_LIKE]
    if not false:
        return False
    seen = _read_as(word)
    # One letter that looks like itself and no other is plain to see: nothing is hidden (Яussia, Путинa).
    if any(c.isalpha() and not _HAS_LATIN.match(c) for c in seen):
        return False
    true = [c for c in word if c.isalpha() and c not in _LOOKS_LIKE]
    if all(c in _PHONETIC for c in false):
        # A transcription: /ɡæs/, [ˈhɑt].
        before = match.string[match.start() - 1 : match.start()]
        return len(true) >= 2 and before not in {"/", "[", "ˈ", "ˌ"} and all(c.isascii() for c in true)
    if all(c in _MATHEMATICAL for c in false):
        return len(false) >= 3 or (len(false) == 2 and bool(true))
    if true:
        # Symbols and units beside capitals or a single letter: TNFα, fα, Vmax.
        lower = sum(1 for c in true if c.islower())
        return any(c not in _GREEK or c.isupper() for c in false) or lower >= 2
    if any(c in _FULL_WIDTH for c in false):
        return len(false) >= 3 and _among_latin(match)
    return (seen.lower() in _WHOLE_WORDS) and _among_latin(match)


def _among_latin(match: re.Match[str]) -> bool:
    """Whether the words on both sides are Latin; an end of the text does not speak against it."""
    before = match.string[max(0, match.start() - 4) : match.start()]
    after = match.string[match.end() : match.end() + 4]
    left = _NEIGHBOUR_BEFORE.search(before)
    right = _NEIGHBOUR_AFTER.match(after)
    return bool((left or not before.strip()) and (right or not after.strip()) and (left or right))


def _described(character: str) -> str:
    return f"{character_name(character, 'unnamed character').lower()} (U+{ord(character):04X})"
