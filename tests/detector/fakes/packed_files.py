"""Archives and Word documents, made in memory."""

import io
import tarfile
import zipfile
from collections.abc import Mapping


def zipped(members: Mapping[str, bytes | str], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive, always the same bytes for the same members."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, how)
    return stored.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    """A tar archive."""
    stored = io.BytesIO()
    with tarfile.open(fileobj=stored, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stored.getvalue()


def word_document(*paragraphs: str, more: Mapping[str, str] | None = None) -> bytes:
    """A .docx of paragraphs, which are XML as they stand; ``more`` are further parts of it."""
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return zipped({
        **(more or {}),
        "word/document.xml": f'<w:document xmlns:w="{name}"><w:body>{body}</w:body></w:document>',
    })  # fmt: skip
