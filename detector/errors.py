"""What can go wrong in a way the user can mend. Each message says what is wrong, with what, and what to do."""


class UnspinError(Exception):
    """Anything the command answers with one sentence and exit code 2."""


class UnreadableError(UnspinError):
    """An input that cannot be read as an article."""


class ModelError(UnspinError):
    """A model file that is missing, damaged, swapped or of another protocol."""


class GrammarError(UnspinError):
    """A grammar checker that was asked for and cannot be had."""


class DataError(UnspinError):
    """The data folder lacks something that training or evaluation needs."""


LONGEST_NAME = 250
"""Characters of a name that a sentence shows whole: a whole text may have been given for one."""


def printable(text: str) -> str:
    r"""A text without the characters that steer a terminal, or turn the direction of what follows.

    >>> printable("out/\x1b[31mstory.txt")
    'out/?[31mstory.txt'
    """
    return "".join(character if character.isprintable() else "?" for character in text)


def short(name: object) -> str:
    """A name as it stands in a sentence, cut where it is no name any more.

    >>> short("story.txt"), short("a" * 5000)[58:]
    ('story.txt', 'aa...')
    """
    told = str(name)
    return told if len(told) <= LONGEST_NAME else f"{told[:60]}..."
