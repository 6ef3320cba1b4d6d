"""What a person has dismissed: words that are not marked again, and articles that are not listed as flagged again.

An allow list changes no probability and no label. It says that a person decided.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from detector.audit.identity import text_hash
from detector.audit.place import Server, place_of
from detector.errors import UnspinError, short
from detector.render.words import capital, count, squeeze
from detector.verdict import Verdict

_MOST_BYTES = 10_000_000
_LONGEST = 200
_SQLITE = b"SQLite format 3\0"
_ARROW = "->"
_TEXT = "text:"

DISMISSED = "A person has dismissed this article, so it does not count as flagged."


@dataclass(frozen=True)
class AllowList:
    """Dismissed words and articles.

    Parameters
    ----------
    words : frozenset of (str, str)
        Marked words and their first suggestion, in lower case. Without a suggestion, every mark of the words is dismissed.
    articles : frozenset of str
        Web addresses of articles, and hashes of their texts.
    """

    words: frozenset[tuple[str, str]] = frozenset()
    articles: frozenset[str] = frozenset()

    def __or__(self, other: "AllowList") -> "AllowList":
        return AllowList(self.words | other.words, self.articles | other.articles)

    def allows(self, words: str, expected: Iterable[str]) -> bool:
        """Whether a mark is dismissed.

        >>> allowed = read_lines(["stated -> said", "accord"])
        >>> [allowed.allows(*mark) for mark in (("Stated", ["said"]), ("stated", ["told"]), ("accord", ["deal"]))]
        [True, False, True]
        """
        marked = _plain(words)
        return (marked, "") in self.words or (marked, _plain(next(iter(expected), ""))) in self.words

    def holds(self, address: str | None, text: str) -> bool:
        """Whether an article is dismissed, by its address or by its text."""
        return bool(self.articles) and (address in self.articles or text_hash(text) in self.articles)

    def applied(self, verdict: Verdict) -> Verdict:
        """The verdict without dismissed marks. Its note says how many there were, and whether the article is dismissed."""
        kept = tuple(
            mark
            for mark in verdict.evidence
            if not self.allows(verdict.text[mark.span.start : mark.span.end], mark.expected)
        )
        left_out = len(verdict.evidence) - len(kept)
        notes = [verdict.note]
        if left_out:
            are = "is" if left_out == 1 else "are"
            notes.append(f"{capital(count(left_out, 'mark'))} that a person has dismissed {are} not shown.")
        if verdict.flagged and self.holds(verdict.source, verdict.text):
            notes.append(DISMISSED)
        note = " ".join(filter(None, notes))
        return verdict if note == verdict.note else replace(verdict, evidence=kept, note=note)


def read_allow_list(place: str) -> AllowList:
    """The allow list in a file of lines, or what was dismissed in an audit store.

    Raises
    ------
    UnspinError
        If there is no such file or store, or a line of the file is none of an allow list.
    """
    found = place_of(place)
    if isinstance(found, Server):
        return of_store(place)
    try:
        with found.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UnspinError(f"{short(found)}: the allow list cannot be read ({error.strerror}).") from error
    if data.startswith(_SQLITE):
        return of_store(place)
    if len(data) > _MOST_BYTES:
        raise UnspinError(f"{place}: an allow list has at most {_MOST_BYTES / 1e6:g} MB.")
    try:
        return read_lines(data.decode("utf-8-sig").splitlines())
    except UnicodeDecodeError:
        raise UnspinError(f"{place}: an allow list is text in UTF-8. Save it again as UTF-8.") from None
    except UnspinError as error:
        raise UnspinError(f"{place}: {error}") from None


def of_store(place: Path | Server | str) -> AllowList:
    """What was dismissed in an audit store."""
    from detector.audit.reviews import dismissed
    from detector.audit.store import Store

    with Store.open(place, read_only=True) as store:
        return dismissed(store)


def read_lines(lines: Iterable[str]) -> AllowList:
    """An allow list from its lines: words, words with a suggestion, addresses of articles, and hashes of texts.

    >>> read_lines(["# our house style", "Stated -> said", "https://example.org/a"])
    AllowList(words=frozenset({('stated', 'said')}), articles=frozenset({'https://example.org/a'}))

    Raises
    ------
    UnspinError
        If a line is none of these.
    """
    words, articles = set(), set()
    for number, line in enumerate(lines, start=1):
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        if said.startswith(("http://", "https://")):
            articles.add(said)
        elif said.startswith(_TEXT):
            articles.add(said.removeprefix(_TEXT).strip())
        else:
            try:
                words.add(read_words(said))
            except UnspinError as error:
                raise UnspinError(f"line {number}: {error}") from None
    return AllowList(frozenset(words), frozenset(articles))


def read_words(said: str) -> tuple[str, str]:
    """Marked words and their suggestion, in lower case.

    >>> read_words("Stated -> said"), read_words("accord")
    (('stated', 'said'), ('accord', ''))

    Raises
    ------
    UnspinError
        If there are no words, or far too many.
    """
    words, arrow, expected = said.partition(_ARROW)
    found = _plain(words), _plain(expected)
    if not found[0] or (arrow and not found[1]) or len(said) > _LONGEST:
        raise UnspinError("words to allow are written as “stated -> said” or “stated”.")
    return found


def _plain(words: str) -> str:
    return squeeze(words).casefold()
