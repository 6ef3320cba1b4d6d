"""The jobs of a worker process: one function for each kind of job, from bytes to bytes."""

import time
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, NamedTuple

from detector.checker import MOST_WORDS, Checker
from detector.errors import UnreadableError, UnspinError
from detector.read import Limits, Reading, examine_bytes
from detector.render import as_html, as_json
from detector.render.data import as_dict, dump, error_as_dict
from detector.render.plain import as_plain
from detector.render.together import both_as_dict, both_as_html
from detector.render.trace_data import trace_as_json
from detector.tracing.answer import Trace
from detector.tracing.lasting_tracer import LastingTracer
from detector.tracing.together import with_originals
from detector.verdict import Verdict
from detector.web.frames import pack
from features.document import Document, has_more_words


class Tools(NamedTuple):
    """What a worker judges with; without an archive there is no ``tracer``."""

    checker: Checker
    tracer: LastingTracer | None = None


ENCODING_ERRORS = "surrogatepass"
"""JSON text may hold half of a surrogate pair, which must reach the checker and the reader unchanged."""


def perform(tools: Tools, header: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """Do one job. It never raises: the answer's ``status`` states the outcome.

    Parameters
    ----------
    header : mapping
        ``kind`` (a name in :data:`KINDS`), ``form`` ("text" for UTF-8 text or "file" for the bytes of a file),
        ``name``, ``content_type`` or None, ``date`` and ``outlet`` of the article ("" where unknown), ``most_bytes``,
        and the options of the kind.

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
        made, told = KINDS[header["kind"]](tools, header, body)
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


def _check(tools: Tools, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    verdict = _judge(tools, header).check(_read(header, body).document)
    include = bool(header.get("include_text"))
    found = _source_of(tools, header, verdict)
    if found is None:
        return as_json(verdict, include_text=include, indent=None).encode(), _told(verdict)
    if isinstance(found, Trace):
        answer = both_as_dict(with_originals(verdict, found), found, include_text=include)
    else:
        answer = {**as_dict(verdict, include_text=include), "trace": error_as_dict(verdict.source, found)}
    return dump(answer, indent=None).encode(), _told(verdict)


def _judge(tools: Tools, header: Mapping[str, Any]) -> Checker:
    """The checker, with the thresholds of the article's outlet if there are some."""
    return tools.checker.of_outlet(header.get("outlet", ""))


def _source_of(tools: Tools, header: Mapping[str, Any], verdict: Verdict) -> Trace | str | None:
    """The trace of a judged article, or why there is none: an archive that fails costs no verdict."""
    if tools.tracer is None:
        return None
    try:
        return _traced(tools.tracer, header, Document(verdict.text, verdict.source))
    except UnspinError as error:
        return str(error)


def _traced(tracer: LastingTracer, header: Mapping[str, Any], document: Document) -> Trace:
    return tracer.trace(document, date=header.get("date", ""), outlet=header.get("outlet", ""))


def _trace(tools: Tools, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    if tools.tracer is None:
        raise UnspinError("this server has no archive: start it with --archive")
    found = _traced(tools.tracer, header, _read(header, body).document)
    return trace_as_json(found, include_text=bool(header.get("include_text")), indent=None).encode(), {}


def _view(tools: Tools, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    from detector.web.fragments import view_json

    reading = _read(header, body)
    verdict = _judge(tools, header).check(reading.document)
    found = _source_of(tools, header, verdict)
    if isinstance(found, Trace):
        verdict = with_originals(verdict, found)
    return view_json(verdict, note=reading.note, found=found), _told(verdict)


def _report(tools: Tools, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    verdict = _judge(tools, header).check(_read(header, body).document)
    found = _source_of(tools, header, verdict)
    if isinstance(found, Trace):
        return both_as_html(with_originals(verdict, found), found).encode("utf-8", "replace"), _told(verdict)
    return as_html(verdict).encode("utf-8", "replace"), _told(verdict)


def _text(tools: Tools, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    del tools
    reading = _read(header, body)
    facts = {"text": reading.document.text, "source": reading.document.source, "note": reading.note}
    return dump(facts, indent=None).encode(), {}


def _unpack(tools: Tools, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    """The files of an archive, as one message each."""
    from detector.audit.sources.files import files_of_archive

    del tools
    found = files_of_archive(body, name=header["name"], limits=Limits(max_bytes=header["most_bytes"]))
    return b"".join(pack({"place": file.place, "problem": file.problem}, file.data) for file in found), {}


def _compare(tools: Tools, header: Mapping[str, Any], body: bytes) -> tuple[bytes, dict[str, Any]]:
    from detector.web.comparison import compare_json

    del tools
    length = header["first_bytes"]
    texts = [part.decode("utf-8", ENCODING_ERRORS) for part in (body[:length], body[length:])]
    for text in texts:
        if has_more_words(_document(text, "-").text, MOST_WORDS):
            raise UnreadableError(f"One text holds more words than unspin reads, which is up to {MOST_WORDS:,}.")
    return compare_json(*texts), {}


def _told(verdict: Verdict) -> dict[str, Any]:
    return {"label": verdict.label.value, "words": verdict.words}


KINDS: Mapping[str, Callable[[Tools, Mapping[str, Any], bytes], tuple[bytes, dict[str, Any]]]] = {
    "check": _check,
    "trace": _trace,
    "view": _view,
    "report": _report,
    "read": _text,
    "compare": _compare,
    "unpack": _unpack,
}
