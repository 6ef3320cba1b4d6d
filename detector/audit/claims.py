"""Share a store on a server among several audits: each article is judged by one of them and stored once.

Every audit gets the same sources and reads all of them, because reading is cheap. Before it judges an article, it
*claims* the article's record in the table ``claims``. A record that another audit has claimed waits: a second later it
is either stored, and needs no judging, or it is tried again.

What can go wrong, and what then holds:

- **Two audits reach for one record.** The claim is one ``INSERT ... ON CONFLICT`` on a primary key, so exactly one of
  them wins.
- **The record was stored between the look-up and the claim.** A row and the release of its claim are one transaction. An
  audit that wins a claim therefore looks into the store again, and then sees the row.
- **An audit dies** (kill -9, power cut, network). Its claims are leases: they expire after :data:`LEASE_SECONDS` by the
  server's clock, which all machines share. It renews them while it lives. The others take them over and judge the
  articles again. What the dead audit had not committed is not in the store.
- **An audit only hangs**, loses its leases, and then wakes up. It still writes its rows, but the key of an article is
  unique, and a row that has a verdict of the same model stays as it is (:meth:`Writer.put`). So there is one row, and the
  first verdict counts. The article was judged twice, which costs time and nothing else.
- **Two audits group near-duplicates at once**, or store one article under two records. Writing transactions of one store
  exclude each other with an advisory lock that PostgreSQL releases at their end. They are short: an audit collects its
  rows for a second and then writes them together. So each story is seen by the next writer, and writers cannot block
  each other for ever.

Claims are taken and released in the order of their keys, so that two audits never wait for each other crosswise.

An SQLite file has one writer, which a lock file guards, so it needs no claims.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from detector.audit.schema import claims

LEASE_SECONDS = 60.0
"""How long a claim holds without a sign of life: far longer than a batch takes, and short enough to wait for."""


class Claims:
    """The claims of one run.

    Parameters
    ----------
    seconds : float
        How long a claim lasts if it is not renewed.
    """

    def __init__(self, run: int, seconds: float) -> None:
        self._run = run
        until: ColumnElement[Any] = literal_column(f"clock_timestamp() + interval '{seconds:f} seconds'")
        taken = insert(claims).values(run=run, until=until)
        new = taken.excluded
        self._renew = update(claims).where(claims.c.run == run).values(until=until)
        self._take = taken.on_conflict_do_update(
            index_elements=[claims.c.raw],
            set_={"run": new.run, "until": new.until},
            where=(claims.c.run == new.run) | (claims.c.until < func.clock_timestamp()),
        ).returning(claims.c.raw)

    def take(self, connection: Connection, raws: Collection[bytes]) -> set[bytes]:
        """Claim records, and return those that no other audit holds."""
        found = connection.execute(self._take, [{"raw": raw} for raw in sorted(set(raws))])
        return {bytes(raw) for (raw,) in found}

    def renew(self, connection: Connection) -> None:
        """Extend all claims of this run."""
        connection.execute(self._renew)

    def release(self, connection: Connection, raws: Collection[bytes] | None = None) -> None:
        """Give claims of this run back; None means all."""
        mine = select(claims.c.raw).where(claims.c.run == self._run)
        if raws is not None:
            mine = mine.where(claims.c.raw.in_(sorted(raws)))
        locked = mine.order_by(claims.c.raw).with_for_update().scalar_subquery()
        connection.execute(delete(claims).where(claims.c.raw.in_(locked)))
