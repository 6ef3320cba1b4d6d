"""A newsroom's own archive as reference copy: its distinct English articles, and a hash of them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator

from detector.errors import DataError
from detector.lab.data.corpus import mend
from detector.language import Language
from detector.measuring import read
from features.document import Document

ARCHIVE = "archive"
"""The archive's name in a manifest's ``training_data``. The manifest records a hash of its content, but no path."""


class Archive:
    """The articles of an archive, cleaned like those of the data folder.

    Parameters
    ----------
    read : callable
        Returns all texts; each iteration calls it again.

    Attributes
    ----------
    hash : str
        Hash of the articles of the last complete iteration, whatever their order; "" before the first.
    """

    def __init__(self, read: Callable[[], Iterable[str]]) -> None:
        self._read = read
        self.hash = ""

    def __iter__(self) -> Iterator[str]:
        """Yield every distinct English article.

        Raises
        ------
        DataError
            At the end, if there was no English article.
        """
        seen: set[bytes] = set()
        for given in self._read():
            text = mend(given)
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
            if digest not in seen and read(Document(text)).language is Language.ENGLISH:
                seen.add(digest)
                yield text
        if not seen:
            raise DataError(
                "the archive given as --reference holds no English article: name folders or files of articles"
            )
        self.hash = hashlib.sha256(b"".join(sorted(seen))).hexdigest()
