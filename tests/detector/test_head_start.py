"""The head start is given where Harper will be asked, and nowhere else."""

import subprocess
import sys
from pathlib import Path

import pytest

from detector.cli.head_start import will_use_harper


@pytest.fixture
def story(tmp_path: Path) -> str:
    """An article's file."""
    path = tmp_path / "story.txt"
    path.write_text("The council said on Monday that it had agreed.", encoding="utf-8")
    return str(path)


def test_an_article_that_is_there_needs_the_dictionary(story: str) -> None:
    """A file, standard input and an address are checked with Harper unless something else is named."""
    assert will_use_harper(["check", story])
    assert will_use_harper(["check", "--json", "-"])
    assert will_use_harper(["check", "https://example.org/a.html"])


@pytest.mark.parametrize(
    "more", [["--grammar", "none"], ["--grammar=languagetool"], ["--languagetool-server", "http://127.0.0.1"], ["-h"]]
)
def test_no_dictionary_is_loaded_for_another_checker_or_for_help(story: str, more: list[str]) -> None:
    """Whoever names a checker, or asks for help, does not wait for Harper."""
    assert not will_use_harper(["check", story, *more])


def test_a_file_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    """The sentence about a missing file must not wait for a dictionary that nobody will use."""
    assert not will_use_harper(["check", str(tmp_path / "none.txt")])
    assert not will_use_harper(["doctor"])
    assert not will_use_harper([])


def test_a_whole_text_is_no_file() -> None:
    """An article given in place of its file's name is told by the check, and must not end the command here."""
    assert not will_use_harper(["check", "The council voted. " * 100])
    assert not will_use_harper(["check", "a\0b"])


def test_a_check_has_loaded_harper_before_the_command_line_is_parsed(story: str) -> None:
    """The dictionary loads beside the other imports: when Typer is asked for, Harper has been asked for."""
    code = (
        "import sys\n"
        "class Watch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'typer':\n"
        "            import threading\n"
        "            print(len(threading.enumerate()) > 1 or 'harper' in sys.modules)\n"
        "sys.meta_path.insert(0, Watch())\n"
        "from detector.cli import main\n"
        f"main(['check', {story!r}, '--quiet'])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[0] == "True"
