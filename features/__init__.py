"""Text to numbers and located evidence."""

from features.articles import Articles
from features.attribution import Attribution
from features.connectives import Connectives
from features.country_names import CountryNames
from features.feature import Feature
from features.grammar import Grammar, GrammarChecker
from features.hidden_characters import HiddenCharacters
from features.language_model.analysis import Analyst
from features.news_register import NewsRegister
from features.ngram_oddity import NgramOddity
from features.odd_synonyms import OddSynonyms
from features.phrasing import Phrasing
from features.repeated_words import RepeatedWords
from features.tell_tales import TellTales

__all__ = ["build"]


def build(analyst: Analyst, checker: GrammarChecker | None) -> tuple[Feature, ...]:
    """Every feature, in the order of the model's columns.

    Parameters
    ----------
    analyst : Analyst
        Holds the tables that the n-gram features share.
    checker : GrammarChecker or None
        Without one, the grammar columns are NaN.
    """
    return (
        OddSynonyms(analyst),
        NgramOddity(analyst),
        NewsRegister(analyst),
        Phrasing(analyst),
        Grammar(checker, known=analyst.resources.ngrams.knows),
        Attribution(),
        Articles(),
        CountryNames(),
        Connectives(),
        RepeatedWords(),
        TellTales(),
        HiddenCharacters(analyst),
    )
