"""Errors that the user can correct. Each message says what is wrong, with what, and what to do."""


class UnspinError(Exception):
    """Any error that the command reports in one sentence with exit code 2."""


class UnreadableError(UnspinError):
    """An input that cannot be read as an article."""


class ModelError(UnspinError):
    """A model file that is missing, damaged, replaced or of another protocol."""


class GrammarError(UnspinError):
    """A grammar checker that was requested but is not available."""


class DataError(UnspinError):
    """The data folder lacks something that training or evaluation needs."""


LONGEST_NAME = 250
"""Longest name that an error message shows in full, in characters. Callers may pass a whole text by mistake."""


def printable(text: str) -> str:
    r"""Replace characters that control a terminal or change the writing direction.

    >>> printable("out/\x1b[31mstory.txt")
    'out/?[31mstory.txt'
    """
    return "".join(character if character.isprintable() else "?" for character in text)


def short(name: object) -> str:
    """Shorten a name for an error message if it is too long for a name.

    >>> short("story.txt"), short("a" * 5000)[58:]
    ('story.txt', 'aa...')
    """
    told = str(name)
    return told if len(told) <= LONGEST_NAME else f"{told[:60]}..."
