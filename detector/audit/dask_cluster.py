"""The workers of a Dask cluster."""

import asyncio
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from detector.audit.backends import DEPTH, Answer, Batch, Deliver, died
from detector.audit.work import Done, Maker, Orders, introduce, judge
from detector.errors import UnspinError
from detector.extras import needs


class Dask:
    """The workers of a Dask cluster, used through joblib's Dask backend.

    Parameters
    ----------
    scheduler : str
        Address, such as ``tcp://10.0.0.5:8786``.
    """

    _SECONDS_TO_CONNECT = 20
    _SECONDS_BETWEEN_LOOKS = 5.0

    def __init__(self, scheduler: str) -> None:
        self.scheduler = scheduler
        self._client: Any = None
        self._joblib: Any = None
        self._held: set[Batch] = set()
        self._threads = 1
        self._looked = float("-inf")

    def start(self, maker: Maker, deliver: Deliver) -> str:
        """Connect, make the judge on one worker, and return its signature."""
        try:
            import distributed
            from joblib._dask import DaskDistributedBackend
        except ImportError as error:
            raise UnspinError(needs("--backend dask", "dask", ["Dask"])) from error
        self._deliver = deliver
        try:
            self._client = _closing(distributed.Client, 2 * self._SECONDS_TO_CONNECT)(
                self.scheduler, timeout=self._SECONDS_TO_CONNECT, set_as_default=False
            )
        except (OSError, ValueError, TypeError, RuntimeError, TimeoutError) as error:
            raise UnspinError(f"no Dask scheduler answers at {self.scheduler}: check the address.") from error
        self._joblib = DaskDistributedBackend(client=self._client)
        self._joblib.start_call()
        try:
            signature: str = self._client.submit(introduce, maker, pure=False).result(
                timeout=10 * self._SECONDS_TO_CONNECT
            )
        except TimeoutError as error:
            raise UnspinError(
                f"the Dask scheduler at {self.scheduler} has no worker that answers: start some."
            ) from error
        except ImportError as error:
            raise UnspinError(f"the workers of {self.scheduler} lack unspin ({error}): install it there.") from error
        return signature

    def room(self) -> int:
        """The number of free places. It is refreshed because a cluster may grow and shrink."""
        if time.monotonic() - self._looked > self._SECONDS_BETWEEN_LOOKS:
            self._threads = max(1, sum(self._client.ncores().values()))
            self._looked = time.monotonic()
        return DEPTH * self._threads - len(self._held)

    def idle(self) -> bool:
        """Whether there are fewer batches than threads."""
        return len(self._held) < self._threads

    def submit(self, orders: Orders, batch: Batch) -> bool:
        """Send the batch to the cluster."""
        from joblib import delayed
        from joblib.parallel import BatchedCalls

        if self.room() <= 0:
            return False
        batch.begun = time.monotonic()
        self._held.add(batch)
        call = BatchedCalls([delayed(judge)(orders, batch.records)], (None, None))
        future = self._joblib.submit(call, callback=lambda _: None)
        future.add_done_callback(lambda ended: self._deliver(batch, self._answer(ended)))
        return True

    def _answer(self, ended: "Future[Any]") -> Answer:
        try:
            (done,) = self._joblib.retrieve_result_callback(ended.result())
        except BaseException as error:  # noqa: BLE001 - whatever went wrong is the answer
            return error
        answer: list[Done] = done
        return answer

    def answered(self, batch: Batch, answer: Answer) -> None:
        """Free the batch's place, and raise UnspinError if the scheduler is gone."""
        self._held.discard(batch)
        if died(answer) and self._client.status not in {"running", "connecting"}:
            raise UnspinError(
                f"the Dask scheduler at {self.scheduler} is gone. What was stored is safe: run the same command again."
            )

    def close(self, *, now: bool) -> None:  # noqa: ARG002 - the cluster is not ours to end
        """Disconnect, and leave the cluster running."""
        if self._joblib is not None:
            self._joblib.stop_call()
        if self._client is not None:
            with suppress(TimeoutError, OSError):
                self._client.close(timeout=5)


def _closing(client: Any, seconds: float) -> Any:  # noqa: ANN401 - it has no types
    """A subclass of Dask's client that closes at once if it cannot connect within ``seconds``.

    Dask's own client closes only when the process ends. It then waits for a thread that no longer exists, and prints a
    traceback. It also waits for ever if the port belongs to another service.
    """

    class Closing(client):  # type: ignore[misc]
        async def _start(self, **settings: Any) -> Any:  # noqa: ANN401 - as above
            try:
                return await asyncio.wait_for(super()._start(**settings), seconds)
            except BaseException:
                await self._close(fast=True)
                raise

    return Closing
