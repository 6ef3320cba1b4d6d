"""The load script: its requests, counts and messages. No test checks its figures."""

import asyncio
from collections.abc import Callable
from typing import Any

from detector.lab.benchmarks.web import Load, Seen, _page, flat_out, steady

Serving = Callable[..., Any]
"""Starts a server; see conftest."""


def test_every_request_is_sent_and_counted(serving: Serving) -> None:
    """Verdicts and refusals are counted separately; transport errors are failures."""
    server = serving(pool={"waiting": 1})

    async def load_it() -> tuple[Seen, Seen]:
        load = Load(server.port, ["Talks.", "sleep 0.02"])
        calm = await steady(load, 100, 0.4, lambda: 1.0)
        flood = await flat_out(load, 10, 0.3, lambda: 1.0)
        load.close()
        return calm, flood

    calm, flood = asyncio.run(load_it())
    assert sum(calm.statuses.values()) == 40
    assert calm.failures == flood.failures == 0
    assert flood.statuses["200"] == len(flood.waits) > 0
    assert flood.statuses["429"] == len(flood.refusals) > 0
    assert calm.memory
    page = "\n".join(_page(calm, 40.0, flood, calm))
    assert f"| {flood.statuses['429']:,} |" in page


def test_a_server_that_is_gone_is_a_failure() -> None:
    """The script counts failures if nothing listens."""
    seen = Seen()
    asyncio.run(Load(9, ["Talks."]).one(seen))
    assert seen.failures == 1
