"""Reading sources in tests: files from bytes, and every item checked for what holds of all."""

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detector.audit.item import Item
from detector.audit.sources import SourceOptions, read_raw
from detector.audit.sources.problems import Problem

Gather = Callable[..., list[Item]]


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    """Read sources. Bytes are written to a file of the given name first; `stdin=` is what standard input holds."""

    def read(*sources: str | Path, name: str = "", data: bytes | str | None = None, **options: Any) -> list[Item]:  # noqa: ANN401 - those of SourceOptions
        if data is not None:
            path = tmp_path / name
            path.write_bytes(data.encode() if isinstance(data, str) else data)
            sources = (path,)
        if isinstance(options.get("stdin"), bytes):
            options["stdin"] = io.BytesIO(options["stdin"])
        made = SourceOptions(**options)
        items = []
        for raw in read_raw([str(source) for source in sources], made):
            again = pickle.loads(pickle.dumps(raw))  # noqa: S301 - our own, as workers get it
            item = again.read(made.limits)
            items.append(item)
            assert item.source.isprintable()
            assert (item.document is None) == (item.error is not None)
            if item.error is not None:
                # A sentence, or a command to copy at its end.
                assert item.error.endswith((".", ")")) or "-m pip install" in item.error
                assert item.error.isprintable()
                assert item.error_kind in {str(problem) for problem in Problem}
            else:
                assert item.document is not None
                assert item.document.source == item.source
        places = [item.source for item in items]
        assert len(set(places)) == len(places)
        return items

    return read


@pytest.fixture
def texts(gather: Gather) -> Callable[..., list[str]]:
    """As `gather`; gives the texts, or the error in brackets."""

    def read(*sources: str | Path, **more: Any) -> list[str]:  # noqa: ANN401 - as above
        return [
            item.document.text if item.document is not None else f"[{item.error_kind}]"
            for item in gather(*sources, **more)
        ]

    return read
