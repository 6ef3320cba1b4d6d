"""What can go wrong on the way to an address."""

from detector.errors import UnspinError


class FetchError(UnspinError):
    """An address that was not fetched, and why.

    Parameters
    ----------
    sentence : str
        What is wrong, with which address, and what to do.
    status : int, optional
        The answer's status, if the server gave one.
    retry_after : float, optional
        Seconds that the server asked to wait.
    silent : bool
        Whether the host did not answer at all, or not in time.
    """

    def __init__(
        self, sentence: str, *, status: int | None = None, retry_after: float | None = None, silent: bool = False
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after = retry_after
        self.silent = silent
