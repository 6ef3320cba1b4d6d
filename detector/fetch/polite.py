"""Fetch many addresses without overloading their hosts."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from detector.fetch.addresses import Target, target_of
from detector.fetch.client import AGENT, Fetched, ask, fetch, follow
from detector.fetch.connection import Deadline
from detector.fetch.errors import FetchError
from detector.fetch.limits import FetchLimits

if TYPE_CHECKING:
    from protego import Protego

_STANDARD = FetchLimits()
_ROBOTS_BYTES = 512_000
_MOST_HOSTS = 10_000
# After this many requests in a row without an answer, a host is not asked again.
_SILENCES = 3
# A longer delay in robots.txt counts as a refusal.
_LONGEST_DELAY = 60.0
_PAUSE = 60.0

_Answer = TypeVar("_Answer")


class _Host:
    """What is known about one host, and a lock that orders its requests."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.next_request = 0.0
        self.silences = 0
        self.closed_until = 0.0
        self.rules: Protego | None = None
        self.rules_known = False
        self.rules_failed = False


class PoliteFetcher:
    """Fetches many addresses. Threads may share it, and wait for each other only at the same host.

    Parameters
    ----------
    delay_seconds : float
        Shortest time between two requests to a host. A longer ``Crawl-delay`` in its robots.txt takes precedence.
    robots : bool
        Whether to fetch and obey robots.txt (RFC 9309; needs the package protego).
    """

    def __init__(self, limits: FetchLimits = _STANDARD, *, delay_seconds: float = 1.0, robots: bool = True) -> None:
        self.limits = limits
        self.delay_seconds = delay_seconds
        self.robots = robots
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._guard = threading.Lock()

    def fetch(self, url: str) -> Fetched:
        """Fetch one address when it is its host's turn.

        Raises
        ------
        FetchError
            As :func:`~detector.fetch.client.fetch`. Also if robots.txt forbids the address, or if its host asked for a
            pause or did not answer several times in a row.
        """
        return follow(target_of(url), self.limits, self._ask)

    def _ask(self, target: Target) -> Fetched | Target:
        """Send one request in its host's turn. A redirect may lead to another host."""
        host = self._host(target.site)
        with host.turn:
            _refuse_closed(target, host)
            delay = self._allowed(target, host) if self.robots else self.delay_seconds
            return self._in_turn(host, delay, lambda: ask(target, self.limits, Deadline(self.limits.total_seconds)))

    def _host(self, site: str) -> _Host:
        with self._guard:
            host = self._hosts.setdefault(site, _Host())
            self._hosts.move_to_end(site)
            if len(self._hosts) > _MOST_HOSTS:
                self._hosts.popitem(last=False)
            return host

    @staticmethod
    def _in_turn(host: _Host, delay: float, question: Callable[[], _Answer]) -> _Answer:
        wait = host.next_request - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        try:
            answer = question()
        except FetchError as error:
            host.silences = host.silences + 1 if error.silent else 0
            if error.status in {429, 503}:
                host.closed_until = time.monotonic() + (error.retry_after or _PAUSE)
            raise
        finally:
            host.next_request = time.monotonic() + delay
        host.silences = 0
        return answer

    def _allowed(self, target: Target, host: _Host) -> float:
        """Return the seconds to wait before the next request, if robots.txt allows this one."""
        if not host.rules_known:
            self._learn_rules(target, host)
        if host.rules_failed:
            raise FetchError(f"{target.spoken}: the host's robots.txt could not be read, so nothing is fetched there.")
        if host.rules is None:
            return self.delay_seconds
        crawl_delay = float(host.rules.crawl_delay(AGENT) or 0.0)
        if not host.rules.can_fetch(target.url, AGENT) or crawl_delay > _LONGEST_DELAY:
            raise FetchError(f"{target.spoken} may not be fetched by programs: its host's robots.txt says so.")
        return max(self.delay_seconds, crawl_delay)

    def _learn_rules(self, target: Target, host: _Host) -> None:
        """Read robots.txt by RFC 9309: no file means no rules, and an unreadable file forbids everything."""
        from detector.fetch.robots import rules_in

        limits = replace(self.limits, most_bytes=_ROBOTS_BYTES)
        try:
            answer = self._in_turn(host, self.delay_seconds, lambda: fetch(target.site + "/robots.txt", limits))
        except FetchError as error:
            if error.silent or error.status == 429:
                raise
            host.rules_failed = error.status is None or not 400 <= error.status < 500
        else:
            host.rules = rules_in(answer.data)
        host.rules_known = True


def _refuse_closed(target: Target, host: _Host) -> None:
    if host.silences >= _SILENCES:
        raise FetchError(
            f"{target.spoken} was not tried: its host did not answer {_SILENCES} times in a row; try again later."
        )
    if (seconds := host.closed_until - time.monotonic()) > 0:
        raise FetchError(
            f"{target.spoken} was not tried: its host asked for a pause of {seconds:.0f} more seconds; try again later."
        )
