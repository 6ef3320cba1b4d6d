"""Read files and bytes into a :class:`~features.document.Document`.

``Document.text`` holds the text *as read*, and every offset indexes it. For plain text this is the decoded file,
character for character, without its byte order mark. For Markdown, HTML, .docx, .odt, .rtf and PDF it is the prose a
reader sees, one paragraph per line. For an e-mail it is the same of its body or of the attached article. The verdict
contains this text, so offsets can always be resolved.
"""

import errno
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from detector.errors import UnreadableError, printable, short
from detector.read.encoding import decode_text
from detector.read.kinds import Kind, document_kind, kind_of_text, may_be_mail, refuse_lists, refuse_what_is_no_text
from detector.read.letter import letter_text, page_of_letter
from detector.read.limits import Limits
from detector.read.markdown import markdown_text
from detector.read.web_page import page_text
from features.document import Document

if TYPE_CHECKING:
    from detector.read.mail import Attachment, Mail

__all__ = ["Kind", "Limits", "Reading", "decode", "examine", "examine_bytes", "read"]

STDIN = "-"
_STANDARD = Limits()


@dataclass(frozen=True)
class Reading:
    """A document and how it was read.

    Parameters
    ----------
    kind : Kind
        Its format.
    encoding : str
        The encoding of the bytes or of an e-mail's body; ``"zip"`` for .docx and .odt; ``"pdf"``; ``"rtf"``.
    note : str
        What people should know (the encoding is a guess, a few places are damaged), or ``""``.
    title : str
        The subject of an e-mail, or ``""``.
    """

    document: Document
    kind: Kind
    encoding: str
    note: str = ""
    title: str = ""


def read(path_or_dash: str, *, limits: Limits = _STANDARD) -> Document:
    """Read one article from a file, or from standard input for ``-``.

    Raises
    ------
    UnreadableError
        With one sentence that names the file, what is wrong and what to do.
    """
    return examine(path_or_dash, limits=limits).document


def decode(data: bytes, *, name: str, content_type: str | None = None, limits: Limits = _STANDARD) -> Document:
    r"""Read the bytes of a text, Markdown, HTML, .docx, .odt, .rtf or PDF file, or of an e-mail.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Its name, for messages, and to identify the format if the content does not.
    content_type : str, optional
        As in an HTTP header. Its charset is used if the bytes are not UTF-8.

    Raises
    ------
    UnreadableError
        With one sentence that names the file, what is wrong and what to do.

    Examples
    --------
    >>> decode(b"\xef\xbb\xbfTalks ended.\r\n", name="story.txt").text
    'Talks ended.\r\n'
    """
    return examine_bytes(data, name=name, content_type=content_type, limits=limits).document


def examine(path_or_dash: str, *, limits: Limits = _STANDARD) -> Reading:
    """Read as :func:`read` does, and also return the format, the encoding and a note."""
    if path_or_dash == STDIN:
        data = _from_stdin(limits)
    else:
        data = _from_file(path_or_dash, limits)
        refuse_lists(path_or_dash, _spoken(path_or_dash))
    return examine_bytes(data, name=path_or_dash, limits=limits)


def examine_bytes(
    data: bytes,
    *,
    name: str,
    content_type: str | None = None,
    limits: Limits = _STANDARD,
    letter: bool = False,
) -> Reading:
    """Read as :func:`decode` does, and also return the format, the encoding and a note.

    If ``letter`` is true, the bytes are an e-mail's body, and greeting, signature and quoted mail are left out.
    """
    spoken = _spoken(name)
    if len(data) > limits.max_bytes:
        raise UnreadableError(f"{spoken} is larger than {_megabytes(limits.max_bytes)}: give one article.")
    if not data:
        remedy = "pipe an article into it" if name == STDIN else "give a file with an article in it"
        raise UnreadableError(f"{spoken} is empty: {remedy}.")
    refuse_what_is_no_text(data, spoken)
    if letter:
        reading = _of_text(data, name, content_type, limits, spoken, letter=True)
    else:
        reading = _reading(data, name, content_type, limits, spoken)
    text = reading.document.text
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise UnreadableError(f"{spoken} has no text in it: give a file with an article in it.")
    if len(text) > limits.max_characters:
        raise UnreadableError(f"{spoken} has more than {limits.max_characters:,} characters: give one article.")
    return reading


def _reading(data: bytes, name: str, content_type: str | None, limits: Limits, spoken: str, depth: int = 0) -> Reading:
    """Read the article in a file of any kind. ``depth`` counts the mails around it."""
    kind = document_kind(data)
    if kind is Kind.DOCX:
        from detector.read.packed import packed_text

        kind, text = packed_text(data, name=spoken, limits=limits)
        return Reading(Document(text, name), kind, "zip")
    if kind is Kind.RTF:
        from detector.read.rich_text import rich_text

        return Reading(Document(rich_text(data, name=spoken, limits=limits), name), kind, kind.value)
    if kind is Kind.PDF:
        from detector.read.pdf import pdf_text

        return Reading(Document(pdf_text(data, name=spoken, limits=limits), name), kind, kind.value)
    if kind is Kind.OUTLOOK:
        from detector.read.outlook import outlook_mail

        mail = outlook_mail(data, name=spoken, limits=limits)
        return replace(_of_mail(mail, name, limits, spoken, depth), kind=kind)
    if may_be_mail(name, content_type):
        from detector.read.mail import parsed_mail

        if (parsed := parsed_mail(data, name=spoken)) is not None:
            return _of_mail(parsed, name, limits, spoken, depth)
    return _of_text(data, name, content_type, limits, spoken)


_MOST_DEPTH = 3
_MOST_NAMED = 5


def _of_mail(mail: "Mail", name: str, limits: Limits, spoken: str, depth: int) -> Reading:
    """Return the article of a mail: its body, or its attachment if the body has only a few words."""
    from detector.read.mail import FEWEST_WORDS

    written: Reading | None = None
    if mail.body is not None:
        written = _of_text(mail.body, name, mail.content_type, limits, f"The body of {spoken}", letter=True)
    if not mail.attachments:
        if written is None:
            raise UnreadableError(
                f"{spoken} is an e-mail without text in it: if the article is behind a link, give that page."
            )
        return replace(written, kind=Kind.MAIL, title=mail.title)
    names = ", ".join(short(printable(each.name)) for each in mail.attachments[:_MOST_NAMED])
    if len(mail.attachments) > _MOST_NAMED:
        names += ", ..."
    if written is not None and len(written.document.text.split()) >= FEWEST_WORDS:
        note = f"Only the body of {spoken} was read, not what is attached to it ({names})."
        return replace(written, kind=Kind.MAIL, title=mail.title, note=f"{written.note} {note}".strip())
    if len(mail.attachments) > 1:
        raise UnreadableError(
            f"{spoken} has {len(mail.attachments)} articles attached ({names}): use `unspin audit`, or save one of them "
            "and give that."
        )
    found = _attached(mail.attachments[0], name, limits, spoken, depth + 1)
    note = f"What was read is attached to {spoken}: {names}."
    return replace(found, kind=Kind.MAIL, title=mail.title, note=f"{found.note} {note}".strip())


def _attached(attachment: "Attachment", name: str, limits: Limits, spoken: str, depth: int) -> Reading:
    own = f"{spoken}!{short(printable(attachment.name))}"
    if attachment.data is None:
        raise UnreadableError(f"{own} is damaged: ask for it to be sent again.")
    if depth > _MOST_DEPTH:
        raise UnreadableError(f"{own} is a mail in a mail in a mail: save the article by itself.")
    refuse_what_is_no_text(attachment.data, own)
    reading = _reading(attachment.data, attachment.name, None, limits, own, depth)
    return replace(reading, document=Document(reading.document.text, name))


def _of_text(
    data: bytes, name: str, content_type: str | None, limits: Limits, spoken: str, *, letter: bool = False
) -> Reading:
    """Read text, Markdown, HTML or flat OpenDocument. Of a ``letter``, keep what its sender wrote as the article."""
    decoded = decode_text(data, name=spoken, content_type=content_type)
    kind = kind_of_text(decoded.text, name=name, content_type=content_type)
    note = decoded.note
    if not decoded.text.strip():
        text = ""
    elif kind is Kind.HTML:
        page = page_of_letter(decoded.text) if letter else decoded.text
        text, told = page_text(page, name=spoken, limits=limits)
        note = " ".join(filter(None, (note, told)))
    elif kind is Kind.MARKDOWN:
        if len(decoded.text) > limits.max_markdown_characters:
            raise UnreadableError(
                f"{spoken} is Markdown of more than {limits.max_markdown_characters:,} characters: give one article."
            )
        text = markdown_text(decoded.text)
    elif kind is Kind.ODT:
        from detector.read.packed import flat_text

        text = flat_text(decoded.text, name=spoken, limits=limits)
    else:
        text = decoded.text
    return Reading(Document(letter_text(text) if letter else text, name), kind, decoded.encoding, note)


def _spoken(name: str) -> str:
    """A name for messages, without characters that control a terminal."""
    if name == STDIN:
        return "Standard input"
    return printable(name)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:g} MB"


def _from_stdin(limits: Limits) -> bytes:
    if sys.stdin is None:
        raise UnreadableError("Standard input is closed: pipe an article into it, or name a file.")
    try:
        return sys.stdin.buffer.read(limits.max_bytes + 1)
    except OSError as error:
        problem = f"Standard input cannot be read ({os.strerror(error.errno or 0)}): pipe an article into it."
    raise UnreadableError(problem)


def _from_file(path: str, limits: Limits) -> bytes:
    if not path:
        # An empty path would open the current folder.
        raise UnreadableError("The name of the file is empty: check what was typed.")
    spoken = _spoken(path)
    try:
        # Limit the read, because a device such as /dev/zero has no end.
        with Path(path).open("rb") as file:
            return file.read(limits.max_bytes + 1)
    except IsADirectoryError:
        problem = f"{spoken} is a folder: name one file in it."
    except FileNotFoundError:
        problem = _not_found(path, spoken)
    except PermissionError:
        # Windows raises this error for a folder.
        problem = f"{spoken} may not be read: change its permissions or copy it."
        if os.path.isdir(path):  # noqa: PTH112 - `Path.is_dir` may itself raise PermissionError
            problem = f"{spoken} is a folder: name one file in it."
    except ValueError:
        problem = f"{spoken} is no file name: check what was typed."
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            problem = (
                f"{spoken[:60]}... is no file name: to check a text, put it in a file or pipe it to `unspin check -`."
            )
        else:
            problem = f"{spoken} cannot be read ({os.strerror(error.errno or 0)}): check the file."
    raise UnreadableError(problem)


def _not_found(path: str, spoken: str) -> str:
    if path.startswith(("http://", "https://")):
        return f"{spoken} is a web address: save the page to a file and name that."
    return f"{spoken} does not exist: check the name and the folder."
