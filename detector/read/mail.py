"""E-mails: the body, the attachments, and the article in them.

The article is the body without greeting, signature and quoted replies. If the body has only a few words, the article is
the single attachment.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import InvalidBase64LengthDefect
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from pathlib import PurePath

from detector.errors import UnreadableError

ATTACHED_ARTICLES = frozenset(
    {".txt", ".md", ".markdown", ".html", ".htm", ".docx", ".odt", ".rtf", ".pdf", ".eml", ".msg"}
)
"""Extensions of attachments that may be articles."""

FEWEST_WORDS = 60
"""A body with fewer words only introduces something else: an attachment, a page or quoted mail."""

# Every mail has one of these headers. A text that is only named like a mail has none.
_HEADERS = frozenset(
    "from sender to subject date message-id received return-path delivered-to mime-version content-type".split()
)
_NEXT_MAIL = re.compile(rb"\n\r?\nFrom [^\r\n]{1,300}\r?\n[A-Za-z][A-Za-z0-9-]{0,60}:")
# The parser compares each line with every enclosing boundary and is slow with many parts. Honest mail has few of each.
_MOST_BOUNDARIES = 20
_MOST_DASHES = 2000
# The parser is also slow with a header of many encoded words or brackets.
_LONGEST_HEADER = 2000
_REGISTRY = HeaderRegistry()
_POLICY = email.policy.default.clone(header_factory=lambda name, value: _REGISTRY(name, value[:_LONGEST_HEADER]))
_TAG = re.compile(
    rb"<(?:style|script|head)\b.{0,100000}?</(?:style|script|head)\s*>|<[^<>]{0,3000}>", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True)
class Attachment:
    """A file attached to a mail. ``data`` is None if it is damaged."""

    name: str
    data: bytes | None


@dataclass(frozen=True)
class Mail:
    """The parts of a mail that are read.

    Parameters
    ----------
    body : bytes or None
        The body without transfer encoding; None if there is none.
    content_type : str
        Content type of the body.
    attachments : tuple of Attachment
        Those that may be articles, by their names.
    title, sender, date, identity : str
        Subject, name or host of the sender, date and message id, as written.
    """

    body: bytes | None
    content_type: str = ""
    attachments: tuple[Attachment, ...] = ()
    title: str = ""
    sender: str = ""
    date: str = ""
    identity: str = ""


def parsed_mail(data: bytes, *, name: str) -> Mail | None:
    """Parse a mail; None if it has no mail header.

    Raises UnreadableError if the mail has too many parts, is damaged, or is several mails.
    """
    data = data.lstrip(b"\xef\xbb\xbf\r\n\t ")
    if data.startswith(b"From ") and _NEXT_MAIL.search(data):
        raise UnreadableError(f"{name} holds several e-mails: use `unspin audit`, or save one of them by itself.")
    dashes = data.count(b"\n--") + data.count(b"\r--")
    if data.lower().count(b"boundary=") > _MOST_BOUNDARIES or dashes > _MOST_DASHES:
        raise UnreadableError(f"{name} is an e-mail of too many parts: copy the text of the article out of it.")
    try:
        message = email.message_from_bytes(data, policy=_POLICY)
        if _HEADERS.isdisjoint(header.lower() for header in message):
            return None
        return _mail_of(message)
    except Exception as error:  # the standard parser raises many errors on damaged headers
        raise UnreadableError(f"{name} is a damaged e-mail: save it again, or copy its text.") from error


def _mail_of(message: EmailMessage) -> Mail:
    body, content_type = _body_of(message)
    name, address = parseaddr(str(message.get("From", "")))
    return Mail(
        body,
        content_type,
        tuple(_attached(message)),
        title=str(message.get("Subject", "")),
        sender=name or address.rpartition("@")[2],
        date=str(message.get("Date", "")),
        identity=str(message.get("Message-ID", "")).strip("<> "),
    )


def _body_of(message: EmailMessage) -> tuple[bytes | None, str]:
    """Return body and content type: the plain text, or the page if the text only refers to it."""
    plain, page = (_part(message, kind) for kind in ("plain", "html"))
    if plain is not None and page is not None:
        words = len(plain[0].split())
        return page if words < FEWEST_WORDS and 2 * words < len(_TAG.sub(b" ", page[0]).split()) else plain
    return plain or page or (None, "")


def _part(message: EmailMessage, kind: str) -> tuple[bytes, str] | None:
    part = message.get_body(preferencelist=(kind,))
    if part is None or not (content := _payload(part).strip()):
        return None
    charset = part.get_content_charset()
    return content, part.get_content_type() + (f"; charset={charset}" if charset else "")


def _attached(message: EmailMessage) -> Iterator[Attachment]:
    for part in message.iter_attachments() if message.is_multipart() else ():
        name = part.get_filename() or ""
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0)
            yield Attachment(name or "mail.eml", inner.as_bytes() if isinstance(inner, EmailMessage) else None)
        elif may_be_article(name):
            try:
                content: bytes | None = _payload(part)
            except ValueError:
                content = None
            if content != b"":
                yield Attachment(name, content)


def may_be_article(name: str) -> bool:
    """Whether an attachment may be an article, by its name."""
    return PurePath(name).suffix.lower() in ATTACHED_ARTICLES


def _payload(part: MIMEPart) -> bytes:
    """Return the bytes of a part without its transfer encoding.

    Raises ValueError if it claims to be base64 and is not, because its letters would be taken for the text.
    """
    content = part.get_payload(decode=True)
    if any(isinstance(defect, InvalidBase64LengthDefect) for defect in part.defects):
        raise ValueError("no base64")
    return content if isinstance(content, bytes) else b""
