"""Read a store at one moment in time for a report."""

from contextlib import AbstractContextManager

from sqlalchemy import Connection

from detector.audit.opening import snapshot
from detector.audit.place import Place, place_of
from detector.audit.store import Store


def reading(store: Store | Place | str) -> AbstractContextManager[Connection]:
    """A connection to a store whose answers all come from one moment; see :func:`~detector.audit.opening.snapshot`."""
    return store.moment() if isinstance(store, Store) else snapshot(place_of(store))
