"""Worker processes: a bounded queue, time limits, replacement."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

import pytest

from detector.errors import ModelError
from detector.web.frames import Frame
from detector.web.pool import BusyError, Entry, Lane, Pool, PoolSettings, TooLongError, WorkerCrashedError

HEADER = {"name": "story"}


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Run a coroutine function with a time limit, so that a stuck pool fails the test."""

    async def bounded() -> None:
        async with asyncio.timeout(60):
            await test()

    asyncio.run(bounded())


@asynccontextmanager
async def pool_of(entry: Entry, **settings: Any) -> AsyncIterator[Pool]:  # noqa: ANN401
    """Start a pool of one worker."""
    pool = Pool(PoolSettings(**{"workers": 1, "waiting": 2, "seconds": 20.0, **settings}), {"grammar": "none"}, entry)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


def process_of(frame: Frame) -> int:
    """Returns the process that answered."""
    number: int = json.loads(frame.body)["process"]
    return number


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition to become true."""
    while not condition():  # noqa: ASYNC110 - the pool sends no event
        await asyncio.sleep(0.01)


def test_answers_come_back_to_whom_they_belong(double: ModuleType) -> None:
    """Each of many concurrent requests gets its own answer."""

    async def check() -> None:
        async with pool_of(double.main, workers=2, waiting=50) as pool:
            frames = await asyncio.gather(*(pool.submit({"name": str(n)}) for n in range(40)))
            assert [json.loads(frame.body)["source"] for frame in frames] == [str(n) for n in range(40)]

    run(check)


def test_a_full_queue_turns_the_next_away_with_a_time_to_come_again(double: ModuleType) -> None:
    """With one job at work and two waiting, the next is refused at once."""

    async def check() -> None:
        async with pool_of(double.main) as pool:
            working = asyncio.ensure_future(pool.submit(HEADER, b"sleep 5"))
            await until(lambda: pool.busy == 1)
            waiting = [asyncio.ensure_future(pool.submit(HEADER)) for _ in range(2)]
            await until(lambda: pool.waiting() == 2)
            with pytest.raises(BusyError) as refused:
                await pool.submit(HEADER)
            assert 1 <= refused.value.retry_after <= 60
            for task in (working, *waiting):
                task.cancel()

    run(check)


def test_an_article_that_takes_too_long_costs_its_worker_and_no_other(double: ModuleType) -> None:
    """After the time limit the worker is killed, and another answers the next request."""

    async def check() -> None:
        async with pool_of(double.main, seconds=0.3) as pool:
            before = process_of(await pool.submit(HEADER))
            with pytest.raises(TooLongError):
                await pool.submit(HEADER, b"sleep 30")
            assert process_of(await pool.submit(HEADER)) != before
            assert pool.ended["time limit"] == 1

    run(check)


@pytest.mark.parametrize("word", [b"die", b"junk"])
def test_a_worker_that_crashes_or_babbles_is_replaced(double: ModuleType, word: bytes) -> None:
    """The article gets an error, and a new worker answers the next request."""

    async def check() -> None:
        async with pool_of(double.main) as pool:
            with pytest.raises(WorkerCrashedError):
                await pool.submit(HEADER, word)
            assert (await pool.submit(HEADER)).header["status"] == "done"
            assert pool.ended["crashed"] == 1
            assert pool.ready == 1

    run(check)


def test_who_gives_up_while_waiting_leaves_the_queue(double: ModuleType) -> None:
    """A cancelled request takes no place in the queue and no worker."""

    async def check() -> None:
        async with pool_of(double.main) as pool:
            working = asyncio.ensure_future(pool.submit(HEADER, b"sleep 0.5"))
            await until(lambda: pool.busy == 1)
            waiting = asyncio.ensure_future(pool.submit(HEADER, b"die"))
            await until(lambda: pool.waiting() == 1)
            waiting.cancel()
            await until(lambda: pool.waiting() == 0)
            await working
            assert (await pool.submit(HEADER)).header["status"] == "done"
            assert not pool.ended

    run(check)


def test_who_gives_up_during_the_work_frees_the_worker_soon(double: ModuleType) -> None:
    """A worker stops soon after its client has gone."""

    async def check() -> None:
        async with pool_of(double.main, abandoned_seconds=0.1) as pool:
            working = asyncio.ensure_future(pool.submit(HEADER, b"sleep 30"))
            await until(lambda: pool.busy == 1)
            working.cancel()
            assert (await pool.submit(HEADER)).header["status"] == "done"
            assert pool.ended["abandoned"] == 1

    run(check)


def test_people_and_batches_take_turns(double: ModuleType) -> None:
    """Each lane is served in turn, however many jobs wait in the other."""

    async def check() -> None:
        order: list[str] = []

        async def ask(name: str, lane: Lane, pool: Pool) -> None:
            await pool.submit({"name": name}, lane=lane)
            order.append(name)

        async with pool_of(double.main, waiting=10) as pool:
            working = asyncio.ensure_future(pool.submit(HEADER, b"sleep 0.5"))
            await until(lambda: pool.busy == 1)
            asked = [asyncio.ensure_future(ask(f"person {n}", Lane.PERSON, pool)) for n in range(4)]
            asked += [asyncio.ensure_future(ask(f"batch {n}", Lane.BATCH, pool)) for n in range(2)]
            await asyncio.gather(working, *asked)
            assert max(order.index("batch 0"), order.index("batch 1")) <= 4

    run(check)


def test_a_worker_retires_after_so_many_articles(double: ModuleType) -> None:
    """A library's memory leak ends with its process."""

    async def check() -> None:
        async with pool_of(double.main, articles=2) as pool:
            processes = [process_of(await pool.submit(HEADER)) for _ in range(4)]
            assert processes[0] == processes[1] != processes[2] == processes[3]

    run(check)


def test_a_worker_without_a_model_says_so_at_the_start(double: ModuleType) -> None:
    """The user reads the worker's own message."""

    async def check() -> None:
        with pytest.raises(ModelError, match="the model's file x cannot be read"):
            async with pool_of(double.unable):
                pass
        with pytest.raises(ModelError, match="unspin doctor"):
            async with pool_of(double.dead):
                pass

    run(check)


def test_a_worker_that_cannot_be_replaced_is_tried_again(double: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """While no worker starts, the pool reports that none is ready and keeps trying."""

    async def check() -> None:
        async with pool_of(double.main) as pool:
            monkeypatch.setattr(pool, "_entry", double.unable)
            with pytest.raises(WorkerCrashedError):
                await pool.submit(HEADER, b"die")
            await until(lambda: pool.ready == 0)
            monkeypatch.setattr(pool, "_entry", double.main)
            assert (await pool.submit(HEADER)).header["status"] == "done"
            assert pool.ready == 1

    run(check)
