"""What is new is told once: over a web address that fails in every way, as a mail, and after kill -9."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from audit_fakes import FakeMaker
from desk_server import Desk, desk_server

from detector.audit import outbox
from detector.audit.store import Store
from detector.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, articles that say their verdict themselves, no waiting, and no proxies."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("detector.audit.work.CheckerMaker", lambda *_, **__: FakeMaker())
    monkeypatch.setattr("detector.audit.delivery.WAITS", (0.0, 0.0))
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A receiver on this machine."""
    with desk_server() as running:
        yield running


def feed(*texts: str, **facts: str) -> None:
    """The feed with these articles."""
    lines = [json.dumps({"text": text, "title": f"Title of {text}", **facts}) for text in texts]
    Path("feed.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def run(*options: str) -> int:
    """The audit, without worker processes."""
    return main(["audit", "feed.jsonl", "--quiet", "--fail-on", "never", *options, "--jobs", "0"])


def notify(desk: Desk, *texts: str, options: tuple[str, ...] = ()) -> int:
    """An audit of a feed that now holds these articles."""
    feed(*texts)
    return run("--notify", desk.url, *options)


def titles(body: bytes) -> list[str]:
    """The stories of a message."""
    return [story["title"] for story in json.loads(body)["stories"]]


ONE, TWO = "SPUN one", "SPUN two"


class TestWebhook:
    """An address that takes JSON."""

    def test_what_is_new_is_posted_once(self, desk: Desk) -> None:
        """With facts and counts; not the clean and the suspect; nothing when nothing is new."""
        assert notify(desk, ONE, "clean words", "SUSPECT words", "FAULT", options=("--allow-errors",)) == 0
        assert notify(desk, ONE, "clean words") == 0
        assert notify(desk, ONE, TWO) == 0
        assert [titles(body) for _, body in desk.got] == [["Title of SPUN one"], ["Title of SPUN two"]]
        first = json.loads(desk.got[0][1])
        assert (first["schema"], first["id"], first["more"]) == ("unspin.news/1", desk.got[0][0], 0)
        assert first["run"] == {"new": 4, "flagged": 2, "errors": 1}
        assert first["title"] == "1 new story to read: 1 spun"
        assert first["caution"] == "1 in 200 human articles is wrongly labelled spun. Read each story before you act."

    def test_what_the_store_held_before_is_not_new(self, desk: Desk) -> None:
        """A desk that begins to listen is not flooded."""
        feed(ONE)
        run()
        notify(desk, ONE, TWO)
        assert [titles(body) for _, body in desk.got] == [["Title of SPUN two"]]

    def test_suspect_stories_on_request(self, desk: Desk) -> None:
        """As --fail-on says."""
        notify(desk, "SUSPECT words", options=("--fail-on", "suspect"))
        assert [titles(body) for _, body in desk.got] == [["Title of SUSPECT words"]]

    def test_near_duplicates_are_one_story(self, desk: Desk) -> None:
        """One story on many sites is listed once."""
        story = "SPUN " + " ".join(f"word{n}" for n in range(300))
        notify(desk, story, f"{story} more")
        (only,) = json.loads(desk.got[0][1])["stories"]
        assert only["copies"] == 1

    def test_no_article_text_unless_asked(self, desk: Desk) -> None:
        """Not even the marked words."""
        feed("SPUN quokkas", title="T")
        run("--notify", desk.url, "--keep-text")
        feed("SPUN wombats", title="T")
        run("--notify", desk.url, "--keep-text", "--notify-text")
        silent, open_ = (body for _, body in desk.got)
        assert b"SPUN" not in silent
        assert b"quokkas" not in silent
        assert json.loads(open_)["stories"][0]["wordings"] == [{"text": "SPUN", "expected": ["better"]}]
        assert b"wombats" not in open_

    @pytest.mark.parametrize("answers", [[500, 503, 200], [429], [(429, {"Retry-After": "0"})], ["drop"], [502]])
    def test_a_failure_that_passes(self, desk: Desk, answers: list[object]) -> None:
        """The same message with the same key comes again, and then no more."""
        desk.answers += answers
        assert notify(desk, ONE) == 0
        assert notify(desk, ONE) == 0
        assert len(set(desk.got)) == 1
        assert len(desk.got) == len(answers) + (answers[-1] != 200)

    @pytest.mark.parametrize(
        "answers", [[500] * 3, [404], [(429, {"Retry-After": "3600"})], [(302, {"Location": "/x"})]]
    )
    def test_a_refusal_is_told_and_made_good(self, desk: Desk, capsys: Capture, answers: list[object]) -> None:
        """Exit code 2 and a sentence without the secret; the next message holds everything."""
        desk.answers += answers
        assert notify(desk, ONE) == 2
        said = capsys.readouterr().err
        assert "the address of --notify at 127.0.0.1" in said
        assert "will be in the message of the next run" in said
        assert "SECRET" not in said
        assert len(desk.got) == len(answers)
        assert notify(desk, ONE, TWO) == 0
        assert sorted(titles(desk.got[-1][1])) == ["Title of SPUN one", "Title of SPUN two"]
        assert all("x" not in path for path in desk.paths)

    @pytest.mark.parametrize(("how", "limit"), [("hang", "_ANSWER_SECONDS"), ("drip", "_WHOLE_SECONDS")])
    def test_a_server_that_hangs(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: Capture, how: str, limit: str
    ) -> None:
        """Is not waited for, even if it sends a byte now and then; later it gets the same message again."""
        monkeypatch.setattr(f"detector.audit.delivery.{limit}", 0.5)
        desk.answers += [how] * 3
        assert notify(desk, ONE) == 2
        assert "did not answer in time" in capsys.readouterr().err
        monkeypatch.setattr(outbox, "LEASE_SECONDS", -1)
        assert notify(desk, ONE, TWO) == 0
        assert len(set(desk.got[:4])) == 1
        assert [titles(body) for _, body in desk.got[3:]] == [["Title of SPUN one"], ["Title of SPUN two"]]

    def test_nobody_there(self, capsys: Capture) -> None:
        """The sentence names the host alone, and the store keeps no address."""
        feed(ONE)
        assert run("--notify", "http://127.0.0.1:9/SECRET") == 2
        said = capsys.readouterr().err
        assert "cannot be reached (connection)" in said
        assert "SECRET" not in said
        assert b"SECRET" not in Path("audit.sqlite").read_bytes()

    def test_the_proxy_of_the_environment_is_used(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """As by every other program."""
        monkeypatch.setenv("http_proxy", desk.url)
        monkeypatch.delenv("no_proxy", raising=False)
        feed(ONE)
        assert run("--notify", "http://desk.example/hook") == 0
        assert desk.paths == ["http://desk.example/hook"]

    @pytest.mark.parametrize("url", ["SECRET", "ftp://h/SECRET", "https:///SECRET", "http://h:x/SECRET"])
    def test_what_is_no_address(self, url: str, capsys: Capture) -> None:
        """Is refused before the audit, and not repeated, because it may be a secret."""
        feed(ONE)
        assert run("--notify", url) == 2
        said = capsys.readouterr().err
        assert "takes a whole web address" in said
        assert "SECRET" not in said
        assert not Path("audit.sqlite").exists()

    def test_the_address_may_stand_in_the_environment(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where lists of processes do not show it."""
        monkeypatch.setenv("UNSPIN_NOTIFY", desk.url)
        feed(ONE)
        assert run() == 0
        assert len(desk.got) == 1


class TestCards:
    """Slack and Teams, which recognise no repetitions."""

    def test_slack(self, desk: Desk) -> None:
        """Names stand in elements that Slack shows literally."""
        feed(ONE, title="<!channel> *x*", url="https://e.example/a|b")
        run("--notify", desk.url, "--notify-format", "slack")
        card = json.loads(desk.got[0][1])
        assert card["text"] == "1 new story to read: 1 spun"
        (link, facts) = card["blocks"][1]["elements"][0]["elements"]
        assert link == {"type": "link", "url": "https://e.example/a|b", "text": "<!channel> *x*"}
        assert facts["text"].startswith("\nspun - e.example")

    def test_teams(self, desk: Desk) -> None:
        """A name that would be Markdown stays as it is; an address that is no web address is no link."""
        feed(ONE, title="[x](https://evil.example)", url="javascript:alert(1)")
        run("--notify", desk.url, "--notify-format", "teams")
        card = json.loads(desk.got[0][1])["attachments"][0]["content"]
        assert card["body"][1] == {
            "type": "RichTextBlock",
            "inlines": [{"type": "TextRun", "text": "[x](https://evil.example)", "weight": "Bolder"}],
        }

    @pytest.mark.parametrize("answers", [["drop"], [504]])
    def test_what_may_have_arrived_is_not_sent_again(self, desk: Desk, capsys: Capture, answers: list[object]) -> None:
        """But somebody hears of it; what is new later comes as usual."""
        desk.answers += answers
        assert notify(desk, ONE, options=("--notify-format", "slack")) == 2
        assert "may have arrived. It is not sent again" in capsys.readouterr().err
        assert notify(desk, ONE, TWO, options=("--notify-format", "slack")) == 0
        assert len(desk.got) == 2
        assert b"one" not in desk.got[1][1]

    def test_a_long_list_fits(self, desk: Desk) -> None:
        """Teams takes 28 KB."""
        notify(desk, *(f"SPUN {n} " + "x" * 300 for n in range(60)), options=("--notify-format", "teams"))
        assert len(desk.got[0][1]) < 28_000
        assert b"40 more in the report of audit.sqlite" in desk.got[0][1]


def opened(path: Path) -> Any:  # noqa: ANN401 - the stubs of mails differ between versions
    """A mail."""
    return message_from_bytes(path.read_bytes(), policy=default)


class TestMail:
    """A file, a folder, sendmail."""

    def test_a_file_is_a_whole_mail(self) -> None:
        """Text and HTML, escaped; replaced by the next one."""
        feed(ONE, title="Über <b>\nx")
        assert run("--mail", "new.eml") == 0
        mail = opened(Path("new.eml"))
        assert mail["Subject"] == "unspin: 1 new story to read: 1 spun"
        text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert "Über <b> " in text
        assert "Über &lt;b&gt;" in html
        feed(TWO)
        assert run("--mail", "new.eml") == 0
        assert "two" in Path("new.eml").read_text(encoding="utf-8")

    def test_a_folder_gets_one_file_for_each(self) -> None:
        """So that no mail is lost."""
        Path("out").mkdir()
        for text in (ONE, TWO):
            feed(text)
            assert run("--mail", "out") == 0
        assert len(list(Path("out").glob("*.eml"))) == 2

    def test_a_file_of_somebody_else_is_left_alone(self, capsys: Capture) -> None:
        """Refused before the audit."""
        feed(ONE)
        assert run("--mail", "feed.jsonl") == 2
        assert "not a mail that unspin wrote" in capsys.readouterr().err

    @pytest.mark.parametrize(("code", "again"), [(0, False), (1, True), (75, False)])
    def test_sendmail(self, code: int, again: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        """It gets the mail on standard input. After a clear failure, the next run tells everything."""
        program = Path("bin/sendmail")
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\necho "$@" >> args; cat > mail.$(wc -l < args); exit {code}\n', encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent.resolve()}:{os.environ['PATH']}")
        feed(ONE)
        assert run("--mail", "a@example.org, b@example.org") == (2 if code else 0)
        assert Path("args").read_text(encoding="utf-8") == "-i -- a@example.org b@example.org\n"
        assert opened(Path("mail.1"))["To"] == "a@example.org, b@example.org"
        run("--mail", "a@example.org, b@example.org")
        assert Path("mail.2").exists() == again

    def test_an_address_that_is_an_option(self, capsys: Capture) -> None:
        """Is refused."""
        feed(ONE)
        assert run("--mail=-Cevil@example.org") == 2
        assert "one of the addresses is none" in capsys.readouterr().err


COMMAND = [sys.executable, str(Path(__file__).parent / "fakes" / "news_script.py")]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 on this system")
@pytest.mark.parametrize("form", ["json", "slack"])
def test_kill_9_between_sending_and_noting(
    desk: Desk, form: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """The receiver has the message, and the store does not know it."""
    desk.answers.append("hang")
    feed(ONE)
    process = subprocess.Popen([*COMMAND, desk.url, form])
    until = time.monotonic() + 120
    while not desk.got:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    process.kill()
    process.wait()
    # Within the lease, another process may still be at it.
    assert notify(desk, ONE, options=("--notify-format", form)) == 0
    assert len(desk.got) == 1
    monkeypatch.setattr(outbox, "LEASE_SECONDS", -1)
    if form == "json":
        assert notify(desk, ONE) == 0
        assert desk.got[0] == desk.got[1]  # the same key: the receiver knows it has it
    else:
        assert notify(desk, ONE, options=("--notify-format", form)) == 2
        assert "an earlier message may not have arrived" in capsys.readouterr().err
        assert len(desk.got) == 1
    seen = len(desk.got)
    assert notify(desk, ONE, TWO, options=("--notify-format", form)) == 0
    assert len(desk.got) == seen + 1
    with Store.open("audit.sqlite", read_only=True) as store:
        assert store.connection.exec_driver_sql("SELECT count(*) FROM messages WHERE outcome IS NULL").fetchone() == (
            0,
        )
