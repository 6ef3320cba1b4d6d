"""Fetch the addresses that a person named, and nothing else.

Addresses from users, feeds and pages are not trusted. unspin accepts only http and https, without user names and
passwords, and no private or loopback addresses unless allowed. It checks every redirect again and limits bytes and the
*whole* time. It connects to the IP address that it checked, so that a name cannot point elsewhere a moment later (DNS
rebinding). It sends no cookies and no referrer, and uses no proxy.

:func:`fetch` is for an address that a person typed. :class:`PoliteFetcher` is for many: it obeys robots.txt, waits
between requests to one host and stops asking hosts that do not answer.
"""

from detector.fetch.addresses import is_address
from detector.fetch.client import Fetched, fetch
from detector.fetch.errors import FetchError
from detector.fetch.limits import FetchLimits
from detector.fetch.polite import PoliteFetcher

__all__ = ["FetchError", "FetchLimits", "Fetched", "PoliteFetcher", "fetch", "is_address"]
