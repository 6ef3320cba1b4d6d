"""How much of an answer is waited for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FetchLimits:
    """Bounds on one fetch, redirects included.

    Parameters
    ----------
    most_bytes : int
        Largest answer, unpacked.
    connect_seconds : float
        Longest wait for a connection.
    total_seconds : float
        Longest time from the question to the last byte: a server that sends a byte a second is cut off, too.
    redirects : int
        Most redirects that are followed.
    allow_private : bool
        Whether addresses inside the own network (private, loopback, link-local) may be fetched.
    """

    most_bytes: int = 10_000_000
    connect_seconds: float = 10.0
    total_seconds: float = 30.0
    redirects: int = 5
    allow_private: bool = False
