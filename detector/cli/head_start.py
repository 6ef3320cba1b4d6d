"""Loads Harper's dictionary in the background before other imports.

Loading takes as long as all the rest of a cold ``unspin check`` and needs no interpreter lock. On a second core, it
costs no extra time.
"""

import os
import sys
import threading
from collections.abc import Sequence

_NOT_HARPER = ("-h", "--help", "--grammar", "--languagetool-server")


def head_start(arguments: Sequence[str]) -> None:
    """Start to load the dictionary in the background if the arguments will need it; returns at once."""
    if "harper" not in sys.modules and will_use_harper(arguments):
        # Not a daemon thread: Python would end it inside Rust code, and the process would abort at exit.
        threading.Thread(target=_load).start()


def will_use_harper(arguments: Sequence[str]) -> bool:
    """Whether a command line seems to check an existing article with the default grammar checker.

    It guesses before the arguments are parsed. A wrong guess costs only a moment.

    >>> will_use_harper(["check", "-"]), will_use_harper(["check", "-", "--grammar", "none"])
    (True, False)
    """
    if arguments[:1] != ["check"] or any(argument.split("=")[0] in _NOT_HARPER for argument in arguments):
        return False
    # An argument may be a whole text: `Path.is_file` raises if it is too long for a file name; `isfile` does not.
    return any(a == "-" or a.startswith(("http://", "https://")) or os.path.isfile(a) for a in arguments[1:])  # noqa: PTH113


def _load() -> None:
    try:
        import harper
    except ImportError:
        return  # the check reports it
    harper.Linter(harper.Dialect.BRITISH)
