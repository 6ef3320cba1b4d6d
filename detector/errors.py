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
