"""Pages among the files of results: how they are known, and how they are written."""

from pathlib import Path

from detector.cli.result_file import result_file


def is_page(head: bytes, _tail: bytes) -> bool:
    """Whether a file that begins like this is an earlier page of ours, which may be written over."""
    from detector.render.document import GENERATOR

    return head.startswith(GENERATOR.encode())


def write_page(target: Path, page: str) -> None:
    """Write the page whole or not at all, so that a reader never sees half of one."""
    with result_file(target, "w", encoding="utf-8", newline="\n") as file:
        file.write(page)
