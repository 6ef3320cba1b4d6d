"""Turn text into numbers and marked places."""

from inspect import signature
from typing import Any

from features.articles import Articles
from features.attribution import Attribution
from features.connectives import Connectives
from features.country_names import CountryNames
from features.feature import Feature
from features.grammar import Grammar, GrammarChecker
from features.hidden_characters import HiddenCharacters
from features.inflection import Inflection
from features.language_model.analysis import Analyst
from features.news_register import NewsRegister
from features.ngram_oddity import NgramOddity
from features.odd_synonyms import OddSynonyms
from features.phrasing import Phrasing
from features.reader import Reader
from features.repeated_words import RepeatedWords
from features.tell_tales import TellTales

__all__ = ["ALL", "FEATURES", "SWAPPED", "build"]

FEATURES: tuple[type[Any], ...] = (
    OddSynonyms,
    NgramOddity,
    NewsRegister,
    Phrasing,
    Grammar,
    Inflection,
    Attribution,
    Articles,
    CountryNames,
    Connectives,
    RepeatedWords,
    TellTales,
    HiddenCharacters,
)
"""Every feature, in the order of the model's columns. Register a new feature here.

Each is a :class:`~features.feature.Feature` with two more attributes for display. ``marks`` is the kind of its marks, a
key of :data:`detector.render.words.KINDS`. ``title`` is the name of its measurements.
"""

ALL: tuple[type[Any], ...] = (*FEATURES, Reader)
"""The same with the reader, which only the second stage of a model uses."""

SWAPPED = frozenset({"wording", "name", "telltale"})
"""The kinds of marks that propose likely originals, and not corrections."""


def build(analyst: Analyst, checker: GrammarChecker | None) -> tuple[Feature, ...]:
    """Build every feature. A feature asks for a resource by a field named ``analyst``, ``checker`` or ``known``.

    Parameters
    ----------
    analyst : Analyst
        The tables that the n-gram features share.
    checker : GrammarChecker or None
        Without one, the grammar columns are NaN.
    """
    parts = {"analyst": analyst, "checker": checker, "known": analyst.resources.ngrams.knows}
    return tuple(
        feature(**{name: part for name, part in parts.items() if name in signature(feature).parameters})
        for feature in FEATURES
    )
