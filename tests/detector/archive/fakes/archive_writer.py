"""Adds invented stories to an archive, slowly, in a process that can be killed: FOLDER COUNT EACH_COMMIT."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from archive_stories import invented

import detector.archive.embedded
from detector.archive import ArchivedStory, open_archive


def slowly(count: int) -> Iterator[ArchivedStory]:
    """A feed that takes its time."""
    for story in invented(count):
        time.sleep(0.001)
        yield story


if __name__ == "__main__":
    detector.archive.embedded.COMMIT_STORIES = int(sys.argv[3])
    archive = open_archive(Path(sys.argv[1]), create=True)
    archive.add(slowly(int(sys.argv[2])))
    archive.close()
