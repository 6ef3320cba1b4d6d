"""The named families of rewriters that unspin is trained on and tested against, one of them left out at a time."""

import lzma
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from detector.errors import DataError
from detector.lab.spinners import compose, swaps
from detector.lab.spinners.dictionary import DictionarySpinner, read_groups
from detector.lab.spinners.moby import moby_thesaurus
from detector.lab.spinners.round_trip import RoundTrip, pivots
from detector.lab.spinners.spun import Spinner, Spun
from detector.lab.spinners.thesaurus import Agreed, Commonest, ThesaurusSpinner
from detector.lab.spinners.wordnet import part_counts, wordnet_is_installed, wordnet_thesaurus

DICTIONARY, WORD_COUNTS = "spinner_dictionary.groups.jsonl", "norvig_wordsegment_unigrams.txt.xz"
"""Files of the data folder: the list that circulates, and how often each English word was counted."""


@dataclass(frozen=True)
class Family:
    """A spinner that is built when it is first used, once in each process; small to send to a worker."""

    name: str
    data: Path

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article.

        Raises
        ------
        DataError
            When what the family is made of is missing; says what to install.
        """
        return _built(self.name, self.data).spin(text, rng, rate)

    def spin_many(self, texts: Sequence[str], rngs: Sequence[random.Random], rate: float = 1.0) -> list[Spun]:
        """Rewrite each text with its own ``rng``."""
        return compose.spin_many(_built(self.name, self.data), texts, rngs, rate)


def families(data: Path) -> dict[str, Spinner]:
    """Every family that can be built here, by name; nothing is read yet.

    ``data`` is the data folder, which holds the circulating dictionary and the counts of English words. :func:`skipped`
    says which families cannot be built, and why.
    """
    lost = {name for need in _unmet(data) for name in need.families}
    names = [*(name for name in _BUILDERS if name not in lost), *(f"round-trip-{language}" for language in pivots())]
    return {name: Family(name, data) for name in names}


def skipped(data: Path) -> list[str]:
    """One sentence for each resource that is missing here: the families it costs, and what to do."""
    return [f"rewriters: skipping {', '.join(need.families)}: {need.remedy.format(data=data)}" for need in _unmet(data)]


class _Need(NamedTuple):
    """What some families are made of: how to see that it is there, and what to do where it is not."""

    is_there: Callable[[Path], bool]
    families: tuple[str, ...]
    remedy: str


def _unmet(data: Path) -> list[_Need]:
    return [need for need in _NEEDS if not need.is_there(data)]


@lru_cache(maxsize=32)
def _built(name: str, data: Path) -> Spinner:
    if name.startswith("round-trip-"):
        return RoundTrip(name.removeprefix("round-trip-"))
    return _BUILDERS[name](data)


def _dictionary(data: Path, *, spare: bool) -> Spinner:
    groups = read_groups(data / DICTIONARY)
    return DictionarySpinner(groups, spare_names=spare, spare_quotes=spare)


def _wordnet_inflected(_: Path) -> Spinner:
    return ThesaurusSpinner(wordnet_thesaurus(senses=2), inflect=True, pick="frequent", counts=part_counts())


def _wordnet_bare(_: Path) -> Spinner:
    thesaurus = wordnet_thesaurus(neighbours=True)
    return ThesaurusSpinner(thesaurus, inflect=False, names=True, counts=part_counts())


def _moby_inflected(_: Path) -> Spinner:
    return ThesaurusSpinner(
        moby_thesaurus(), inflect=True, pick="frequent", most=8, phrases=False, counts=part_counts()
    )


def _moby_bare(data: Path) -> Spinner:
    thesaurus = Commonest(moby_thesaurus(same_part=False), word_counts(data), most=20)
    return ThesaurusSpinner(thesaurus, inflect=False, pick="frequent", most=10, counts=part_counts())


def _moby_wild(_: Path) -> Spinner:
    thesaurus = moby_thesaurus(closest_first=False, same_part=False)
    return ThesaurusSpinner(thesaurus, inflect=True, names=True, counts=part_counts())


def _careful(data: Path, *, consistent: bool) -> ThesaurusSpinner:
    agreed = Agreed(wordnet_thesaurus(senses=2), moby_thesaurus())
    return ThesaurusSpinner(
        Commonest(agreed, word_counts(data)),
        inflect=True,
        pick="frequent",
        phrases=False,
        consistent=consistent,
        counts=part_counts(),
    )


def _consistent(data: Path) -> Spinner:
    groups = (*swaps.SMALL_WORDS, *swaps.ATTRIBUTIONS, *swaps.NAMES)
    return compose.Layered(DictionarySpinner(groups, may_keep=False, consistent=True), _careful(data, consistent=True))


def _careful_quotes_kept(data: Path) -> Spinner:
    return compose.keep_quotes(_careful(data, consistent=False))


_BUILDERS: Mapping[str, Callable[[Path], Spinner]] = {
    "dictionary": partial(_dictionary, spare=False),
    "dictionary-spare-names": partial(_dictionary, spare=True),
    "wordnet-inflected": _wordnet_inflected,
    "wordnet-bare": _wordnet_bare,
    "moby-inflected": _moby_inflected,
    "moby-bare": _moby_bare,
    "moby-wild": _moby_wild,
    "careful": _careful_quotes_kept,
    "consistent": _consistent,
}

_NEEDS = (
    _Need(
        lambda data: (data / DICTIONARY).is_file(),
        ("dictionary", "dictionary-spare-names"),
        f"{{data}} has no {DICTIONARY}.",
    ),
    _Need(
        lambda data: (data / WORD_COUNTS).is_file(),
        ("moby-bare", "careful", "consistent"),
        f"{{data}} has no {WORD_COUNTS}.",
    ),
    _Need(
        lambda _: wordnet_is_installed(),
        tuple(name for name in _BUILDERS if not name.startswith("dictionary")),
        "WordNet is not installed. Install Debian's package wordnet-base.",
    ),
    _Need(
        lambda _: bool(pivots()),
        ("round-trip",),
        "Apertium or its language pairs are not installed. Install Debian's package apertium-eng-spa.",
    ),
)


@lru_cache(maxsize=2)
def word_counts(data: Path) -> Mapping[str, int]:
    """How often each word was counted on the web (Norvig's unigrams in the data folder).

    Raises
    ------
    DataError
        When the file is missing or cannot be read.
    """
    path = data / WORD_COUNTS
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            return {word: int(count) for word, count in (line.split("\t") for line in lines)}
    except (OSError, lzma.LZMAError, ValueError) as error:
        raise DataError(f"The word counts {path} cannot be read; put the data folder's file there.") from error
