"""The limits of a fetch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FetchLimits:
    """Limits on one fetch, including its redirects.

    Parameters
    ----------
    most_bytes : int
        Largest answer, decompressed.
    connect_seconds : float
        Longest wait for a connection.
    total_seconds : float
        Longest time from the request to the last byte, even if the server sends one byte a second.
    redirects : int
        Most redirects to follow.
    allow_private : bool
        Whether addresses in the local network (private, loopback, link-local) are allowed.
    """

    most_bytes: int = 10_000_000
    connect_seconds: float = 10.0
    total_seconds: float = 30.0
    redirects: int = 5
    allow_private: bool = False
