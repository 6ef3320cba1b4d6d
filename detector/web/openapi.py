"""The OpenAPI document: every route of the API with its examples.

It leaves out the page's own routes, which change with the page. The schemas of verdicts and traces are in
``detector/schema``. Tests check the output of the commands against the same files.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response

from detector.web import examples
from detector.web.archives import MEDIA_TYPES as ARCHIVES
from detector.web.articles import DOCUMENTS, FORM, JSON, MOST_NAME
from detector.web.batch import MEDIA_TYPES as LINES
from detector.web.problems import MEDIA_TYPE as PROBLEM
from detector.web.problems import TITLES

_TEXT = {"type": "string"}
_NAME = {
    "type": "string",
    "description": f"A name for the article, to find it again. unspin keeps its first {MOST_NAME} characters.",
}
_ADDRESS = {"type": "string", "description": "An http or https address to fetch the article from."}
_DATE = {"type": "string", "description": "When the article was published (ISO 8601). A source must be older."}
_OUTLET = {
    "type": "string",
    "description": "Who published the article. Older stories of the same outlet do not accuse it.",
    "maxLength": MOST_NAME,
}
_FACTS: Mapping[str, Mapping[str, Any]] = {"source": _NAME, "date": _DATE, "outlet": _OUTLET}
_FILE = {
    "type": "string",
    "format": "binary",
    "description": "A .txt, .md, .html, .docx, .odt, .rtf, .pdf, .eml or .msg file.",
}

_ARTICLE = {
    "oneOf": [
        {
            "type": "object",
            "required": ["text"],
            "properties": {"text": {"type": "string", "description": "The article."}, **_FACTS},
            "additionalProperties": False,
        },
        {
            "type": "object",
            "required": ["url"],
            "properties": {"url": _ADDRESS, **_FACTS},
            "additionalProperties": False,
        },
    ]
}
_FORM_OF_ARTICLE = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": _FILE, **_FACTS},
    "additionalProperties": False,
}
_BODY = {
    "required": True,
    "description": "An article: as JSON, as a form, or as the body itself. unspin recognises the format of a file by its content.",
    "content": {
        JSON: {"schema": _ARTICLE, "examples": {"text": {"value": examples.REQUEST}}},
        FORM: {"schema": _FORM_OF_ARTICLE},
        "text/plain": {"schema": _TEXT, "example": examples.TEXT},
        "text/html": {"schema": _TEXT, "example": f"<!doctype html><article><p>{examples.TEXT}</p></article>"},
        "text/markdown": {"schema": _TEXT, "example": f"# {examples.TEXT}"},
        **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in DOCUMENTS},
    },
}
_INCLUDE = {
    "name": "include",
    "in": "query",
    "description": "With `text`, the answer contains the text as read. All offsets refer to it.",
    "schema": {"type": "string", "enum": ["text"]},
}
_RAW = "For an article that is sent as the body itself."
_SOURCE = {
    "name": "source",
    "in": "query",
    "description": "A name for an article that is sent as the body itself.",
    "schema": _TEXT,
}
_QUERY: tuple[Mapping[str, Any], ...] = (
    _SOURCE,
    *(
        {"name": name, "in": "query", "schema": _FACTS[name], "description": f"{_FACTS[name]['description']} {_RAW}"}
        for name in ("date", "outlet")
    ),
)
_ARTICLE_PROBLEMS = (
    "bad-request", "other-site", "too-slow", "too-large", "unsupported-type", "unreadable-article", "unfetched", "busy",
    "fault", "not-here", "time-limit", "part-missing",
)  # fmt: skip


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _problems(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """Returns the error answers by status. Any route may refuse a host, a token or a client that asks too often."""
    found: dict[int | str, dict[str, Any]] = {}
    for kind in ("bad-host", "no-token", "too-many-requests", *kinds):
        status, title = TITLES[kind]
        answer = found.setdefault(
            status, {"description": title, "content": {PROBLEM: {"schema": _ref("problem"), "examples": {}}}}
        )
        answer["content"][PROBLEM]["examples"][kind] = {"value": examples.problem(kind)}
        if status == TITLES["busy"][0]:
            answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    return found


def _operation(
    summary: str,
    description: str,
    answer: Mapping[str, Any],
    *kinds: str,
    tag: str = "checking",
    request: Mapping[str, Any] | None = None,
    parameters: tuple[Mapping[str, Any], ...] = (),
) -> dict[str, Any]:
    """Returns the arguments of a FastAPI route decorator."""
    extra: dict[str, Any] = {"parameters": list(parameters)} if parameters else {}
    if request is not None:
        extra["requestBody"] = request
    return {
        "summary": summary,
        "description": description,
        "tags": [tag],
        "response_class": Response,
        "responses": {200: {"description": "Done.", "content": answer}, **_problems(*kinds)},
        "openapi_extra": extra,
    }


OPERATIONS: Mapping[str, Mapping[str, Any]] = {
    "check": _operation(
        "Check one article",
        "Returns the verdict: the same JSON as `unspin check --json`. It contains the text only with `include=text`. "
        "If the server has an archive, the answer also holds `trace` and `together`, as `unspin check --archive --json` does. "
        "If the archive fails, `trace` is an `unspin.error/1` and the verdict is not lost.",
        {JSON: {"schema": _ref("verdict"), "example": examples.VERDICT}},
        *_ARTICLE_PROBLEMS,
        request=_BODY,
        parameters=(_INCLUDE, *_QUERY),
    ),
    "trace": _operation(
        "Find the sources of one article",
        "Looks for the stories that the article was made from, in the archive of `unspin serve --archive`. Returns the same "
        "JSON as `unspin trace --json`. It contains the article and its sources as a whole only with `include=text`; the "
        "sentences that belong together are always in it.",
        {JSON: {"schema": _ref("trace"), "example": examples.TRACE}},
        *_ARTICLE_PROBLEMS, "no-archive",
        request=_BODY,
        parameters=(_INCLUDE, *_QUERY),
    ),
    "report": _operation(
        "Check one article and get the report as a page",
        "Returns a web page to keep or to mail. It has no script and loads nothing.",
        {"text/html": {"schema": _TEXT}},
        *_ARTICLE_PROBLEMS,
        request=_BODY,
        parameters=_QUERY,
    ),
    "batch": _operation(
        "Check many articles",
        "Takes JSON Lines and returns JSON Lines, one line for each article, **in the same order**. Answers arrive while "
        "you send, so read at the same time. Each answer repeats the line's number, from 1, as `line`, and its `id`. If a "
        "line cannot be checked, its answer is `unspin.error/1`; other lines are not affected. Empty lines are skipped. "
        "Batches wait for each other and give way to single articles. A zip archive is a batch, too: each file in it is one "
        "article, and has a line. It may hold up to 200 files, and five times as many bytes as an article may have. "
        "An archive in an archive is refused in its line.",
        {LINES[0]: {"schema": _TEXT, "example": examples.lines(examples.LINES_OUT)}},
        *_ARTICLE_PROBLEMS,
        request={
            "required": True,
            "content": {
                LINES[0]: {"schema": _TEXT, "example": examples.lines(examples.LINES_IN)},
                ARCHIVES[0]: {"schema": {"type": "string", "format": "binary"}},
            },
        },
        parameters=({**_SOURCE, "description": "A name for a zip archive."},),
    ),
    "model": _operation(
        "Show the model",
        "Returns its manifest, as `unspin model info --json` does: thresholds, false positive rates, training data.",
        {JSON: {"schema": _ref("model")}},
        tag="about this server",
    ),
    "healthz": _operation(
        "Say whether the server is up",
        "Needs no token.",
        {JSON: {"schema": _ref("status"), "example": {"status": "up"}}},
        tag="about this server",
    ),
    "readyz": _operation(
        "Say whether the server can check articles",
        "Answers 503 if no worker process is ready, or if the server is stopping. Needs no token.",
        {JSON: {"schema": _ref("status"), "example": {"status": "ready"}}},
        "stopping",
        tag="about this server",
    ),
    "metrics": _operation(
        "Numbers for Prometheus",
        "Counts requests, verdicts by label, waiting articles and worker processes. Contains no text, name or address.",
        {"text/plain": {"schema": _TEXT}},
        tag="about this server",
    ),
}  # fmt: skip


def document(app: FastAPI) -> dict[str, Any]:
    """Returns the OpenAPI document of an application."""
    made = dict(app.openapi())
    made["info"] = {
        "title": "unspin",
        "version": app.version,
        "summary": "Is this news article human copy or a machine rewrite?",
        "description": "Offsets count code points. Errors are RFC 9457 problems. If the server needs a token, send it in "
        "the header `Authorization: Bearer TOKEN`.",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    made["components"] = {
        "schemas": _schemas(),
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    }
    # A server on a loopback address needs no token.
    made["security"] = [{}, {"token": []}]
    return made


def _schemas() -> dict[str, Any]:
    """Returns the schemas of verdicts and traces, split into OpenAPI components, and the small schemas."""
    parts: dict[str, Any] = {}
    # Both define an error, in the same shape.
    for name in ("trace-1.json", "verdict-1.json"):
        source = files("detector").joinpath("schema", name).read_text(encoding="utf-8")
        parts |= json.loads(source.replace("#/$defs/", "#/components/schemas/"))["$defs"]
    return {
        **parts,
        "problem": {
            "type": "object",
            "description": "What went wrong (RFC 9457).",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": {"type": "string", "enum": [f"urn:unspin:problem:{kind}" for kind in TITLES]},
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": {"type": "string", "description": "One sentence: what is wrong and what to do."},
                "instance": {"type": "string", "description": "The request number, as in the server's log."},
            },
        },
        "model": {
            "type": "object",
            "required": ["schema", "columns", "thresholds", "min_words", "signature", "most_words"],
            "properties": {
                "schema": {"const": "unspin.model/1"},
                "signature": {"type": "string", "description": "As in every verdict."},
                "min_words": {"type": "integer", "description": "Shorter texts are not judged."},
                "most_words": {"type": "integer", "description": "Longer texts are refused."},
            },
        },
        "status": {"type": "object", "required": ["status"], "properties": {"status": _TEXT}},
    }
