"""Checks tokens and session cookies. The server stores nothing: a session is a signed expiry time."""

import hashlib
import hmac
import time
from collections.abc import Callable

COOKIE = "unspin_session"
SECONDS = 12 * 3600
"""A session lasts one working day. Then the page asks for the token again."""


class Sessions:
    """Checks the token, and issues and checks cookies.

    Parameters
    ----------
    token : str
        "" if none is needed.
    clock : callable
        Returns seconds since the epoch.
    """

    def __init__(self, token: str, clock: Callable[[], float] = time.time) -> None:
        self._token = token.encode()
        self._clock = clock

    @property
    def needed(self) -> bool:
        """Whether a token is needed at all."""
        return bool(self._token)

    def knows(self, token: str) -> bool:
        """Whether this is the token, compared in constant time."""
        return hmac.compare_digest(token.encode("utf-8", "surrogateescape"), self._token)

    def issue(self) -> str:
        """Returns the value of a new cookie."""
        expiry = str(int(self._clock()) + SECONDS)
        return f"{expiry}.{self._sign(expiry)}"

    def holds(self, cookie: str) -> bool:
        """Whether this server issued the cookie's value and it has not expired."""
        expiry, _, signature = cookie.partition(".")
        if not hmac.compare_digest(signature.encode("utf-8", "surrogateescape"), self._sign(expiry).encode()):
            return False
        return int(expiry) > self._clock()

    def _sign(self, expiry: str) -> str:
        message = b"unspin session until " + expiry.encode("utf-8", "surrogateescape")
        return hmac.digest(self._token, message, hashlib.sha256).hex()
