"""Harper's dictionary begins to load before anything else is imported.

It takes as long as all the rest of a cold ``unspin check``, and needs Python for none of it: on a second core it is
ready when the article is.
"""

import os
import sys
import threading
from collections.abc import Sequence

_NOT_HARPER = ("-h", "--help", "--grammar", "--languagetool-server")


def head_start(arguments: Sequence[str]) -> None:
    """Load the dictionary in the background where the arguments will come to need it; returns at once."""
    if "harper" not in sys.modules and will_use_harper(arguments):
        # No daemon: Python would end it in the middle of Rust code, and the process would abort at exit.
        threading.Thread(target=_load).start()


def will_use_harper(arguments: Sequence[str]) -> bool:
    """Whether a command line checks an article that is there, with the checker that is used if none is named.

    A guess by a glance, before the arguments are parsed: wrong, it costs a moment and no more.

    >>> will_use_harper(["check", "-"]), will_use_harper(["check", "-", "--grammar", "none"])
    (True, False)
    """
    if arguments[:1] != ["check"] or any(argument.split("=")[0] in _NOT_HARPER for argument in arguments):
        return False
    # `isfile`, as an argument may be a whole text, and `Path.is_file` raises for what is too long for a name.
    return any(a == "-" or a.startswith(("http://", "https://")) or os.path.isfile(a) for a in arguments[1:])  # noqa: PTH113


def _load() -> None:
    try:
        import harper
    except ImportError:
        return  # the check will say it
    harper.Linter(harper.Dialect.BRITISH)
