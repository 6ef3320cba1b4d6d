"""Rate limits: one token bucket for each client, for a limited number of clients."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable


class Rates:
    """Token buckets.

    Parameters
    ----------
    rate : float
        Requests a second that a client may make on average; 0 for no limit.
    burst : int
        Requests that a client may make at once.
    remembered : int
        Number of clients to remember; the least recently seen is forgotten first.
    clock : callable
        Returns seconds that never go backwards.
    """

    def __init__(
        self, rate: float, burst: int, remembered: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._remembered = remembered
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> int:
        """Count one request of a client. Returns 0 if it may pass, else the whole seconds to wait.

        >>> rates = Rates(1.0, 2, clock=lambda: 0.0)
        >>> [rates.wait("127.0.0.1") for _ in range(3)]
        [0, 0, 1]
        """
        if not self._rate:
            return 0
        now = self._clock()
        tokens, then = self._buckets.pop(client, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - then) * self._rate)
        allowed = tokens >= 1.0
        self._buckets[client] = (tokens - 1.0 if allowed else tokens, now)
        if len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1.0 - tokens) / self._rate))


def client_of(address: str) -> str:
    """Returns what counts as one client: an IPv4 address, or the IPv6 /64 network of a household or office.

    >>> client_of("192.0.2.7"), client_of("2001:db8:1:2:3:4:5:6"), client_of("::ffff:192.0.2.7"), client_of("")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7', '')
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
