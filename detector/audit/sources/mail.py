"""Read mailboxes (mbox) and single mails: the text of each mail, and its attached articles."""

import re
from collections.abc import Iterator

from detector.audit.sources.bylines import byline
from detector.audit.sources.dates import iso_date
from detector.audit.sources.naming import inside, one_line
from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem
from detector.audit.sources.raw import LETTER, RawItem
from detector.audit.sources.streams import Opened, lines
from detector.errors import UnreadableError
from detector.read.kinds import Kind, document_kind
from detector.read.mail import Mail, parsed_mail
from detector.read.outlook import outlook_mail


def mail(source: Opened, options: SourceOptions) -> Iterator[RawItem]:
    """The articles of each mail of a mailbox, one mail at a time. A single mail counts as a mailbox."""
    if document_kind(source.head) is Kind.OUTLOOK:
        yield from _of_outlook(source, options)
        return
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
        except UnreadableError as error:
            yield RawItem(place, error=str(error), error_kind=Problem.MALFORMED)


def _of_outlook(source: Opened, options: SourceOptions) -> Iterator[RawItem]:
    """The articles of an Outlook message, or an error for other old Office documents."""
    place, most = source.place, options.most_record_bytes
    data = source.stream.read(most + 1)
    if len(data) > most:
        error = f"{place} is a mail of more than {most / 1e6:g} MB."
        yield RawItem(place, error=error, error_kind=Problem.TOO_LARGE)
        return
    try:
        message = outlook_mail(data, name=place, limits=options.limits)
    except UnreadableError as error:
        yield RawItem(place, error=str(error), error_kind=Problem.UNREADABLE)
        return
    yield from _parts(message, place)


def _messages(source: Opened, longest: int) -> Iterator[bytes | None]:
    """The mails; None for one that is too long. A line `From ` after a blank line may start a new mail (RFC 4155)."""
    parts: list[bytes] = []
    size = 0
    begun = blank = False
    held: bytes | None = None
    for line in _and_end(lines(source, longest)):
        if held is not None:
            # The next line shows whether a mail starts here.
            if _BEGINS.match(held + (line or b"")):
                yield b"".join(parts) if size <= longest else None
                blank, parts, size = False, [], 0
            else:
                parts.append(held)
                size += len(held)
            held = None
        if line == b"":
            break
        if line is not None and line.startswith(b"From ") and not begun:
            begun = True
            continue
        if line is not None and blank and line.startswith(b"From "):
            held, blank = line, False
            continue
        begun = True
        size += longest + 1 if line is None else len(line)
        if size > longest:
            parts = []
        elif line is not None:
            # Mailbox writers quote text lines that start with `From ` as `>From `.
            parts.append(line[1:] if line.startswith(b">From ") else line)
        blank = line is not None and not line.strip()
    if begun:
        yield b"".join(parts) if size <= longest else None


_PASSED_ON = re.compile(r"\s*(?:fwd?|wg|tr)\s*:", re.IGNORECASE)  # forwarded, in several languages

# The first line of a mail: an address or a time with a header below, or a date as in the standard.
_BEGINS = re.compile(
    rb"From (?:(?=[^\r\n]{0,300}(?:@|\d:\d\d|MAILER-DAEMON|- ))[^\r\n]{1,300}\r?\n(?:>?From |[A-Za-z][A-Za-z0-9-]{0,60}:)|"
    rb"\S{1,200} +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d|\d{1,2} +[A-Z][a-z]{2}))"
)


def _and_end(found: Iterator[bytes | None]) -> Iterator[bytes | None]:
    """The lines, followed by an empty one."""
    yield from found
    yield b""


def _articles(data: bytes, place: str) -> Iterator[RawItem]:
    yield from _parts(parsed_mail(data, name=place) or Mail(data, "text/plain"), place)


def _parts(mail: Mail, place: str) -> Iterator[RawItem]:
    """The body of a mail, and each attached article."""
    facts = {
        "outlet": one_line(mail.sender),
        "date": iso_date(mail.date),
        "title": one_line(mail.title),
        "id": one_line(mail.identity),
    }
    if mail.body is not None:
        # Whoever passes on what others wrote, as a file or a mail, is not its author.
        sender = None if _PASSED_ON.match(mail.title) else byline(mail.sender)
        author = sender if sender and " " in sender else None  # a single word is a host or an office
        yield RawItem(place, mail.body, content_type=mail.content_type, form=LETTER, author=author, **facts)
    for attachment in mail.attachments:
        own = inside(place, attachment.name)
        if attachment.data is None:
            yield RawItem(own, error=f"{own} is damaged: it was left out.", error_kind=Problem.MALFORMED)
        else:
            yield RawItem(own, attachment.data, **facts)
    if mail.body is None and not mail.attachments:
        sentence = f"{place} is a mail without text in it."
        yield RawItem(place, error=sentence, error_kind=Problem.NO_TEXT, **facts)
