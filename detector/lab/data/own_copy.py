"""A newsroom's own archive as reference copy: every English article once, and a hash of what was taken."""

import hashlib
from collections.abc import Callable, Iterable, Iterator

from detector.errors import DataError
from detector.lab.data.corpus import mend
from detector.language import Language
from detector.measuring import read
from features.document import Document

ARCHIVE = "archive"
"""What the archive is called in a manifest's ``training_data``: its content is named there, and no place."""


class Archive:
    """The articles of an archive, mended as those of the data folder are.

    Parameters
    ----------
    read : callable
        Gives the texts, each time it is called.

    Attributes
    ----------
    hash : str
        Of the articles that the last iteration gave, in whatever order; "" before one has ended.
    """

    def __init__(self, read: Callable[[], Iterable[str]]) -> None:
        self._read = read
        self.hash = ""

    def __iter__(self) -> Iterator[str]:
        """Give every English article once.

        Raises
        ------
        DataError
            At the end, if there was none.
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
