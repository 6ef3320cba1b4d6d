"""Tokens and the cookie that stands for one. Nothing is kept: a session is a signed time of expiry."""

import hashlib
import hmac
import time
from collections.abc import Callable

COOKIE = "unspin_session"
SECONDS = 12 * 3600
"""A working day; then the page asks for the token again."""


class Sessions:
    """Who has shown the token.

    Parameters
    ----------
    token : str
        "" where none is needed.
    clock : callable
        Seconds since the epoch.
    """

    def __init__(self, token: str, clock: Callable[[], float] = time.time) -> None:
        self._token = token.encode()
        self._clock = clock

    @property
    def needed(self) -> bool:
        """Whether a token is needed at all."""
        return bool(self._token)

    def knows(self, token: str) -> bool:
        """Whether this is the token. Takes as long for a near miss as for any other."""
        return hmac.compare_digest(token.encode("utf-8", "surrogateescape"), self._token)

    def issue(self) -> str:
        """The value of a new cookie."""
        expiry = str(int(self._clock()) + SECONDS)
        return f"{expiry}.{self._sign(expiry)}"

    def holds(self, cookie: str) -> bool:
        """Whether a cookie's value was issued here and has not expired."""
        expiry, _, signature = cookie.partition(".")
        if not hmac.compare_digest(signature.encode("utf-8", "surrogateescape"), self._sign(expiry).encode()):
            return False
        return int(expiry) > self._clock()

    def _sign(self, expiry: str) -> str:
        message = b"unspin session until " + expiry.encode("utf-8", "surrogateescape")
        return hmac.digest(self._token, message, hashlib.sha256).hex()
