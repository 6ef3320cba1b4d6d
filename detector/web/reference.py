"""Writes docs/http-api.md from the OpenAPI document: ``python -m detector.web.reference > docs/http-api.md``."""

import json
from collections.abc import Iterator
from typing import Any

from detector.web.app import create_app
from detector.web.openapi import document
from detector.web.pool import Pool
from detector.web.problems import TITLES
from detector.web.settings import Settings

_HEAD = """# The HTTP API

Generated from the OpenAPI document by `python -m detector.web.reference > docs/http-api.md`. A test checks that it is current.

`unspin serve` answers at <http://127.0.0.1:8300/>. Programs find the document at `/openapi.json` (OpenAPI 3.1, with examples). To let others
reach the server, read [running it for a newsroom](deploy.md).

```sh
curl --data-binary @story.txt -H 'Content-Type: text/plain' http://127.0.0.1:8300/v1/check
curl -F file=@story.docx http://127.0.0.1:8300/v1/check
curl -F file=@story.docx -F date=2026-11-24 -F outlet='Daily Example' http://127.0.0.1:8300/v1/trace
curl -T feed.jsonl -X POST -H 'Content-Type: application/x-ndjson' http://127.0.0.1:8300/v1/check/batch
curl -T pack.zip -X POST -H 'Content-Type: application/zip' 'http://127.0.0.1:8300/v1/check/batch?source=pack.zip'
```

## What you can rely on

- A verdict is the same JSON as that of `unspin check --json`, and a trace the same as that of `unspin trace --json`. Each answer names the version of its [schema](json-schema.md).
- Paths begin with the version of the API. Fields may be added to answers: ignore those you do not know.
- unspin neither keeps nor logs what you send here. (`--keep` keeps what people check on the page.) A log line contains method, route, status, milliseconds, bytes and a request number.
- Every error is a problem as in RFC 9457 (`application/problem+json`). `type` is a stable name, `detail` is one sentence for people, and
  `instance` is the request number.
- Limits: 10 MB and 30,000 words for each article (`--most-megabytes`), 20 s of work (`--seconds`), 30 s to send a body, and 20 requests a
  second from one address (`--rate`). If too many articles wait (`--waiting`), the server answers 429 with `Retry-After` in seconds.
- If a client disconnects, its request leaves the queue, and its worker stops within a second.
- If the server stops (SIGTERM, Ctrl-C), it finishes running requests. A batch ends with a line that names the first line that was not checked.
- If the server needs a token, send it as `Authorization: Bearer TOKEN`.

## Routes
"""


def reference() -> str:
    """Returns the whole page as Markdown."""
    settings = Settings()
    app, _ = create_app(settings, Pool(settings.pool, {"grammar": "none"}))
    told = document(app.inner)
    parts = [_HEAD]
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            parts += _route(f"{method.upper()} {path}", operation)
    parts += [
        "\n## Problems\n\n",
        "`type` is `urn:unspin:problem:` followed by the name.\n\n| status | name | meaning |\n|---|---|---|\n",
        *(f"| {status} | `{kind}` | {title} |\n" for kind, (status, title) in TITLES.items()),
    ]
    return "".join(parts)


def _route(name: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"\n### {name}\n\n{operation['summary']}. {operation['description']}\n"
    for parameter in operation.get("parameters", ()):
        yield f"\n- `?{parameter['name']}=`: {parameter['description']}"
    yield "\n" if operation.get("parameters") else ""
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        yield f"\nTakes {', '.join(f'`{kind}`' for kind in content)}.\n"
        yield from _shown(next(iter(content.items())))
    yield "\nReturns:\n"
    yield from _shown(next(iter(operation["responses"]["200"]["content"].items())))


def _shown(content: tuple[str, dict[str, Any]]) -> Iterator[str]:
    """Yield an example of a body, or its media type if there is none."""
    kind, told = content
    example = told.get("example", next((each["value"] for each in told.get("examples", {}).values()), None))
    if isinstance(example, str):
        yield f"\n```text\n{example.rstrip()}\n```\n"
    elif example is not None:
        yield f"\n```json\n{json.dumps(example, indent=2, ensure_ascii=False)}\n```\n"
    else:
        yield f"\n`{kind}`\n"


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 - the page
