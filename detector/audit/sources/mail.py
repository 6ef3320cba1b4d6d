"""Mailboxes (mbox) and single mails: the text of each mail, and articles attached to it."""

import email
import email.policy
from collections.abc import Iterator
from email.utils import parseaddr
from pathlib import PurePath

from detector.audit.sources.dates import iso_date
from detector.audit.sources.naming import inside, one_line
from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem
from detector.audit.sources.raw import RawItem
from detector.audit.sources.streams import Opened, lines
from detector.read.mail import body_of, payload

_ATTACHED = frozenset({".txt", ".md", ".markdown", ".html", ".htm", ".docx"})


def mail(source: Opened, options: SourceOptions) -> Iterator[RawItem]:
    """Each mail of a mailbox, one at a time; a file with a single mail is a mailbox of one."""
    for number, message in enumerate(_messages(source, options.most_record_bytes), 1):
        place = f"{source.place}:{number}"
        if message is None:
            yield RawItem(
                place,
                error=f"{place} is a mail of more than {options.most_record_bytes / 1e6:g} MB.",
                error_kind=Problem.TOO_LARGE,
            )
            continue
        try:
            yield from _articles(message, place)
        except Exception:  # noqa: BLE001 - the standard parser raises many things at damaged headers
            yield RawItem(place, error=f"{place} is a damaged mail: it was left out.", error_kind=Problem.MALFORMED)


def _messages(source: Opened, longest: int) -> Iterator[bytes | None]:
    """The mails; None for one that is too long. A line `From ` after a blank line begins the next one (RFC 4155)."""
    parts: list[bytes] = []
    size = 0
    begun = blank = False
    for line in lines(source, longest):
        if line is not None and line.startswith(b"From ") and (blank or not begun):
            if begun:
                yield b"".join(parts) if size <= longest else None
            begun, blank, parts, size = True, False, [], 0
            continue
        begun = True
        size += longest + 1 if line is None else len(line)
        if size > longest:
            parts = []
        elif line is not None:
            # Lines of the text that begin with `From ` were quoted by whoever wrote the mailbox.
            parts.append(line[1:] if line.startswith(b">From ") else line)
        blank = line is not None and not line.strip()
    if begun:
        yield b"".join(parts) if size <= longest else None


def _articles(data: bytes, place: str) -> Iterator[RawItem]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    name, address = parseaddr(str(message.get("From", "")))
    outlet = one_line(name) or one_line(address.rpartition("@")[2])
    date, title = iso_date(str(message.get("Date", ""))), one_line(str(message.get("Subject", "")))
    identity = one_line(str(message.get("Message-ID", "")).strip("<> "))
    found = False
    if (body := body_of(message)) is not None:
        found = True
        yield RawItem(
            place,
            body[0],
            content_type=body[1],
            outlet=outlet,
            date=date,
            title=title,
            id=identity,
        )
    for part in message.iter_attachments() if message.is_multipart() else ():
        attached = part.get_filename() or ""
        if PurePath(attached).suffix.lower() not in _ATTACHED:
            continue
        own = inside(place, attached)
        try:
            content = payload(part)
        except ValueError:
            found = True
            yield RawItem(own, error=f"{own} is damaged: it was left out.", error_kind=Problem.MALFORMED)
            continue
        if content:
            found = True
            yield RawItem(own, content, outlet=outlet, date=date, title=title, id=identity)
    if not found:
        sentence = f"{place} is a mail without text in it."
        yield RawItem(
            place, error=sentence, error_kind=Problem.NO_TEXT, outlet=outlet, date=date, title=title, id=identity
        )
