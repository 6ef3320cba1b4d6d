"""Fetch what a person named, and nothing else.

Addresses come from users, feeds and pages, so each is distrusted: only http and https, no user names or passwords, no
private or loopback address unless allowed, every redirect checked again, a bound on bytes and on the *whole* time. The
connection goes to the very address that was checked, so that a name cannot point elsewhere a moment later (DNS
rebinding). Nothing is sent along: no cookies, no referrer, no proxy.

:func:`fetch` is for an address that a person typed. :class:`PoliteFetcher` is for many: it obeys robots.txt, waits
between requests to one host and leaves hosts alone that do not answer.
"""

from detector.fetch.addresses import is_address
from detector.fetch.client import Fetched, fetch
from detector.fetch.errors import FetchError
from detector.fetch.limits import FetchLimits
from detector.fetch.polite import PoliteFetcher

__all__ = ["FetchError", "FetchLimits", "Fetched", "PoliteFetcher", "fetch", "is_address"]
