"""Find addresses whose article is already in the store, so that they are not fetched again."""

import threading
from collections.abc import Callable

from sqlalchemy import bindparam, select

from detector.audit.identity import storable
from detector.audit.opening import connect, told
from detector.audit.place import Place
from detector.audit.row import State
from detector.audit.schema import articles, models
from detector.verdict import Label

_OF_ADDRESS = (
    select(
        articles.c.label,
        articles.c.error_kind,
        articles.c.error,
        models.c.signature,
        articles.c.relation,
        articles.c.proven,
        articles.c.state,
    )
    .select_from(articles.outerjoin(models))
    .where(articles.c.url == bindparam("url"))
)


class Addresses:
    """Tells the fetching threads which addresses are stored. It has its own connection to the store.

    An article that was too short is fetched again, because only the feed's summary may have been judged. An entry
    without text is fetched again, too. A failed fetch is repeated only with ``retry_errors``.

    Parameters
    ----------
    place : Place
        The store's.
    signature : callable
        Returns the signature that the stored verdict must have; "" accepts every model.
    retry_errors : bool
        Whether to repeat failed fetches.
    traced : bool
        Whether the stored article must have been looked up in an archive.
    count : callable
        Called with (label, None, whether it is a proven rewrite, whether it was dismissed) or (None, error sentence, False,
        False) for each article that is not fetched, in the thread that asks.
    """

    def __init__(
        self,
        place: Place,
        *,
        signature: Callable[[], str],
        retry_errors: bool,
        count: Callable[[Label | None, str | None, bool, bool], None],
        traced: bool = False,
    ) -> None:
        self.place = place
        self._traced = traced
        self._signature, self._retry, self._count = signature, retry_errors, count
        self._lock = threading.Lock()
        self._sql = connect(place, read_only=True)

    def known(self, address: str) -> bool:
        """Whether an address need not be fetched."""
        with self._lock, told(self.place):
            rows = self._sql.execute(_OF_ADDRESS, {"url": storable(address)}).fetchall()
        signature = self._signature()
        for label, _, _, judged_by, relation, proven, state in rows:
            if self._traced and relation is None:
                continue
            if label is not None and label != Label.TOO_SHORT.value and signature in {"", judged_by}:
                self._count(Label(label), None, bool(proven), state == State.DISMISSED)
                return True
        failed = next((error for _, kind, error, *_ in rows if kind == "fetch"), None)
        if self._retry or failed is None:
            return False
        self._count(None, failed, False, False)
        return True

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._sql.close()
