"""Prepares a story for storage: its id, its digest, its time."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from detector.archive.story import ArchivedStory
from detector.errors import UnspinError

LONGEST_ID = 500
LONGEST_FACT = 2_000
"""Most characters of a title, an outlet or an address. Longer values are not genuine and are cut."""

_NOT_UNICODE = re.compile("[\ud800-\udfff]")


class Known(NamedTuple):
    """The archive's record of an id. The outlet is looked up only if the digests differ."""

    digest: int
    outlet: Callable[[], str]


def tidy(story: ArchivedStory) -> ArchivedStory:
    """Returns a story that can be stored: with an id, and without unpaired surrogates.

    Each unpaired surrogate becomes one U+FFFD, so that offsets in the text stay the same.
    """
    text = _unicode(story.text)
    own = _unicode(story.id).strip()
    if not own:
        own = _hash(text.encode(), 16)
    elif len(own) > LONGEST_ID:
        own = _hash(own.encode(), 16)
    facts = {
        name: _unicode(str(getattr(story, name)))[:LONGEST_FACT]
        for name in ("title", "outlet", "date", "url", "author")
    }
    return replace(story, id=own, text=text, **facts)


def digest_of(story: ArchivedStory) -> int:
    """Returns a 64-bit digest of the whole story. It detects changed and damaged stories."""
    fields = (story.id, story.text, story.title, story.outlet, story.date, story.url, story.author)
    joined = "\0".join(fields)
    return int.from_bytes(hashlib.blake2b(joined.encode(), digest_size=8).digest())


def to_keep(story: ArchivedStory, known: Callable[[str], Known | None]) -> tuple[ArchivedStory, int] | None:
    """Returns the story to store, with its digest; None if the archive already has it.

    Some sources number their stories from 1. If a story of *another outlet* has the same id, the new story gets the id
    ``OUTLET:ID``.
    """
    story = tidy(story)
    digest, before = digest_of(story), known(story.id)
    if before is not None and before.digest != digest and story.outlet and before.outlet() not in {"", story.outlet}:
        story = tidy(replace(story, id=f"{story.outlet}:{story.id}"))
        digest, before = digest_of(story), known(story.id)
    return None if before is not None and before.digest == digest else (story, digest)


def moment(date: str) -> int | None:
    """Returns an ISO date as a sortable number in UTC, such as ``20261124083000``; None for any other text.

    >>> moment("2026-11-24"), moment("2026-11-24T10:30:00+02:00"), moment("last Tuesday")
    (20261124000000, 20261124083000, None)
    """
    try:
        when = datetime.fromisoformat(date.strip())
    except ValueError:
        return None
    try:
        when = when.astimezone(UTC) if when.tzinfo is not None else when
    except OverflowError:  # the first and the last representable day
        return None
    return _number(when)


def now() -> int:
    """Returns the current time in the format of :func:`moment`. It dates the stories without a date."""
    return _number(datetime.now(UTC))


def date_of(number: int) -> str:
    """Returns a moment as an ISO date.

    >>> date_of(20261124000000), date_of(20261124083000)
    ('2026-11-24', '2026-11-24T08:30:00Z')
    """
    said = f"{number:014d}"
    day = f"{said[:4]}-{said[4:6]}-{said[6:8]}"
    return day if said.endswith("000000") else f"{day}T{said[8:10]}:{said[10:12]}:{said[12:]}Z"


def limit_of(before: str) -> int:
    """Returns the moment of a date that a user gave. Raises UnspinError if it is not a date."""
    number = moment(before)
    if number is None:
        raise UnspinError(f"“{_unicode(before)[:60]}” is no date: write a day as 2026-11-24.")
    return number


def _number(when: datetime) -> int:
    # Not strftime: it writes the year 12 without leading zeros.
    seconds = (when.hour * 100 + when.minute) * 100 + when.second
    return ((when.year * 100 + when.month) * 100 + when.day) * 1_000_000 + seconds


def _unicode(text: str) -> str:
    return _NOT_UNICODE.sub("\ufffd", text) if not text.isascii() else text


def _hash(data: bytes, size: int) -> str:
    return hashlib.blake2b(data, digest_size=size).hexdigest()
