"""Every family of rewriting that unspin knows, one record each.

The record gives everything that depends on a family: its weight in training, the classifier's class, which
leave-one-family-out trainings exclude it, whether the lexicon's lifts count it, and its row in docs/spinners.md. To add
a spinner, write its builder and one record in :data:`FAMILIES`.
"""

import lzma
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from detector.classifier import DICTIONARY, LANGUAGE_MODEL, RULE_BASED, SYNONYMS, TRANSLATION
from detector.errors import DataError
from detector.lab.spinners import compose, swaps
from detector.lab.spinners.dictionary import DictionarySpinner, Group, read_groups
from detector.lab.spinners.moby import moby_thesaurus
from detector.lab.spinners.round_trip import RoundTrip, pivots
from detector.lab.spinners.spun import Spinner, Spun
from detector.lab.spinners.thesaurus import Agreed, Commonest, ThesaurusSpinner
from detector.lab.spinners.wordnet import part_counts, wordnet_is_installed, wordnet_thesaurus

CIRCULATING, WORD_COUNTS = "spinner_dictionary.groups.jsonl", "norvig_wordsegment_unigrams.txt.xz"
CONTENT_FARM, STYLISH = "spinner_contentfarm.groups.jsonl", "spinner_stylish.groups.jsonl"
"""Files of the data folder: spinners' lists, and counts of English words."""


@dataclass(frozen=True)
class Rows:
    """Selects the rows of a data set that one real tool wrote.

    Parameters
    ----------
    tool, label : str
        Required values of these fields; "" for any.
    news_only : bool
        Whether to train only on news, and only on rewrites that changed enough.
    """

    set: str
    tool: str = ""
    label: str = ""
    news_only: bool = False

    def hold(self, of: str, tool: str, label: str) -> bool:
        """Whether a row of the set ``of``, with this tool and label, is selected."""
        return self.set == of and self.tool in {"", tool} and self.label in {"", label}


@dataclass(frozen=True)
class Need:
    """A resource that a spinner needs: whether it is present, and what to do if it is missing."""

    is_there: Callable[[Path], bool]
    remedy: str


def _file(name: str) -> Need:
    return Need(lambda data: (data / name).is_file(), f"{{data}} has no {name}.")


_WORDNET = Need(lambda _: wordnet_is_installed(), "WordNet is not installed. Install Debian's package wordnet-base.")
_COUNTED = (_WORDNET, _file(WORD_COUNTS))


def _pair(language: str) -> Need:
    return Need(
        lambda _: language in pivots(),
        "Apertium or its language pairs are not installed. Install Debian's package apertium-eng-spa.",
    )


@dataclass(frozen=True)
class Family:
    """One way of rewriting.

    Parameters
    ----------
    name : str
        Unique name, used by the evaluation and the training sets.
    kind : str
        The classifier's class.
    how : str
        How it works: the text of its row in docs/spinners.md.
    build : callable, optional
        Builds the spinner from the data folder. Families without it come from real tools, or training builds them.
    list : str
        Name of its word list. Families with the same list are left out together.
    left_out : str
        Name of the training that leaves it out, for a family without a list.
    weight : float
        Relative frequency at which training draws it.
    trained : bool
        Whether it is in the training set of models and lexicon. Other families are held out for evaluation.
    in_lexicon : bool
        Whether the lexicon's lifts are counted on it, if it is trained.
    rows : Rows, optional
        The rewrites by a real tool.
    needs : tuple of Need
        Resources of the spinner. If one is missing, the family is skipped.
    """

    name: str
    kind: str
    how: str
    build: Callable[[Path], Spinner] | None = None
    list: str = ""
    left_out: str = ""
    weight: float = 1.0
    trained: bool = True
    in_lexicon: bool = True
    rows: Rows | None = None
    needs: tuple[Need, ...] = ()

    @property
    def round_trip(self) -> bool:
        """Whether it is a rule-based round trip. Training keeps these apart from spinners with lists."""
        return self.kind == RULE_BASED

    @property
    def left_out_of(self) -> str:
        """Name of the training that leaves it out; "" if none does."""
        return (self.left_out or self.list) if self.trained else ""


@dataclass(frozen=True)
class LazySpinner:
    """A family's spinner, built at first use, once in each process, so that it is cheap to send to a worker."""

    name: str
    data: Path

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article.

        Raises DataError if a resource of the family is missing. The message says what to install.
        """
        return _built(self.name, self.data).spin(text, rng, rate)

    def spin_many(self, texts: Sequence[str], rngs: Sequence[random.Random], rate: float = 1.0) -> list[Spun]:
        """Rewrite each text with its own ``rng``."""
        return compose.spin_many(_built(self.name, self.data), texts, rngs, rate)


def family(name: str) -> Family:
    """The record of a family."""
    return _BY_NAME[name]


def families(data: Path) -> dict[str, Spinner]:
    """Every family's spinner by name, if the family has one and its resources are present. Reads no file yet.

    ``data`` is the data folder with the lists and the word counts. :func:`skipped` explains which families are missing.
    """
    return {
        f.name: LazySpinner(f.name, data) for f in FAMILIES if f.build and all(need.is_there(data) for need in f.needs)
    }


def by_training(among: Iterable[Family]) -> dict[str, tuple[str, ...]]:
    """Name of a training -> the families that it leaves out, both in the order of the records."""
    found: dict[str, tuple[str, ...]] = {}
    for each in among:
        if each.left_out_of:
            found[each.left_out_of] = (*found.get(each.left_out_of, ()), each.name)
    return found


def skipped(data: Path) -> list[str]:
    """One sentence for each missing resource: the families it affects, and what to do."""
    lost: dict[str, list[str]] = {}
    for each in FAMILIES:
        for need in each.needs:
            if not need.is_there(data):
                lost.setdefault(need.remedy.format(data=data), []).append(each.name)
    return [f"rewriters: skipping {', '.join(names)}: {remedy}" for remedy, names in lost.items()]


@lru_cache(maxsize=32)
def _built(name: str, data: Path) -> Spinner:
    build = family(name).build
    if build is None:
        raise DataError(f"The family {name} has no spinner of its own; choose one of those in docs/spinners.md.")
    return build(data)


def _dictionary(data: Path, *, spare: bool) -> Spinner:
    groups = read_groups(data / CIRCULATING)
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


def _content_farm(data: Path) -> Spinner:
    # The tool copies the capitalisation of the text and ignores that of its list.
    groups = [
        group if group.head.islower() else Group(_small(group.head), tuple(map(_small, group.alternatives)))
        for group in read_groups(data / CONTENT_FARM)
    ]
    return DictionarySpinner(groups, may_keep=False, consistent=True, longest_first=False, case="pattern")


def _small(phrase: str) -> str:
    return phrase[:1].lower() + phrase[1:]


def _stylish(data: Path) -> Spinner:
    return DictionarySpinner(read_groups(data / STYLISH), may_keep=False, case="exact")


def _round_trip(_: Path, *, language: str) -> Spinner:
    return RoundTrip(language)


def _trip(language: str, left_out: str) -> Family:
    return Family(
        f"round-trip-{language}",
        RULE_BASED,
        f"each sentence to {language.capitalize()} and back, rule-based",
        partial(_round_trip, language=language),
        left_out=left_out,
        in_lexicon=False,
        needs=(_pair(language),),
    )


FAMILIES: tuple[Family, ...] = (
    # Most content farms use this list.
    Family(
        "dictionary",
        DICTIONARY,
        "the list that circulates among auto-spinners, top to bottom, no inflection",
        partial(_dictionary, spare=False),
        list="dictionary",
        weight=3.0,
        needs=(_file(CIRCULATING),),
    ),
    Family(
        "dictionary-spare-names",
        DICTIONARY,
        "the same, sparing capitalised words and quotes",
        partial(_dictionary, spare=True),
        list="dictionary",
        weight=3.0,
        needs=(_file(CIRCULATING),),
    ),
    Family(
        "wordnet-inflected",
        SYNONYMS,
        "synonyms of the first two senses, first named favoured, in the form of the word",
        _wordnet_inflected,
        list="WordNet",
        needs=(_WORDNET,),
    ),
    Family(
        "wordnet-bare",
        SYNONYMS,
        "all senses, hypernyms and neighbours, evenly; bare lemmas; names too",
        _wordnet_bare,
        list="WordNet",
        needs=(_WORDNET,),
    ),
    Family(
        "moby-inflected",
        SYNONYMS,
        "Moby's eight closest single words, in the form of the word",
        _moby_inflected,
        list="Moby",
        needs=(_WORDNET,),
    ),
    Family(
        "moby-bare",
        SYNONYMS,
        "Moby's closest twenty, commonest favoured; bare lemmas, phrases, any part of speech",
        _moby_bare,
        list="Moby",
        needs=_COUNTED,
    ),
    Family(
        "moby-wild",
        SYNONYMS,
        "anything Moby lists, evenly, in the form of the word; names too",
        _moby_wild,
        list="Moby",
        in_lexicon=False,
        needs=(_WORDNET,),
    ),
    Family(
        "careful",
        SYNONYMS,
        "single words on which WordNet and Moby agree, commonest favoured; quotes kept",
        _careful_quotes_kept,
        list="WordNet and Moby agreed",
        needs=_COUNTED,
    ),
    Family(
        "consistent",
        SYNONYMS,
        "one wording for each head throughout: function words, attributions, names, then as `careful`",
        _consistent,
        list="WordNet and Moby agreed",
        weight=2.0,
        needs=_COUNTED,
    ),
    # The rules of the Romance languages overlap, so one training leaves all three out.
    _trip("spanish", left_out="dictionary"),
    _trip("catalan", left_out="dictionary"),
    _trip("galician", left_out="dictionary"),
    _trip("esperanto", left_out="WordNet"),
    Family(
        "neighbours",
        SYNONYMS,
        "words that stand in the same places in the reference copy; built while a model is trained",
        weight=2.0,
    ),
    Family(
        "contentfarm",
        SYNONYMS,
        "the phrase list of a tool that rips blog posts, top to bottom; one pick a phrase throughout the text",
        _content_farm,
        list="content farm",
        trained=False,
        needs=(_file(CONTENT_FARM),),
    ),
    Family(
        "stylish",
        SYNONYMS,
        "the thesaurus of a word spinner: every lower-case word it knows, no inflection, any part of speech",
        _stylish,
        list="stylish",
        trained=False,
        needs=(_file(STYLISH),),
    ),
    Family(
        "LLM polish (DetectRL)",
        LANGUAGE_MODEL,
        "polish by language models",
        left_out="Moby",
        rows=Rows("detectrl", tool="LLM polish", label="llm_paraphrase"),
    ),
    Family(
        "LLM polish (MixSet)",
        LANGUAGE_MODEL,
        "polish by language models",
        left_out="WordNet",
        rows=Rows("mixset", news_only=True),
    ),
    Family(
        "LLM polish (APT-Eval)",
        LANGUAGE_MODEL,
        "graded polish by language models",
        left_out="WordNet",
        rows=Rows("ai-polished", news_only=True),
    ),
    Family(
        "written by a language model (DetectRL)",
        LANGUAGE_MODEL,
        "stories that language models wrote; they teach phrasing and are never scored as rewrites",
        left_out="Moby",
        rows=Rows("detectrl", label="llm_written"),
    ),
    Family(
        "round trip (DetectRL)",
        TRANSLATION,
        "a round trip through a good translation engine",
        left_out="WordNet and Moby agreed",
        rows=Rows("detectrl", tool="back-translation (DetectRL)"),
    ),
)
"""Every family, in the order of the tables."""

_BY_NAME = {each.name: each for each in FAMILIES}


@lru_cache(maxsize=2)
def word_counts(data: Path) -> Mapping[str, int]:
    """Counts of words on the web (Norvig's unigrams in the data folder).

    Raises DataError if the file is missing or cannot be read.
    """
    path = data / WORD_COUNTS
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            return {word: int(count) for word, count in (line.split("\t") for line in lines)}
    except (OSError, lzma.LZMAError, ValueError) as error:
        raise DataError(f"The word counts {path} cannot be read; put the data folder's file there.") from error
