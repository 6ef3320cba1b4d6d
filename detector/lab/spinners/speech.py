"""A crude guess at a word's part of speech, and inflection of other words into the same form.

Real spinners guess parts of speech from little evidence. So does this one: from a word list's readings, from counts of
each lemma's parts of speech, and from the words before and after.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import lemminflect

PARTS = ("NOUN", "VERB", "ADJ", "ADV")

# Words that thesaurus spinners skip: they carry the grammar, and their dictionary senses are unusual.
FUNCTION_WORDS = frozenset(
    "a about above across after against ago all almost along already also although always am among an and another any "
    "anyone anything are aren't around as at away be became because become been before behind being below between both "
    "but by can cannot can't could couldn't did didn't do does doesn't doing done don't down during each either else "
    "even ever every everyone everything few for from further had hadn't has hasn't have haven't having he hence her "
    "here hers herself him himself his how however i if in instead into is isn't it its itself just least less like ll "
    "many may me might mine more most much must my myself near neither never no nobody none nor not nothing now of off "
    "often on once one only onto or other others our ours ourselves out over own per perhaps quite rather re same shall "
    "she should shouldn't since so some someone something soon still such than that the their theirs them themselves "
    "then there therefore these they this those though through thus till to together too toward towards two three four "
    "five six seven eight nine ten under unless until up upon us ve very was wasn't we well were weren't what whatever "
    "when where whether which while who whoever whole whom whose why will with within without won't would wouldn't yes "
    "yet you your yours yourself mr mrs ms dr percent pct million billion trillion".split()
)
_BEFORE_VERB = frozenset(
    "to will would can could may might must shall should do does did don't doesn't didn't won't wouldn't can't couldn't "
    "cannot i you he she it we they who and".split()
)
_BEFORE_NOUN = frozenset(
    "the a an this that these those his her its their our my your some any no each every of in on at by for from with "
    "into 's ’s".split()
)
_BEFORE_PARTICIPLE = frozenset("have has had having be been being is are was were am 've ’ve 're ’re not".split())

_VERB_TAGS = ("VBD", "VBN", "VBG", "VBZ", "VB")


class WordForm(NamedTuple):
    """One reading of a word: part of speech, lemma, and Penn tag of the form."""

    part: str
    lemma: str
    tag: str


Counts = Mapping[str, Mapping[str, int]]


def place(before: str) -> str:
    """What probably follows a lower-case word: ``"verb"``, ``"noun"``, ``"participle"`` or, if unclear, ``""``."""
    if before in _BEFORE_PARTICIPLE:
        return "participle"
    if before in _BEFORE_NOUN:
        return "noun"
    return "verb" if before in _BEFORE_VERB else ""


@lru_cache(maxsize=100_000)
def readings(word: str) -> tuple[WordForm, ...]:
    """All readings of a lower-case word in the word list, in no meaningful order.

    >>> sorted(readings("talks"))
    [WordForm(part='NOUN', lemma='talk', tag='NNS'), WordForm(part='VERB', lemma='talk', tag='VBZ')]
    """
    if not word.replace("-", "").isalpha():
        return ()
    lemmas: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(word)
    return tuple(
        WordForm(part, lemma, tag)
        for part in PARTS
        for lemma in lemmas.get(part, ())[:1]
        if (tag := _tag(word, lemma, part)) is not None
    )


def _tag(word: str, lemma: str, part: str) -> str | None:
    if part == "NOUN":
        return "NN" if word == lemma else "NNS"
    if part == "VERB":
        if word == lemma:
            return "VB"
        return next((tag for tag in _VERB_TAGS if word in lemminflect.getInflection(lemma, tag)), None)
    base = "JJ" if part == "ADJ" else "RB"
    if word == lemma:
        return base
    return base + ("S" if word.endswith("st") else "R")


def likeliest(word: str, where: str, counts: Counts, *, noun_follows: bool) -> WordForm | None:
    """The likeliest reading of a lower-case word.

    Parameters
    ----------
    where : str
        The result of :func:`place` for the word before.
    counts : mapping
        lemma -> part of speech -> count; may be empty.
    noun_follows : bool
        Whether a content word comes next, which makes an adjective more likely.
    """
    choices = readings(word)
    if not choices:
        return None
    best = max(choices, key=lambda reading: _weight(word, reading, where, counts, noun_follows=noun_follows))
    if best.tag == "VBD" and where == "participle" and word in lemminflect.getInflection(best.lemma, "VBN"):
        return best._replace(tag="VBN")
    return best


def _weight(word: str, reading: WordForm, where: str, counts: Counts, *, noun_follows: bool) -> float:
    weight = counts.get(reading.lemma, {}).get(reading.part, 0) + 0.5
    part, _, tag = reading
    if part == "VERB":
        weight *= {"verb": 8.0, "noun": 0.1, "participle": 4.0 if tag in ("VBD", "VBG") else 0.2}.get(where, 1.0)
        if where == "" and tag == "VB":
            weight *= 0.3
    elif part == "NOUN":
        weight *= {"verb": 0.1, "noun": 4.0, "participle": 0.5}.get(where, 1.0)
    elif part == "ADJ":
        weight *= 3.0 if noun_follows else 0.5
    elif word.endswith("ly"):
        weight *= 10.0
    return weight


@lru_cache(maxsize=200_000)
def in_form(phrase: str, part: str, tag: str) -> str:
    """A lemma or phrase, inflected for a tag. Verb phrases inflect their first word, others their last.

    >>> in_form("state", "VERB", "VBD"), in_form("carry out", "VERB", "VBG"), in_form("peace talk", "NOUN", "NNS")
    ('stated', 'carrying out', 'peace talks')
    >>> in_form("significant", "ADJ", "JJR")
    'more significant'
    """
    if tag in ("NN", "VB", "JJ", "RB"):
        return phrase
    words = phrase.split(" ")
    if part in ("ADJ", "ADV"):
        known = lemminflect.getInflection(phrase, tag, inflect_oov=False)
        if known and len(known[0]) <= len("quickest"):
            return str(known[0])
        return f"{'most' if tag.endswith('S') else 'more'} {phrase}"
    at = 0 if part == "VERB" else len(words) - 1
    forms = lemminflect.getInflection(words[at], tag)
    if forms:
        words[at] = str(forms[0])
    return " ".join(words)


def can_be(phrase: str, part: str) -> bool:
    """Whether the word list has a lemma as this part of speech. For phrases, the inflected word decides.

    >>> can_be("set out", "VERB"), can_be("out of order", "VERB")
    (True, False)
    """
    words = phrase.split(" ")
    return part in _parts(words[0] if part == "VERB" else words[-1])


@lru_cache(maxsize=200_000)
def _parts(lemma: str) -> frozenset[str]:
    lemmas: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(lemma)
    return frozenset(part for part, known in lemmas.items() if lemma in known)
