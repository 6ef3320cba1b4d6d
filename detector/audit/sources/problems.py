"""Errors of sources: a sentence for the user and a kind for counting."""

from enum import StrEnum

from detector.errors import UnreadableError, UnspinError
from detector.fetch import FetchError


class Problem(StrEnum):
    """The kinds of errors that an item can have."""

    UNREADABLE = "unreadable"  # no text, unknown encoding, or unknown format
    NO_TEXT = "no_text"  # a record, mail or page without an article
    MALFORMED = "malformed"  # a record that breaks the rules of its format
    DAMAGED = "damaged"  # a file that is truncated or cannot be unpacked
    TOO_LARGE = "too_large"  # over a size limit
    UNSAFE = "unsafe"  # a likely attack
    NOT_FOUND = "not_found"  # a file that is missing or not accessible
    FETCH = "fetch"  # an address that was not fetched
    COLUMNS = "columns"  # a needed column is missing
    MISSING_PACKAGE = "missing_package"  # a package that this format needs is not installed
    FAULT = "fault"  # a bug in unspin


class SourceError(UnreadableError):
    """A source, or a part of one, that cannot be read.

    Parameters
    ----------
    sentence : str
        What is wrong, with what, and what to do.
    """

    def __init__(self, sentence: str, problem: Problem) -> None:
        super().__init__(sentence)
        self.problem = problem


def no_records(place: str) -> SourceError:
    """The error for a table without rows: a failed export must not look like one without spun articles.

    >>> str(no_records("today.csv"))
    'today.csv holds no records: there is no article in it.'
    """
    return SourceError(f"{place} holds no records: there is no article in it.", Problem.NO_TEXT)


def problem_of(error: UnspinError) -> Problem:
    """The kind of an error.

    >>> str(problem_of(FetchError("No answer.")))
    'fetch'
    """
    if isinstance(error, SourceError):
        return error.problem
    return Problem.FETCH if isinstance(error, FetchError) else Problem.UNREADABLE
