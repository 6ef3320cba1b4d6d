"""Addresses that need not be fetched again, because the store has their article."""

import threading
from collections.abc import Callable
from pathlib import Path

from detector.audit.opening import connect, told
from detector.verdict import Label


class Addresses:
    """Answers for the threads that fetch; it reads the store by a connection of its own.

    An article that was too short is fetched again: perhaps only its feed's summary was judged. So is one whose feed
    held no text at all; only a fetch that failed is not tried again before somebody asks for it.

    Parameters
    ----------
    path : Path
        Of the store.
    signature : callable
        Gives the signature of the model that must have judged; "" if any will do.
    retry_errors : bool
        Whether fetches that failed are to be tried again.
    traced : bool
        Whether a source must have been looked for.
    count : callable
        Told the label of every article that is not fetched, or None, the error's sentence, and whether it is a
        proven rewrite; called in the thread that asks.
    """

    def __init__(
        self,
        path: Path,
        *,
        signature: Callable[[], str],
        retry_errors: bool,
        count: Callable[[Label | None, str | None, bool], None],
        traced: bool = False,
    ) -> None:
        self.path = path
        self._traced = traced
        self._signature, self._retry, self._count = signature, retry_errors, count
        self._lock = threading.Lock()
        with told(path):
            self._sql = connect(path, read_only=True, any_thread=True)

    def known(self, address: str) -> bool:
        """Whether the store has what it needs of an address."""
        with self._lock, told(self.path):
            rows = self._sql.execute(
                "SELECT label, error_kind, error, signature, relation, proven FROM articles LEFT JOIN models ON models.id = model "
                "WHERE url = ?",
                (address,),
            ).fetchall()
        signature = self._signature()
        for label, _, _, judged_by, relation, proven in rows:
            if self._traced and relation is None:
                continue
            if label is not None and label != Label.TOO_SHORT.value and signature in {"", judged_by}:
                self._count(Label(label), None, bool(proven))
                return True
        failed = next((error for _, kind, error, *_ in rows if kind == "fetch"), None)
        if self._retry or failed is None:
            return False
        self._count(None, failed, False)
        return True

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._sql.close()
