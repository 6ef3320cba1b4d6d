"""Whatever is given to `unspin check`: a verdict, an abstention, or one sentence and exit code 2; never a traceback."""

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from detector.cli import Exit, main

Check = Callable[..., tuple[int, str, str]]

STORY = "river-board-talks.spun-dictionary.txt"
FRENCH = (
    "Les deux parties sont convenues de se revoir en mai, mais personne n'a voulu dire où la rencontre aurait lieu. "
    "Le ministère des Transports a indiqué mardi que les négociations sur le dragage du fleuve reprendraient dans la "
    "capitale, après quatre mois de silence entre les deux rives.\n\n"
) * 4
POEM = (
    """\
The river took the summer down
In boats of willow leaf,
And left upon the sleeping town
A light as thin as grief.

I heard the bargemen on the stair,
I heard the water turn,
And all the lamps along the square
Were slow to fade and burn.

"""
    * 6
)
PRICES = "".join(f"{name}\t{price:.2f}\t{price * 1.2:.2f}\n" for price, name in enumerate(
    ["Item", "Copper", "Nickel", "Zinc", "Lead", "Tin", "Aluminium", "Iron ore", "Cobalt", "Silver", "Gold"] * 12
))  # fmt: skip
QUOTES = (
    "“We will meet again when the water falls,” he said.\n\n“It is what the ports have asked us for since May.”\n\n"
    * 20
)
SCRIPT = "document.write('The board stated it had accepted to pay')"


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Check:
    """Write a file and check it; gives exit code, standard output, standard error."""

    def call(content: str | bytes, *options: str, name: str = "story.txt") -> tuple[int, str, str]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        code = main(["check", str(path), *options])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def verdict(check: Check, content: str | bytes, name: str = "story.txt") -> dict[str, Any]:
    """The answer as JSON, with its text."""
    code, out, _ = check(content, "--json", "--include-text", name=name)
    answer: dict[str, Any] = json.loads(out)
    assert code == (Exit.FLAGGED if answer["label"] == "spun" else Exit.NOTHING_FLAGGED)
    return answer


def one_sentence(answer: tuple[int, str, str], about: str = "story.txt") -> str:
    """Exit code 2, nothing on standard output, and one line on standard error that names what is wrong."""
    code, out, err = answer
    assert code == Exit.FAILED
    assert out == ""
    assert err.startswith("unspin: ")
    assert err.count("\n") == 1
    assert about in err
    return err


class TestRefused:
    """What cannot be read as an article."""

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            pytest.param(b"", "empty", id="empty file"),
            pytest.param(b" \n\t\n\r\n ", "no text", id="only white space"),
            pytest.param(b"\xef\xbb\xbf", "no text", id="only a byte order mark"),
            pytest.param("\u200b\u200d\u2060\n" * 50, "no text", id="only invisible characters"),
            pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "", id="a picture"),
            pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40, "PDF", id="a PDF"),
            pytest.param(b"\x7fELF" + bytes(range(256)) * 40, "program", id="a program"),
            pytest.param(b"The board said\0 on Monday\0 that talks ended.\0" * 40, "NUL", id="NUL bytes"),
            pytest.param(b"PK\x03\x04" + b"not a zip at all" * 40, "", id="a damaged .docx"),
        ],
    )
    def test_no_article(self, check: Check, content: str | bytes, said: str) -> None:
        """One sentence that names the file and says what is wrong with it."""
        assert said in one_sentence(check(content))

    def test_five_megabytes_of_text(self, check: Check, seeds: dict[str, str]) -> None:
        """An archive is no article."""
        story = seeds[STORY]
        text = (story + "\n\n") * (5_000_000 // len(story))
        assert "one article" in one_sentence(check(text))

    def test_as_json(self, check: Check) -> None:
        """A program that reads JSON gets the sentence there as well."""
        code, out, err = check(b"", "--json")
        assert code == Exit.FAILED
        assert json.loads(out)["error"] in err

    def test_missing(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        """A file that is not there, and a folder, are named."""
        for name, said in (("gone.txt", "does not exist"), ("", "folder")):
            code = main(["check", str(tmp_path / name)])
            out, err = capsys.readouterr()
            assert said in one_sentence((code, out, err), name or str(tmp_path))

    def test_a_whole_text(
        self, capsys: pytest.CaptureFixture[str], seeds: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A text in place of a file's name is told how it is checked."""
        # As in a new process, where the arguments are looked at before anything else.
        monkeypatch.delitem(sys.modules, "harper", raising=False)
        code = main(["check", seeds[STORY]])
        assert "`unspin check -`" in one_sentence((code, *capsys.readouterr()), seeds[STORY][:20])

    def test_an_empty_name(self, capsys: pytest.CaptureFixture[str]) -> None:
        """`unspin check "$FILE"` without a FILE says so, and not that something is a folder."""
        code = main(["check", ""])
        assert "empty" in one_sentence((code, *capsys.readouterr()), "name of the file")

    def test_a_closed_standard_input(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        """`unspin check - <&-` has nothing to read."""
        monkeypatch.setattr(sys, "stdin", None)
        code = main(["check", "-"])
        assert "closed" in one_sentence((code, *capsys.readouterr()), "Standard input")


class TestAbstention:
    """What can be read and not judged is said to be so, and accuses nobody."""

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("Mayor resigns today", id="three words"),
            pytest.param("x", id="one letter"),
            pytest.param(PRICES, id="only a table of prices"),
            pytest.param(POEM, id="poem"),
            pytest.param("? ! - *** 1 2 3 " * 200, id="only marks and digits"),
            pytest.param("🔥🚒 " * 400, id="only emoji"),
            pytest.param("a" * 5_000_000, id="five megabytes without a space"),
        ],
    )
    def test_too_short(self, check: Check, text: str) -> None:
        """No running prose, no verdict; the note says how much there was."""
        answer = verdict(check, text)
        assert answer["label"] == "too_short"
        assert answer["probability"] is None
        assert answer["note"]

    def test_all_capitals(self, check: Check, seeds: dict[str, str]) -> None:
        """A spun story in capitals is judged as the running prose that a person reads."""
        assert verdict(check, seeds[STORY].upper())["label"] == "spun"

    def test_only_quotes(self, check: Check) -> None:
        """Where everything stands in quotation marks, that is what is judged."""
        assert verdict(check, QUOTES)["label"] == "clean"

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(FRENCH, id="French"),
            pytest.param(
                "Совет сообщил в понедельник, что переговоры о судоходстве возобновятся в мае. " * 20, id="Russian"
            ),
            pytest.param("理事会は月曜日、川の浚渫に関する協議が五月に再開されると発表した。" * 30, id="Japanese"),
            pytest.param("أعلن المجلس يوم الاثنين أن المحادثات بشأن النهر ستستأنف في مايو المقبل. " * 20, id="Arabic"),
        ],
    )
    def test_not_english(self, check: Check, text: str) -> None:
        """Another language is no poor English."""
        answer = verdict(check, text)
        assert answer["label"] == "not_english"
        assert answer["probability"] is None

    @pytest.mark.parametrize("text", ["Mayor resigns today", FRENCH, POEM])
    def test_reports(self, check: Check, text: str, tmp_path: Path) -> None:
        """The report, the line and the page of an abstention are there like any other."""
        assert check(text, "--html", str(tmp_path / "page.html"))[0] == Exit.NOTHING_FLAGGED
        assert (tmp_path / "page.html").read_text("utf-8").rstrip().endswith("</html>")
        assert check(text, "--quiet")[1].count("\n") == 1


class TestStrangeButReadable:
    """A story is judged alike in whatever it is wrapped."""

    @pytest.fixture
    def plain(self, check: Check, seeds: dict[str, str]) -> dict[str, Any]:
        """The verdict on the story as it is."""
        return verdict(check, seeds[STORY])

    @pytest.mark.parametrize(
        "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", pytest.param("cp1252", id="cp1252")]
    )
    def test_encodings(self, check: Check, plain: dict[str, Any], seeds: dict[str, str], encoding: str) -> None:
        """The encoding changes nothing, down to the offsets."""
        answer = verdict(check, seeds[STORY].encode(encoding))
        assert {**answer, "text": ""} == {**plain, "text": ""}

    def test_broken_utf8(self, check: Check, plain: dict[str, Any], seeds: dict[str, str]) -> None:
        """A few damaged bytes cost a few characters and not the verdict."""
        content = bytearray(seeds[STORY].replace("'", "’").replace("-", "—").encode())
        damaged = [i for i, byte in enumerate(content) if byte == 0xE2][1]
        del content[damaged + 1]
        answer = verdict(check, bytes(content))
        assert answer["label"] == plain["label"]
        assert "\ufffd" in answer["text"]

    def test_html_with_scripts(self, check: Check, seeds: dict[str, str]) -> None:
        """Scripts, styles and comments are neither run nor read, and come back in no page."""
        paragraphs = "".join(f"<p>{line}</p>\n" for line in seeds[STORY].split("\n") if line)
        page = (
            f"<!doctype html><html><head><title>Talks</title><script>{SCRIPT}</script><style>p {{ color: red }}</style>"
            f'</head><body onload="alert(1)"><article>{paragraphs}<script>{SCRIPT}</script><!-- {SCRIPT} -->'
            f"<img src=x onerror=alert(1)></article></body></html>"
        )
        answer = verdict(check, page, name="story.html")
        assert answer["label"] == "spun"
        assert "document.write" not in answer["text"]
        assert "alert" not in answer["text"]
        _, out, _ = check(page, "--html", "-", name="story.html")
        assert "<script" not in out
        assert "onload" not in out

    def test_text_that_looks_like_a_page(self, check: Check, seeds: dict[str, str]) -> None:
        """Tags inside a plain text are text: the page shows them and runs nothing."""
        text = seeds[STORY].replace(".", """. "><b onmouseover=alert(1)> '</p>&""", 1)
        _, out, _ = check(text, "--html", "-")
        assert "<b " not in out
        assert "&gt;&lt;b " in out
        assert "&lt;/p&gt;&amp;" in out

    def test_markdown(self, check: Check, seeds: dict[str, str]) -> None:
        """Headings, links, code and raw HTML of a Markdown file are not read as prose."""
        text = seeds[STORY].replace("discussions", "[discussions](https://example.org/accepted-to)", 1)
        head = f"---\ntitle: Talks\n---\n\n# Talks\n\n<script>{SCRIPT}</script>\n\n```js\n{SCRIPT}\n```\n\n"
        answer = verdict(check, head + text, name="story.md")
        assert answer["label"] == "spun"
        assert "document.write" not in answer["text"]
        assert "example.org" not in answer["text"]

    def test_right_to_left_and_zero_width(self, check: Check, plain: dict[str, Any], seeds: dict[str, str]) -> None:
        """Names in Arabic, direction overrides and zero-width spaces get nobody off, and are marked."""
        words = seeds[STORY].split(" ")
        words[40] = "محمد العلي (שלום)"
        words[60] = f"\u202e{words[60]}\u202c"
        for at in range(80, 200, 7):
            word = words[at]
            words[at] = word[: len(word) // 2] + "\u200b" + word[len(word) // 2 :]
        text = " ".join(words)
        answer = verdict(check, text)
        assert answer["text"] == text
        assert answer["label"] in {plain["label"], "suspect"}
        hidden = [mark for mark in answer["evidence"] if mark["feature"] == "hidden_characters"]
        assert any("\u200b" in text[mark["start"] : mark["end"]] for mark in hidden)

    def test_homoglyphs(self, check: Check, plain: dict[str, Any], seeds: dict[str, str]) -> None:
        """Cyrillic letters inside English words change no label and are told."""
        text = seeds[STORY].replace("discussions", "disсussions").replace("the ", "thе ")
        answer = verdict(check, text)
        assert answer["label"] == plain["label"]
        hidden = [mark for mark in answer["evidence"] if mark["feature"] == "hidden_characters"]
        assert any("cyrillic" in mark["message"].lower() for mark in hidden)
        assert [s["start"] for s in answer["sentences"]] == [s["start"] for s in plain["sentences"]]

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda text: text.replace("\n", "\r\n"), id="CRLF"),
            pytest.param(lambda text: text.replace("\n", "\r"), id="CR"),
            pytest.param(lambda text: text.replace("\n", "\u2028"), id="line separators"),
            pytest.param(lambda text: text.replace(" ", "\u00a0"), id="no-break spaces"),
            pytest.param(lambda text: text.replace("\n", "\n\n\n\n\n"), id="many empty lines"),
            pytest.param(lambda text: text + "!" * 20_000, id="a row of marks"),
            pytest.param(lambda text: text + "(" * 5_000 + "“" * 5_000, id="open brackets and quotes"),
            pytest.param(lambda text: text + "\n" + "e\u0301" * 100, id="combining accents"),
            pytest.param(lambda text: text + "\n" + "a" * 50_000, id="an endless word"),
        ],
    )
    def test_layout(self, check: Check, seeds: dict[str, str], change: Callable[[str], str]) -> None:
        """However it is laid out, and whatever hangs at its end, the story is judged."""
        text = change(seeds[STORY])
        answer = verdict(check, text)
        assert answer["label"] in {"spun", "suspect"}
        for mark in answer["evidence"]:
            assert 0 <= mark["start"] < mark["end"] <= len(text)


class Server(BaseHTTPRequestHandler):
    """A LanguageTool server that is none."""

    answer: Callable[["Server"], None]

    def do_GET(self) -> None:
        """Answer as told."""
        with suppress(OSError):
            type(self).answer(self)

    do_POST = do_GET  # noqa: N815 - http.server's name

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _send(body: bytes, code: int = 200) -> Callable[[Server], None]:
    def answer(server: Server) -> None:
        server.send_response(code)
        server.send_header("Content-Length", str(len(body)))
        server.end_headers()
        server.wfile.write(body)

    return answer


def _hang_up(server: Server) -> None:
    server.connection.shutdown(socket.SHUT_RDWR)


class TestLanguageTool:
    """A grammar server that fails is told in one sentence; it neither hangs the command nor clears the article."""

    @pytest.fixture(autouse=True)
    def _patience(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The user's settings file gives a server half a second."""
        folder = tmp_path / "settings" / "unspin"
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text("[languagetool]\ncheck_seconds = 0.5\nstart_seconds = 0.5\n", "utf-8")
        for name in ("XDG_CONFIG_HOME", "APPDATA"):
            monkeypatch.setenv(name, str(folder.parent))
        monkeypatch.delenv("UNSPIN_LANGUAGETOOL_SERVER", raising=False)

    @pytest.fixture
    def serve(self) -> Iterator[Callable[[Callable[[Server], None]], str]]:
        """Start a server that answers as told; gives its address."""
        servers: list[ThreadingHTTPServer] = []

        def start(answer: Callable[[Server], None]) -> str:
            handler = type("Told", (Server,), {"answer": staticmethod(answer)})
            servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
            threading.Thread(target=servers[-1].serve_forever, args=(0.02,), daemon=True).start()
            return f"http://127.0.0.1:{servers[-1].server_port}"

        yield start
        for server in servers:
            server.shutdown()
            server.server_close()

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(_send(b""), id="nothing"),
            pytest.param(_send(b"<html>Welcome to nginx!</html>"), id="a web page"),
            pytest.param(_send(b'{"matches": 3}'), id="JSON of another shape"),
            pytest.param(_send(b"[]"), id="an empty list"),
            pytest.param(_send(b"\xff\xfe\x00\x01" * 100), id="noise"),
            pytest.param(_send(b"Internal Server Error", 500), id="an error"),
            pytest.param(_send(b"Not here", 404), id="not found"),
            pytest.param(_hang_up, id="hangs up"),
            pytest.param(lambda _: time.sleep(2), id="slow"),
        ],
    )
    def test_answers_nonsense(
        self, check: Check, seeds: dict[str, str], serve: Callable[..., str], answer: Callable[[Server], None]
    ) -> None:
        """A server that is slow, broken or no LanguageTool is named."""
        address = serve(answer)
        one_sentence(check(seeds[STORY], "--languagetool-server", address), address.removeprefix("http://"))

    def test_down(self, check: Check, seeds: dict[str, str]) -> None:
        """A port on which nobody listens."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{taken.getsockname()[1]}"
        one_sentence(check(seeds[STORY], "--languagetool-server", f"http://{address}"), address)

    @pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999"])
    def test_no_address(self, check: Check, seeds: dict[str, str], address: str) -> None:
        """An address that is none is quoted."""
        one_sentence(check(seeds[STORY], "--languagetool-server", address), address)
