"""The text of an e-mail: the body that was written as plain text, else the one that is a page. Attachments are not read."""

import email
import email.policy
import re
from email.errors import InvalidBase64LengthDefect
from email.message import EmailMessage, MIMEPart

from detector.errors import UnreadableError

# One of these stands above every mail; a text that only has the name of one has none.
_HEADERS = frozenset(
    "from sender to subject date message-id received return-path delivered-to mime-version content-type".split()
)
_NEXT_MAIL = re.compile(rb"\n\r?\nFrom [^\r\n]{1,300}\r?\n[A-Za-z][A-Za-z0-9-]{0,60}:")
# The parser compares each line with every boundary around it, and is slow at parts; honest mail has a handful of each.
_MOST_BOUNDARIES = 20
_MOST_DASHES = 2000


def mail_body(data: bytes, *, name: str) -> tuple[bytes, str] | None:
    """The body of a mail as it is stored, without transfer encoding, and its content type; None if it is no mail.

    Raises
    ------
    UnreadableError
        If the mail has no text, is damaged, or is several mails.
    """
    data = data.lstrip(b"\xef\xbb\xbf\r\n\t ")
    if data.startswith(b"From ") and _NEXT_MAIL.search(data):
        raise UnreadableError(f"{name} holds several e-mails: use `unspin audit`, or save one of them by itself.")
    if data.lower().count(b"boundary=") > _MOST_BOUNDARIES or data.count(b"\n--") > _MOST_DASHES:
        raise UnreadableError(f"{name} is an e-mail of too many parts: copy the text of the article out of it.")
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        if _HEADERS.isdisjoint(header.lower() for header in message):
            return None
        body = body_of(message)
    except Exception as error:  # the standard parser raises many things at damaged headers
        raise UnreadableError(f"{name} is a damaged e-mail: save it again, or copy its text.") from error
    if body is None:
        raise UnreadableError(
            f"{name} is an e-mail without text in it: if the article is attached, save that and give it."
        )
    return body


def body_of(message: EmailMessage) -> tuple[bytes, str] | None:
    """The body, plain text before HTML, and its content type; None if there is none, or it is blank."""
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if part is not None and (content := payload(part).strip()):
            charset = part.get_content_charset()
            return content, part.get_content_type() + (f"; charset={charset}" if charset else "")
    return None


def payload(part: MIMEPart) -> bytes:
    """The bytes of a part without its transfer encoding.

    Raises
    ------
    ValueError
        If it is said to be base64 and is not: its letters would be taken for the text.
    """
    content = part.get_payload(decode=True)
    if any(isinstance(defect, InvalidBase64LengthDefect) for defect in part.defects):
        raise ValueError("no base64")
    return content if isinstance(content, bytes) else b""
