"""The error of a fetch."""

from detector.errors import UnspinError


class FetchError(UnspinError):
    """An address that was not fetched, and why.

    Parameters
    ----------
    sentence : str
        What is wrong, with which address, and what to do.
    status : int, optional
        The HTTP status, if the server sent one.
    retry_after : float, optional
        Seconds that the server asked to wait.
    silent : bool
        Whether the host did not answer at all or in time.
    """

    def __init__(
        self, sentence: str, *, status: int | None = None, retry_after: float | None = None, silent: bool = False
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after = retry_after
        self.silent = silent
