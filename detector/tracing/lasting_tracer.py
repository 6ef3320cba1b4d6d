"""A tracer for processes that run for long: an archive that fails today may be there again in a minute."""

import time

from detector.archive import open_archive
from detector.errors import UnspinError
from detector.tracing.answer import Trace
from detector.tracing.tracer import Licences, Tracer
from features.document import Document


class LastingTracer:
    """Finds sources in the archive at a place.

    It opens the archive at the first article. After an error it opens the archive anew at the next article.

    Parameters
    ----------
    place : str
        As :func:`detector.archive.open_archive` takes it.
    licensed : collection of (str, str)
        Pairs of outlets: the first may republish the second.
    pause : float
        Seconds after an error in which the archive is not asked again, and the same error is raised.
    """

    def __init__(self, place: str, licensed: Licences = (), *, pause: float = 0.0) -> None:
        self.place = place
        self.pause = pause
        self._failed: tuple[float, UnspinError] | None = None
        self._licensed = licensed
        self._tracer: Tracer | None = None

    def trace(self, article: str | Document, *, date: str = "", outlet: str = "", pairs: bool = True) -> Trace:
        """Find the sources of one article; see :meth:`detector.tracing.tracer.Tracer.trace`.

        Raises
        ------
        UnspinError
            If the archive cannot be opened or searched.
        """
        if self._failed is not None and time.monotonic() < self._failed[0]:
            raise self._failed[1]
        try:
            if self._tracer is None:
                self._tracer = Tracer(open_archive(self.place), licensed=self._licensed)
            return self._tracer.trace(article, date=date, outlet=outlet, pairs=pairs)
        except UnspinError as error:
            self._failed = (time.monotonic() + self.pause, error)
            self.close()
            raise

    def close(self) -> None:
        """Close the archive; may be called again."""
        tracer, self._tracer = self._tracer, None
        if tracer is not None:
            tracer.archive.close()
