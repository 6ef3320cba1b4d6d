"""``unspin review``: what people decided about the articles of an audit."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from detector.errors import UnspinError


class Decision(StrEnum):
    """The states of an article."""

    NEW = "new"
    SEEN = "seen"
    DISMISSED = "dismissed"
    CONFIRMED = "confirmed"


def review(
    store: Annotated[str, typer.Argument(metavar="STORE", help="Store that unspin audit wrote: a file or an address.")],
    state: Annotated[
        Decision | None, typer.Argument(metavar="[STATE]", help="new, seen, dismissed or confirmed.")
    ] = None,
    articles: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ARTICLE]...", help="Articles by their number, web address or place in the source."),
    ] = None,
    *,
    read: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="Also the articles in this file, one on a line; - for stdin."),
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--words",
            metavar="WORDS",
            help="With dismissed: no longer mark these words, as 'stated -> said', or as 'stated' whatever is suggested. With "
            "new: mark them again.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Write the numbers of articles by state as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing.")] = False,
) -> int:
    """Say what you decided about flagged articles, or show how many were decided.

    A dismissed article is not listed or announced again and does not count as flagged. So are its near-duplicates in the
    store, and the same text wherever it appears later. Its label, its probability and all shares stay as they are.

    Exit code: 0 done; 2 an article is not in the store, and nothing was changed.
    """
    from detector.audit.allow_list import read_words
    from detector.audit.reviews import set_state, set_words, states
    from detector.audit.row import State
    from detector.audit.store import Store

    named = [*(articles or ()), *(() if read is None else _names(read))]
    marks = [read_words(each) for each in words or ()]
    if state is None and (named or marks):
        raise UnspinError("--from and --words need a state: write unspin review STORE dismissed ...")
    if state is not None and not named and not marks:
        raise UnspinError(f"which articles are {state.value}? Name them, or give --from or --words.")
    if marks and state not in (Decision.DISMISSED, Decision.NEW):
        raise UnspinError("words can only be dismissed, or new again.")
    changed = 0
    with Store.open(store, read_only=state is None) as opened:
        if state is not None:
            changed = set_state(opened, State(state.value), named)
            set_words(opened, marks, dismissed=state is Decision.DISMISSED)
        found = states(opened)
    counts = {each.value: found[each.value] for each in State}
    if json:
        from detector.render.data import dump

        print(dump({"schema": "unspin.review/1", "store": store, "changed": changed, **counts}, indent=None))
    elif not quiet:
        print(", ".join(f"{number:,} {name}" for name, number in counts.items()))
    return 0


def _names(path: str) -> list[str]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise UnspinError(f"{path}: the articles cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise UnspinError(
            f"{path}: the articles are not text in UTF-8. Write one number or address on a line."
        ) from None
    return [line.strip() for line in text.splitlines() if line.strip()]
