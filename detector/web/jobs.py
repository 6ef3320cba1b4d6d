"""The jobs of a worker process: one function for each kind of job, from bytes to bytes."""

import time
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from detector.checker import MOST_WORDS, Checker
from detector.errors import UnreadableError, UnspinError
from detector.read import Limits, Reading, examine_bytes
from detector.render import as_html, as_json
from detector.render.data import dump
from detector.render.plain import as_plain
from detector.verdict import Verdict
from features.document import Document, has_more_words

ENCODING_ERRORS = "surrogatepass"
"""JSON text may hold half of a surrogate pair, which must reach the checker and the reader unchanged."""


def perform(checker: Checker, header: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """Do one job. It never raises: the answer's ``status`` states the outcome.

    Parameters
    ----------
    header : mapping
        ``kind`` (a name in :data:`KINDS`), ``form`` ("text" for UTF-8 text or "file" for the bytes of a file),
        ``name``, ``content_type`` or None, ``most_bytes``, and the options of the kind.
    body : bytes
        The article.

    Returns
    -------
    header : dict
        ``status`` ("done"; "refused" because of the article; "failed" because a part of unspin does not work;
        "fault"), ``message`` (one sentence without words of the article), ``label`` and ``words`` of a judged article,
        ``seconds``.
    body : bytes
        The result of the job.
    """
    begin = time.perf_counter()
    told: dict[str, Any]
    made = b""
    try:
        made, told = KINDS[header["kind"]](checker, header, body)
        told["status"] = "done"
    except UnreadableError as error:
        told = {"status": "refused", "message": str(error)}
    except UnspinError as error:
        told = {"status": "failed", "message": str(error)}
    except Exception as error:  # noqa: BLE001 - one bad article must not end the worker
        told = {"status": "fault", "message": place_of(error)}
    told["seconds"] = time.perf_counter() - begin
    return told, made


def place_of(error: BaseException) -> str:
    """Returns the type and place of an error, without its message, which may quote the article.

    >>> try:
    ...     int("secret")
    ... except ValueError as error:
    ...     place_of(error)
    'ValueError at <doctest detector.web.jobs.place_of[0]>:2'
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    path = PurePath(trace.tb_frame.f_code.co_filename)
    return f"{type(error).__name__} at {'/'.join(path.parts[-3:])}:{trace.tb_lineno}"


def describe(checker: Checker) -> bytes:
    """Returns the model's facts as JSON, schema ``unspin.model/1``."""
    manifest = as_plain(checker.model.manifest)
    facts = {"schema": "unspin.model/1", **manifest, "signature": checker.signature, "most_words": MOST_WORDS}
    return dump(facts, indent=None).encode()


def _read(header: Mapping[str, Any], body: bytes) -> Reading:
    name = header["name"]
    if header["form"] == "file":
        limits = Limits(max_bytes=header["most_bytes"])
        return examine_bytes(body, name=name, content_type=header.get("content_type"), limits=limits)
    from detector.read.kinds import Kind

    return Reading(_document(body.decode("utf-8", ENCODING_ERRORS), name), Kind.TEXT, "utf-8")


def _document(text: str, name: str) -> Document:
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise UnreadableError("The text is empty: give an article.")
    return Document(text, name)


def _check(checker: Checker, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    verdict = checker.check(_read(header, body).document)
    return as_json(verdict, include_text=bool(header.get("include_text")), indent=None).encode(), _told(verdict)


def _view(checker: Checker, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    from detector.web.fragments import view_json

    reading = _read(header, body)
    verdict = checker.check(reading.document)
    return view_json(verdict, note=reading.note), _told(verdict)


def _report(checker: Checker, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    verdict = checker.check(_read(header, body).document)
    return as_html(verdict).encode("utf-8", "replace"), _told(verdict)


def _text(checker: Checker, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    del checker
    reading = _read(header, body)
    facts = {"text": reading.document.text, "source": reading.document.source, "note": reading.note}
    return dump(facts, indent=None).encode(), {}


def _compare(checker: Checker, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    from detector.web.comparison import compare_json

    del checker
    length = header["first_bytes"]
    texts = [part.decode("utf-8", ENCODING_ERRORS) for part in (body[:length], body[length:])]
    for text in texts:
        if has_more_words(_document(text, "-").text, MOST_WORDS):
            raise UnreadableError(f"One text holds more words than unspin reads, which is up to {MOST_WORDS:,}.")
    return compare_json(*texts), {}


def _told(verdict: Verdict) -> dict[str, Any]:
    return {"label": verdict.label.value, "words": verdict.words}


KINDS: Mapping[str, Callable[[Checker, Mapping[str, Any], bytes], tuple[bytes, dict[str, Any]]]] = {
    "check": _check,
    "view": _view,
    "report": _report,
    "read": _text,
    "compare": _compare,
}
