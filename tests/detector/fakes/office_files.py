"""PDF, OpenDocument and Outlook files, made in memory."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from packed_files import zipped


class Placed(NamedTuple):
    """A line on a page: its text, where it begins in points from the lower left, and the size of its letters."""

    text: str
    x: float
    y: float
    size: float = 10.0


def pdf(*pages: Sequence[Placed], picture: bool = False, catalog: str = "") -> bytes:
    """A PDF of pages of lines; with a ``picture`` on each, such as a scanner makes."""
    shown = "/XObject << /P 4 0 R >>" if picture else ""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{5 + 2 * n} 0 R' for n in range(len(pages)))}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        (
            b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
            b"/Length 1 >>\nstream\n0\nendstream"
        ),
    ]
    for number, lines in enumerate(pages):
        drawn = b"/P Do\n" if picture else b""
        for line in lines:
            text = line.text.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
            drawn += f"BT /F {line.size} Tf 1 0 0 1 {line.x} {line.y} Tm (".encode() + text + b") Tj ET\n"
        packed = zlib.compress(drawn)
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * number} 0 R "
            f"/Resources << /Font << /F 3 0 R >> {shown} >> >>".encode(),
            f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream",
        ]
    file = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = len(file)
    file += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    file += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    file += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(file)


_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def open_document(body: str, *, styles: str = "", kind: str = "text", more: Mapping[str, str] | None = None) -> bytes:
    """A .odt of paragraphs, which are XML as they stand."""
    spaces = " ".join(f'xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "text", "style", "table", "drawing"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    return bytes(zipped({
        "mimetype": "application/vnd.oasis.opendocument.text", **(more or {}), "content.xml": content,
    }))  # fmt: skip


_SECTOR = 512
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LEAST = 4096  # shorter streams would stand in a stream of their own


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file ([MS-CFB]) of streams; a name with a slash stands in a storage. Short streams end in zero bytes."""
    folders: dict[str, list[str]] = {}
    for name in streams:
        folder = name.rpartition("/")[0]
        folders.setdefault(folder, []).append(name)
    names = [*(f for f in folders if f), *streams]
    at = {name: number for number, name in enumerate(names, 1)}
    stored = {name: data.ljust(_LEAST, b"\0") for name, data in streams.items()}
    sectors = {name: -(-len(data) // _SECTOR) for name, data in stored.items()}
    directory = -(-(len(names) + 1) // 4)
    tables = 1
    while tables * 128 < tables + directory + sum(sectors.values()):
        tables += 1
    chain = [_TABLE] * tables + [*range(tables + 1, tables + directory), _END]
    begins = {}
    for name, count in sectors.items():
        begins[name] = len(chain)
        chain += [*range(len(chain) + 1, len(chain) + count), _END]
    chain += [_FREE] * (tables * 128 - len(chain))
    top = [*(f for f in folders if f), *folders.get("", [])]
    following = {a: b for group in [top, *(folders[f] for f in folders if f)] for a, b in pairwise(group)}

    def entry(name: str, kind: int, child: int, begin: int, size: int, right: int) -> bytes:
        wide = name.encode("utf-16-le") + b"\0\0"
        return (
            wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, _FREE, right, child) + bytes(36)
            + struct.pack("<IQ", begin, size)
        )  # fmt: skip

    entries = entry("Root Entry", 5, at[top[0]], _END, 0, _FREE)
    for name in names:
        right = at.get(following.get(name, ""), _FREE)
        if name in folders:
            entries += entry(name, 1, at[folders[name][0]], 0, 0, right)
        else:
            entries += entry(name.rpartition("/")[2], 2, _FREE, begins[name], len(stored[name]), right)
    entries = entries.ljust(directory * _SECTOR, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, tables, 0, _LEAST, _END, 0, _END, 0)
    head += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    body = b"".join(data.ljust(sectors[name] * _SECTOR, b"\0") for name, data in stored.items())
    return head + struct.pack(f"<{len(chain)}I", *chain) + entries + body


def outlook(subject: str, body: str, attached: Mapping[str, bytes] | None = None) -> bytes:
    """A message of Outlook."""
    streams = {
        "__properties_version1.0": b"\0" * 32,
        "__substg1.0_0037001F": subject.encode("utf-16-le"),
        "__substg1.0_0C1A001F": "Alden Desk".encode("utf-16-le"),
        "__substg1.0_1000001F": body.encode("utf-16-le"),
    }
    for number, (name, data) in enumerate((attached or {}).items()):
        folder = f"__attach_version1.0_#{number:08X}"
        streams[f"{folder}/__substg1.0_37010102"] = data if b"\0" in data else data.ljust(_LEAST, b"\n")
        streams[f"{folder}/__substg1.0_3707001F"] = name.encode("utf-16-le")
    return compound(streams)
