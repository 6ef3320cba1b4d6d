"""The API gives the same verdicts as the command, however the article is sent."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from packed_files import word_document

from detector.cli import main
from detector.web.articles import DOCX
from detector.web.worker import main as real_worker

Server = Any
Serving = Callable[..., Server]
"""Starts a server; see conftest."""

LINES = {"Content-Type": "application/x-ndjson"}
SCHEMA = json.loads((Path(__file__).parents[3] / "detector" / "schema" / "verdict-1.json").read_text(encoding="utf-8"))


def form(*parts: tuple[str, str | None, str | bytes], boundary: str = "xYzZY") -> tuple[bytes, dict[str, str]]:
    """Returns a form of (field, file name or None, content) parts, and its header."""
    body = b""
    for field, name, content in parts:
        said = f'; filename="{name}"' if name is not None else ""
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"{said}\r\n\r\n'.encode()
        body += (content.encode() if isinstance(content, str) else content) + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def test_the_answer_is_that_of_the_command(
    serving: Serving, spun: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict equals that of `unspin check --json` with the reader, byte for byte."""
    api = serving(entry=real_worker, reader="always")
    path = tmp_path / "story.txt"
    path.write_text(spun, encoding="utf-8", newline="")
    main(["check", "--json", "--include-text", "--grammar", "none", str(path)])
    told = json.loads(capsys.readouterr().out)
    answer = api.post("/v1/check?include=text", {"text": spun, "source": str(path)})
    assert answer.status == 200
    assert answer.json == told
    assert answer.json["label"] == "spun"


def test_every_way_to_send_an_article_gives_the_same_judgement(api: Server, spun: str) -> None:
    """JSON, a text, a page, and a form with a file or a text give the same verdict."""
    paragraphs = [line for line in spun.split("\n") if line.strip()]
    page = "<!doctype html><article>" + "".join(f"<p>{line}</p>" for line in paragraphs) + "</article>"
    ways = [
        api.post("/v1/check", {"text": spun}),
        api.ask("POST", "/v1/check", spun.encode(), {"Content-Type": "text/plain; charset=utf-8"}),
        api.ask("POST", "/v1/check", spun.encode(), {"Content-Type": "application/octet-stream"}),
        api.ask("POST", "/v1/check", spun.encode(), {"Content-Type": "text/markdown"}),
        api.ask("POST", "/v1/check", page.encode(), {"Content-Type": "text/html"}),
        api.ask("POST", "/v1/check", word_document(*paragraphs), {"Content-Type": DOCX}),
        api.ask("POST", "/v1/check", *form(("file", "story.txt", spun), ("source", None, "mine"))),
        api.ask("POST", "/v1/check", *form(("file", "story.docx", word_document(*paragraphs)))),
        api.ask("POST", "/v1/check", *form(("text", None, spun))),
    ]
    assert [way.status for way in ways] == [200] * len(ways)
    assert {way.json["label"] for way in ways} == {"spun"}
    assert [way.json["source"] for way in ways[-3:]] == ["mine", "story.docx", "article"]
    assert all("text" not in way.json for way in ways)
    for way in ways:
        Draft202012Validator(SCHEMA).validate(way.json)


def test_an_article_sent_as_it_is_may_have_a_name(api: Server) -> None:
    """The name is in the query, or percent-encoded in the header that the page uses."""
    sent = {"Content-Type": "text/plain"}
    assert api.ask("POST", "/v1/check?source=a%20b", "Talks.", sent).json["source"] == "a b"
    named = sent | {"X-Unspin-Source": "caf%C3%A9.txt"}
    assert api.ask("POST", "/v1/check", "Talks.", named).json["source"] == "café.txt"


def test_offsets_count_code_points(api: Server, spun: str) -> None:
    """Emoji, joined emoji and right-to-left letters before a mark count by code point."""
    text = "🚒👩‍🚒 שלום\n\n" + spun
    answer = api.post("/v1/check?include=text", {"text": text}).json
    assert answer["text"] == text
    assert answer["evidence"]
    for mark in answer["evidence"]:
        assert text[mark["start"] : mark["end"]] == mark["text"]


def test_half_of_a_surrogate_pair_is_no_reason_to_fail(api: Server) -> None:
    """JavaScript can send one; the answer returns it unchanged."""
    answer = api.ask(
        "POST", "/v1/check?include=text", rb'{"text": "Talks \ud83d ended."}', {"Content-Type": "application/json"}
    )
    assert answer.status == 200
    assert answer.json["text"] == "Talks \ud83d ended."


def test_the_report_is_a_page_to_keep(api: Server, spun: str) -> None:
    """The report is a download whose policy allows no script."""
    answer = api.post("/v1/report", {"text": spun})
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert b"<script" not in answer.body


def test_the_model_is_that_of_the_command(api: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """`/v1/model` holds everything that `unspin model info --json` prints."""
    main(["model", "info", "--json"])
    told = json.loads(capsys.readouterr().out)
    answer = api.ask("GET", "/v1/model").json
    assert told.items() <= answer.items()
    assert answer["signature"].endswith("grammar none | reader never")


def test_health_and_readiness(api: Server) -> None:
    """The server is up and ready to check."""
    assert api.ask("GET", "/healthz").json == {"status": "up"}
    assert api.ask("GET", "/readyz").json == {"status": "ready"}


def test_what_was_done_is_counted(serving: Serving) -> None:
    """Metrics count requests by route and status, verdicts by label, and workers."""
    server = serving()
    server.post("/v1/check", {"text": "Talks ended."})
    server.post("/v1/check", {})
    assert server.metric('unspin_requests_total{method="POST",route="/v1/check",status="200"}') == 1
    assert server.metric('unspin_requests_total{method="POST",route="/v1/check",status="400"}') == 1
    assert server.metric('unspin_verdicts_total{label="clean"}') == 1
    assert server.metric("unspin_workers_ready") == 1


def test_a_batch_answers_every_line_in_order(api: Server, spun: str) -> None:
    """Each answer names its line, and a bad line does not affect the others."""
    lines = [
        json.dumps({"text": spun, "id": 7, "source": "first"}),
        "",
        "no json",
        json.dumps({"text": ""}),
        json.dumps(["text"]),
        json.dumps({"text": 5}),
        json.dumps({"text": "Talks.", "colour": "red"}),
        json.dumps({"text": "Talks.", "id": ["x"]}),
        json.dumps({"text": "Talks.", "id": "last", "source": "🔥"}),
    ]
    answer = api.ask("POST", "/v1/check/batch", "\n".join(lines).encode(), LINES)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    rows = [json.loads(line) for line in answer.body.splitlines()]
    assert [row["line"] for row in rows] == [1, 3, 4, 5, 6, 7, 8, 9]
    assert [row["schema"] for row in rows] == ["unspin.verdict/1", *["unspin.error/1"] * 6, "unspin.verdict/1"]
    assert (rows[0]["id"], rows[0]["source"], rows[0]["label"]) == (7, "first", "spun")
    assert (rows[-1]["id"], rows[-1]["source"]) == ("last", "🔥")
    assert rows[1]["source"] == "line 3"
    for row in rows:
        Draft202012Validator(SCHEMA).validate(row)


def test_a_batch_answers_while_it_is_sent(api: Server) -> None:
    """The first answer arrives before the second line is sent."""
    with api.begin("/v1/check/batch", Content_Type="application/x-ndjson", Transfer_Encoding="chunked") as connection:

        def send(data: bytes) -> None:
            connection.send(b"%x\r\n%s\r\n" % (len(data), data))

        send(b'{"text": "One."}\n{"te')
        answer = connection.getresponse()
        assert json.loads(answer.readline())["line"] == 1
        send(b'xt": "Two."}\n')
        assert json.loads(answer.readline())["line"] == 2
        send(b"")
        assert answer.read() == b""


def test_a_batch_of_many_lines_may_be_sent_before_any_answer_is_read(plain: Server) -> None:
    """Most HTTP clients do so, and nothing blocks for ever."""
    lines = b'{"text": "%s"}\n' % (b"Talks ended. " * 100) * 2_000
    answer = plain.ask("POST", "/v1/check/batch", lines, LINES)
    assert [json.loads(line)["line"] for line in answer.body.splitlines()] == list(range(1, 2_001))


def test_a_line_that_is_too_long_is_refused_alone(serving: Serving) -> None:
    """The lines after it are judged normally."""
    server = serving(most_bytes=1_000)
    long = b'{"text": "%s"}\n' % (b"x" * 100_000)
    answer = server.ask("POST", "/v1/check/batch", long + b'{"text": "Two."}\n' + long.strip(), LINES)
    rows = [json.loads(line) for line in answer.body.splitlines()]
    assert [row["schema"] for row in rows] == ["unspin.error/1", "unspin.verdict/1", "unspin.error/1"]
    assert "longer than" in rows[0]["error"]


def test_a_batch_survives_a_worker_that_dies(plain: Server) -> None:
    """The line that crashed the worker gets an error; the others are judged."""
    lines = b'{"text": "One."}\n{"text": "die"}\n{"text": "Three."}\n'
    rows = [json.loads(line) for line in plain.ask("POST", "/v1/check/batch", lines, LINES).body.splitlines()]
    assert [row["schema"].partition("/")[0] for row in rows] == ["unspin.verdict", "unspin.error", "unspin.verdict"]


def test_a_batch_that_falls_silent_is_ended(serving: Serving) -> None:
    """All received lines are answered, and the last answer says why the batch ended."""
    server = serving(body_seconds=0.3)
    with server.begin("/v1/check/batch", Content_Type="application/x-ndjson", Content_Length="1000") as connection:
        connection.send(b'{"text": "One."}\n')
        rows = [json.loads(line) for line in connection.getresponse().read().splitlines()]
    assert [row["schema"] for row in rows] == ["unspin.verdict/1", "unspin.error/1"]
    assert "Nothing arrived" in rows[1]["error"]


def test_what_the_page_asks(api: Server, spun: str) -> None:
    """Settings, a view, the text of a file and a comparison each have their own schema."""
    settings = api.ask("GET", "/page/settings").json
    assert settings == {"urls": True, "store": False, "keep_days": 0}
    sent = {"Content-Type": "application/msword", "X-Unspin-Source": "story.txt"}
    assert api.ask("POST", "/page/check", spun.encode(), sent).json["schema"] == "unspin.view/1"
    assert api.ask("POST", "/page/read", word_document("One.", "Two."), sent).json["text"] == "One.\nTwo."
    assert api.post("/page/compare", {"text": spun, "original": "Talks."}).json["schema"] == "unspin.comparison/1"
    assert api.post("/page/compare", {"text": spun}).kind == "bad-request"
    assert api.post("/page/compare", {"text": "word " * 40_000, "original": "x"}).kind == "unreadable-article"
    assert api.post("/page/report", {"text": spun}).headers["content-disposition"].startswith("attachment")


def test_files_of_the_page_come_packed_and_only_they(plain: Server) -> None:
    """Clients that accept gzip get it. Files outside the folder and Python files are not sent."""
    packed = plain.ask("GET", "/", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.ask("GET", "/").body)
    for path in ("/page/", "/page/..%2fworker.py", "/page/../worker.py", "/page/%2e%2e/worker.py", "/page//etc/passwd",
                 "/page/index.html/..", "/page/.hidden.css", "/page/css", "/page/\\..\\worker.py"):  # fmt: skip
        assert plain.ask("GET", path.replace("\\", "%5c")).kind == "not-found"
