"""What people decided about the articles of a store: the state of each, and the words that are not to be marked."""

from collections import Counter
from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, literal, or_, select, update

from detector.audit.allow_list import AllowList
from detector.audit.opening import told, transaction
from detector.audit.row import State
from detector.audit.schema import allowed, articles
from detector.audit.store import Store
from detector.errors import UnspinError
from detector.render.words import visible

_OF = articles.c
_SHOWN = 5


FLAGGED: ColumnElement[bool] = or_(_OF.label.in_(("suspect", "spun")), _OF.proven == 1)
"""Suspect and spun articles, and proven rewrites."""

STATE = case((_OF.state.is_not(None), _OF.state), (FLAGGED, literal(State.NEW.value)))
"""The state of an article; NULL if it was never flagged and nobody said anything."""


def set_state(store: Store, state: State, named: Collection[str]) -> int:
    """Set the state of articles, all or none, and return their number.

    Dismissing an article dismisses its stored near-duplicates too, and making it new again does the same for those that were
    dismissed.

    Parameters
    ----------
    named : collection of str
        Ids, web addresses, or places in a source. An address stands for every version of its article.

    Raises
    ------
    UnspinError
        If the store holds no such judged article.
    """
    with told(store.place), transaction(store.connection):
        found: set[int] = set()
        missing = []
        for name in dict.fromkeys(named):
            is_it = _OF.id == int(name) if name.isascii() and name.isdigit() and len(name) < 19 else _at(name)
            ids = store.connection.execute(select(_OF.id).where(is_it, _OF.label.is_not(None))).scalars().all()
            found.update(ids)
            if not ids:
                missing.append(visible(name[:200]))
        if missing:
            more = f" and {len(missing) - _SHOWN:,} more" if len(missing) > _SHOWN else ""
            raise UnspinError(
                f"{store.place}: no judged article is called {', '.join(missing[:_SHOWN])}{more}. Nothing was changed. Name "
                "articles by the id or the address that unspin report --csv lists."
            )
        changed = 0
        for id_ in sorted(found):
            itself = _OF.id == id_
            alike = _OF.story == select(_OF.story).where(_OF.id == id_).scalar_subquery()
            if state is State.DISMISSED:
                itself = or_(itself, alike)
            elif state is State.NEW:
                itself = or_(itself, and_(alike, _OF.state == State.DISMISSED.value))
            value = None if state is State.NEW else state.value
            changed += store.connection.execute(update(articles).where(itself).values(state=value)).rowcount
        return changed


def _at(name: str) -> ColumnElement[bool]:
    return or_(_OF.url == name, _OF.source == name)


def set_words(store: Store, words: Iterable[tuple[str, str]], *, dismissed: bool) -> None:
    """Dismiss words with their suggestion (``""`` for any), or mark them again."""
    with told(store.place), transaction(store.connection):
        for marked, expected in dict.fromkeys(words):
            same = and_(allowed.c.words == marked, allowed.c.expected == expected)
            store.connection.execute(delete(allowed).where(same))
            if dismissed:
                store.connection.execute(insert(allowed).values(words=marked, expected=expected))


def dismissed(store: Store) -> AllowList:
    """The words that were dismissed, and the texts of the dismissed articles."""
    texts = select(_OF.hash).where(_OF.state == State.DISMISSED.value, _OF.hash.is_not(None))
    with told(store.place):
        return AllowList(dismissed_words(store.connection), frozenset(store.connection.execute(texts).scalars()))


def dismissed_words(connection: Connection) -> frozenset[tuple[str, str]]:
    """The words that were dismissed, as of an :class:`AllowList`."""
    found = connection.execute(select(allowed.c.words, allowed.c.expected))
    return frozenset((str(words), str(expected)) for words, expected in found)


def dismiss_listed(store: Store, allow: AllowList) -> None:
    """Dismiss the flagged articles of a store that an allow list holds and nobody has decided on."""
    undecided = and_(_OF.state.is_(None), FLAGGED)
    names = sorted(allow.articles)
    with told(store.place), transaction(store.connection):
        for at in range(0, len(names), 500):
            some = names[at : at + 500]
            listed = and_(undecided, or_(_OF.hash.in_(some), _OF.url.in_(some)))
            store.connection.execute(update(articles).where(listed).values(state=State.DISMISSED.value))


def states(store: Store) -> Counter[str]:
    """How many articles have each state."""
    query = select(STATE, func.count()).where(STATE.is_not(None)).group_by(STATE)
    with told(store.place):
        return Counter({str(state): number for state, number in store.connection.execute(query)})
