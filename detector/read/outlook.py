"""Outlook's messages (.msg): a compound file whose streams are the properties of a mail ([MS-OXMSG]).

Other compound files are documents of old Office programs, which are refused.
"""

from io import BytesIO
from typing import Any

from detector.errors import UnreadableError
from detector.read.limits import Limits
from detector.read.mail import FEWEST_WORDS, Attachment, Mail, may_be_article

_SUBJECT, _SENDER, _BODY, _HTML = "0037", "0C1A", "1000", "1013"
_DATA, _LONG_NAME, _SHORT_NAME = "37010102", "3707", "3704"
_ATTACHMENT = "__attach_version1.0_#"
_MOST_ATTACHMENTS = 50
_OTHERS = (
    ("EncryptedPackage", "is protected by a password: save it without one first"),
    ("WordDocument", "is a Word file of before 2007: open it in a word processor and save it as .docx"),
    ("Workbook", "is a spreadsheet, not an article: copy the article into a text or .docx file"),
    ("Book", "is a spreadsheet, not an article: copy the article into a text or .docx file"),
    ("PowerPoint Document", "is a presentation, not an article: copy the article into a text or .docx file"),
)


def outlook_mail(data: bytes, *, name: str, limits: Limits) -> Mail:
    """Parse a message. Raises UnreadableError if it is damaged, or not a message."""
    import olefile

    try:
        with olefile.OleFileIO(BytesIO(data)) as file:
            streams = {"/".join(path): file.get_size("/".join(path)) for path in file.listdir()}
            _refuse_others(streams, name)
            return _Message(file, streams, limits).mail()
    except UnreadableError:
        raise
    except Exception as error:  # olefile raises almost any error on a damaged file
        raise UnreadableError(
            f"{name} is a damaged Outlook or old Office file: open it, save it as .eml or .docx, and give that."
        ) from error


def _refuse_others(streams: dict[str, int], name: str) -> None:
    """Raise :class:`UnreadableError` for a file that is not a message."""
    for stream, what in _OTHERS:
        if stream in streams:
            raise UnreadableError(f"{name} {what}.")
    if "__properties_version1.0" not in streams:
        raise UnreadableError(f"{name} is an old Office file without an article in it: open it and save it as .docx.")


class _Message:
    """The streams of one message."""

    def __init__(self, file: Any, streams: dict[str, int], limits: Limits) -> None:  # noqa: ANN401 - olefile ships no types
        self._file = file
        self._streams = streams
        self._left = limits.max_unpacked_bytes

    def mail(self) -> Mail:
        """Return the parts that are read."""
        text = self._text(_BODY)
        page = self._bytes(f"__substg1.0_{_HTML}0102") or self._text(_HTML).encode()
        body, kind = text.encode(), "text/plain; charset=utf-8"
        if page.strip() and len(text.split()) < FEWEST_WORDS < len(page.split()):
            body, kind = page, "text/html"
        return Mail(
            body if body.strip() else None,
            kind,
            tuple(self._attachments()),
            title=self._text(_SUBJECT),
            sender=self._text(_SENDER),
        )

    def _attachments(self) -> list[Attachment]:
        folders = sorted({path.partition("/")[0] for path in self._streams if path.startswith(_ATTACHMENT)})
        found = []
        for folder in folders[:_MOST_ATTACHMENTS]:
            name = self._text(_LONG_NAME, folder) or self._text(_SHORT_NAME, folder)
            content = self._bytes(f"{folder}/__substg1.0_{_DATA}")
            if may_be_article(name) and content:
                found.append(Attachment(name, content))
        return found

    def _text(self, number: str, folder: str = "") -> str:
        path = f"{folder}/__substg1.0_{number}" if folder else f"__substg1.0_{number}"
        if wide := self._bytes(f"{path}001F"):
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return self._bytes(f"{path}001E").decode("cp1252", "replace").rstrip("\0")

    def _bytes(self, path: str) -> bytes:
        if path not in self._streams:
            return b""
        self._left -= self._streams[path]
        if self._left < 0:
            raise UnreadableError("This message holds far more than an article has: save the article by itself.")
        with self._file.openstream(path) as stream:
            content: bytes = stream.read()
        return content
