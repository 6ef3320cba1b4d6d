"""What is wrong with a source: a sentence for people and a word for counting."""

from enum import StrEnum

from detector.errors import UnreadableError, UnspinError
from detector.fetch import FetchError


class Problem(StrEnum):
    """The sorts of errors that an item can have."""

    UNREADABLE = "unreadable"  # no text, no encoding, a format that cannot be read
    NO_TEXT = "no_text"  # a record, mail or page without an article
    MALFORMED = "malformed"  # a record that breaks the rules of its format
    DAMAGED = "damaged"  # a file that breaks off or does not unpack
    TOO_LARGE = "too_large"  # over a limit
    UNSAFE = "unsafe"  # made to do harm
    NOT_FOUND = "not_found"  # a file that is not there or may not be read
    FETCH = "fetch"  # an address that was not fetched
    COLUMNS = "columns"  # no column that holds text
    MISSING_PACKAGE = "missing_package"  # unspin was installed without what this format needs
    FAULT = "fault"  # a fault of unspin


class SourceError(UnreadableError):
    """A source, or a part of one, that cannot be read.

    Parameters
    ----------
    sentence : str
        What is wrong, with what, and what to do.
    problem : Problem
        What sort of error it is.
    """

    def __init__(self, sentence: str, problem: Problem) -> None:
        super().__init__(sentence)
        self.problem = problem


def no_records(place: str) -> SourceError:
    """The error of a table without a row: an export that failed must not pass for one without a spun article.

    Examples
    --------
    >>> str(no_records("today.csv"))
    'today.csv holds no records: there is no article in it.'
    """
    return SourceError(f"{place} holds no records: there is no article in it.", Problem.NO_TEXT)


def problem_of(error: UnspinError) -> Problem:
    """What sort of error it is.

    Examples
    --------
    >>> str(problem_of(FetchError("No answer.")))
    'fetch'
    """
    if isinstance(error, SourceError):
        return error.problem
    return Problem.FETCH if isinstance(error, FetchError) else Problem.UNREADABLE
