"""What a server with an archive says about the sources of articles."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

sys.path.insert(0, str(Path(__file__).parents[1] / "tracing" / "fakes"))

from memory_archive import FERRY, SPUN_TALKS, TALKS, stories

from detector.archive import open_archive
from detector.cli import main
from detector.web.jobs import Tools, perform

pytest.importorskip("tantivy", reason="the embedded archive needs tantivy")

from detector.tracing.lasting_tracer import LastingTracer
from detector.web.worker import main as real_worker

Server = Any
Serving = Callable[..., Server]
"""Starts a server: see conftest."""

_FOLDER = Path(__file__).parents[3] / "detector" / "schema"
_TRACE, _VERDICT = (
    Draft202012Validator(json.loads((_FOLDER / name).read_text(encoding="utf-8")))
    for name in ("trace-1.json", "verdict-1.json")
)


def fill(folder: Path) -> Path:
    """An archive with the small newsroom's stories."""
    with closing(open_archive(folder, create=True)) as made:
        made.add(stories())
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For tests that only read it."""
    return fill(tmp_path_factory.mktemp("archive") / "wire.archive")


@pytest.fixture
def traced(serving: Serving, place: Path) -> Server:
    """A server with this archive; Daily Example may republish the agency."""
    licensed = frozenset({("Daily Example", "Example Agency")})
    return serving(entry=real_worker, archive=str(place), licensed=licensed)


def test_a_trace_is_that_of_the_command(
    traced: Server, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same JSON as `unspin trace --json`, whichever way the article and its date come."""
    path = tmp_path / "spun.txt"
    path.write_text(SPUN_TALKS, encoding="utf-8")
    facts = {"date": "2026-11-24", "outlet": "Echo"}
    asked = [str(part) for name, value in facts.items() for part in (f"--{name}", value)]
    main(["trace", str(path), "--archive", str(place), "--json", *asked])
    told = json.loads(capsys.readouterr().out)
    _TRACE.validate(told)
    assert told["rewrite"]
    answer = traced.post("/v1/trace", {"text": SPUN_TALKS, "source": str(path), **facts})
    assert (answer.status, answer.json) == (200, told)
    raw = traced.ask(
        "POST", "/v1/trace?date=2026-11-24&outlet=Echo", SPUN_TALKS.encode(), {"Content-Type": "text/plain"}
    )
    assert raw.json["sources"] == told["sources"]
    form = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {"text": SPUN_TALKS, **facts}.items()
    )
    sent = {"Content-Type": "multipart/form-data; boundary=x"}
    assert traced.ask("POST", "/v1/trace", form + b"--x--\r\n", sent).json["sources"] == told["sources"]


def test_dates_outlets_and_licences_count(traced: Server) -> None:
    """None of these three is an accusation."""
    for facts in ({"date": "2026-11-01"}, {"outlet": "example agency"}, {"outlet": "Daily Example"}):
        answer = traced.post("/v1/trace", {"text": SPUN_TALKS, **facts}).json
        assert answer["sources"][0]["relation"] == "rewrite"
        assert not answer["rewrite"]


def test_texts_are_left_out_unless_asked_for(traced: Server) -> None:
    """As for verdicts."""
    fields = {"text": SPUN_TALKS}
    assert "text" not in traced.post("/v1/trace", fields).json
    whole = traced.post("/v1/trace?include=text", fields).json
    assert (whole["text"], whole["sources"][0]["text"]) == (SPUN_TALKS, TALKS)


def test_a_check_has_the_relation_beside_the_verdict(traced: Server, api: Server) -> None:
    """The verdict itself is that of a server without an archive; in a batch as well."""
    fields = {"text": SPUN_TALKS}
    alone, both = api.post("/v1/check", fields).json, traced.post("/v1/check", fields).json
    _VERDICT.validate(both)
    _TRACE.validate(both["trace"])
    assert "trace" not in alone
    assert {name: both[name] for name in alone if name != "evidence"} == {
        name: alone[name] for name in alone if name != "evidence"
    }
    assert both["trace"]["sources"][0]["id"] == "talks"
    assert "Port talks in Geneva" in both["together"]
    lines = [{"text": SPUN_TALKS}, {"text": SPUN_TALKS, "outlet": "Example Agency"}, {"text": "x", "date": "May"}]
    answer = traced.ask(
        "POST",
        "/v1/check/batch",
        "".join(json.dumps(line) + "\n" for line in lines).encode(),
        {"Content-Type": "application/x-ndjson"},
    )
    first, own, bad = map(json.loads, answer.body.splitlines())
    assert (first["trace"]["rewrite"], own["trace"]["rewrite"]) == (True, False)
    assert bad["schema"] == "unspin.error/1"
    report = traced.post("/v1/report", fields).body.decode()
    assert "Side by side" in report
    assert report.count("</body>") == 1


@pytest.mark.parametrize(
    "fields", [{"date": "yesterday"}, {"outlet": "x" * 501}, {"outlet": 7}, {"archive": "/"}], ids=str
)
def test_bad_facts_are_refused(traced: Server, fields: Mapping[str, Any]) -> None:
    """In one sentence."""
    assert traced.post("/v1/trace", {"text": SPUN_TALKS, **fields}).kind == "bad-request"


@pytest.mark.parametrize("text", ["\ud83d talks in Geneva " * 60, "\x00\x1b<script> " * 60, "word " * 30_000], ids=len)
def test_hostile_texts_are_traced(traced: Server, text: str) -> None:
    """No fault, and no accusation."""
    answer = traced.post("/v1/trace", {"text": text})
    assert (answer.status, answer.json["rewrite"]) == (200, False)


def test_without_an_archive_there_are_no_traces(api: Server) -> None:
    """One sentence says what to do."""
    answer = api.post("/v1/trace", {"text": SPUN_TALKS})
    assert (answer.status, answer.kind) == (404, "no-archive")
    assert "--archive" in answer.json["detail"]


def test_an_archive_that_fails_costs_no_verdict(serving: Serving, tmp_path: Path) -> None:
    """It is looked for again at the next article."""
    place, away = fill(tmp_path / "wire.archive"), tmp_path / "away"
    server = serving(entry=real_worker, archive=str(place))
    shutil.move(place, away)
    checked = server.post("/v1/check", {"text": SPUN_TALKS})
    _VERDICT.validate(checked.json)
    assert (checked.status, checked.json["trace"]["schema"]) == (200, "unspin.error/1")
    assert "archive" in checked.json["trace"]["error"]
    assert server.post("/v1/report", {"text": SPUN_TALKS}).status == 200
    assert server.post("/v1/trace", {"text": SPUN_TALKS}).kind == "part-missing"
    shutil.move(away, place)
    assert server.post("/v1/trace", {"text": SPUN_TALKS}).json["rewrite"]


def test_new_stories_are_found_at_once(serving: Serving, tmp_path: Path) -> None:
    """While the server runs, somebody adds to the archive."""
    place = tmp_path / "wire.archive"
    with closing(open_archive(place, create=True)) as made:
        made.add(story for story in stories() if story.id != "ferry")
        server = serving(entry=real_worker, archive=str(place))
        assert not server.post("/v1/trace", {"text": FERRY}).json["summary"].startswith("The article has exactly")
        made.add(story for story in stories() if story.id == "ferry")
        assert server.post("/v1/trace", {"text": FERRY}).json["summary"].startswith("The article has exactly")


def test_the_command_refuses_what_it_cannot_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before it listens."""
    assert main(["serve", "--port", "0", "--archive", str(tmp_path / "nowhere")]) == 2
    assert "archive" in capsys.readouterr().err
    assert main(["serve", "--port", "0", "--licensed", str(tmp_path / "x.csv")]) == 2
    assert "--archive" in capsys.readouterr().err


@pytest.fixture
def tools(place: Path, checker: Any) -> Iterator[Tools]:  # noqa: ANN401 - a Checker
    """What a worker has."""
    with closing(LastingTracer(str(place))) as tracer:
        yield Tools(checker, tracer)


def test_a_worker_names_the_true_originals(tools: Tools) -> None:
    """Marks of a verdict with a source."""
    header = {"kind": "check", "form": "text", "name": "a", "most_bytes": 10**6}
    told, body = perform(tools, header, SPUN_TALKS.encode())
    assert told["status"] == "done"
    marks = {mark["text"]: mark["expected"][:1] for mark in json.loads(body)["evidence"]}
    assert ["said"] in [original for text, original in marks.items() if "stated" in text]


def test_the_page_gets_the_sources(traced: Server, api: Server) -> None:
    """With both texts side by side; without an archive there is nothing."""
    asked = {"X-Unspin": "page"}
    shown = traced.post("/page/check", {"text": SPUN_TALKS, "outlet": "Echo", "date": "2026-11-24"}, **asked).json
    (source,) = shown["sources"]["found"]
    assert (source["title"], source["outlet"], source["date"]) == (
        "Port talks in Geneva",
        "Example Agency",
        "2026-11-20",
    )
    assert (source["relation_words"], source["counts"]) == ("Rewrite", True)
    assert shown["sources"]["caution"] == ""
    rows, swaps = source["comparison"]["rows"], source["comparison"]["substitutions"]
    assert any("accepted" in here and "agreed" in there for here, there in rows)
    assert {"here": "stated", "there": "said"}.items() <= swaps[0].items() | swaps[1].items()
    for swap in swaps:
        assert all(any(f'data-d="{swap["first"]}"' in row[side] for row in rows) for side in (0, 1))
    own = traced.post("/page/check", {"text": SPUN_TALKS, "outlet": "Example Agency"}, **asked).json["sources"]["found"]
    assert not own[0]["counts"]
    assert api.post("/page/check", {"text": SPUN_TALKS}, **asked).json["sources"] is None


def test_the_page_is_told_why_there_are_none(tmp_path: Path, checker: Any) -> None:  # noqa: ANN401 - a Checker
    """In one sentence, beside the verdict."""
    header = {"kind": "view", "form": "text", "name": "a", "most_bytes": 10**6}
    told, body = perform(Tools(checker, LastingTracer(str(tmp_path / "nowhere"))), header, SPUN_TALKS.encode())
    shown = json.loads(body)
    assert (told["status"], shown["sources"]["found"]) == ("done", [])
    assert "could not be searched" in shown["sources"]["said"]
