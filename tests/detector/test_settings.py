"""Where LanguageTool is: arguments before environment before file, and mistakes named."""

from pathlib import Path

import pytest

from detector.errors import GrammarError
from detector.settings import (
    HOME_VARIABLE,
    SERVER_VARIABLE,
    LanguageToolSettings,
    config_file,
    languagetool,
    languagetool_status,
    read_settings,
)

FILE = '[languagetool]\nserver = "http://file:1"\nstart_seconds = 5\ncheck_seconds = 7.5\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A settings file that sets everything but the home."""
    path = tmp_path / "config.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_without_any_setting_there_are_defaults(tmp_path: Path) -> None:
    """No file and an empty environment are fine."""
    assert read_settings(environment={}, file=tmp_path / "none.toml") == LanguageToolSettings()


def test_the_file_is_read(file: Path) -> None:
    """It sets the server and the limits."""
    assert read_settings(environment={}, file=file) == LanguageToolSettings("http://file:1", None, 5.0, 7.5)


def test_the_environment_goes_before_the_file(file: Path) -> None:
    """A home named there silences the server of the file; the limits stay."""
    found = read_settings(environment={HOME_VARIABLE: "/opt/lt"}, file=file)

    assert found == LanguageToolSettings(None, Path("/opt/lt"), 5.0, 7.5)


def test_arguments_go_before_the_environment(file: Path) -> None:
    """What the user types now wins."""
    found = read_settings("http://typed:3", environment={SERVER_VARIABLE: "http://variable:2"}, file=file)

    assert found == LanguageToolSettings("http://typed:3", None, 5.0, 7.5)


def test_an_empty_variable_is_no_setting(file: Path) -> None:
    """A variable set to nothing is as good as unset."""
    assert read_settings(environment={SERVER_VARIABLE: ""}, file=file).server == "http://file:1"


@pytest.mark.parametrize("variable", ["XDG_CONFIG_HOME", "APPDATA"])
def test_the_file_is_in_the_users_folder_for_settings(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system has it."""
    monkeypatch.setattr("sys.platform", "win32" if variable == "APPDATA" else "linux")

    assert config_file({variable: str(tmp_path)}) == tmp_path / "unspin" / "config.toml"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[languagetool", "cannot be read"),
        ("languagetool = 3", "no table"),
        ("[languagetool]\nsever = 'x'", "sever"),
        ("[languagetool]\nserver = 3", "quotes"),
        ("[languagetool]\ncheck_seconds = 0", "above 0"),
        ("[languagetool]\ncheck_seconds = inf", "above 0"),
        ("[languagetool]\nstart_seconds = 'long'", "above 0"),
        ("[languagetool]\nstart_seconds = true", "above 0"),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, complaint: str, file: Path) -> None:
    """The message names the file and what is wrong in it."""
    file.write_text(text, encoding="utf-8")

    with pytest.raises(GrammarError, match=complaint) as caught:
        read_settings(environment={}, file=file)
    assert str(file) in str(caught.value)


def test_a_file_that_is_no_text_is_named(file: Path) -> None:
    """Bytes that are no UTF-8 are a mistake like another."""
    file.write_bytes(b"\xff\xfe[")

    with pytest.raises(GrammarError, match="cannot be read"):
        read_settings(environment={}, file=file)


@pytest.mark.parametrize("server", ["https://api.languagetool.org", "ftp://desk"])
def test_a_server_that_cannot_be_used_is_refused_before_any_check(server: str) -> None:
    """The user hears of it at once."""
    with pytest.raises(GrammarError):
        languagetool(LanguageToolSettings(server=server))


def test_a_home_without_languagetool_is_refused_before_any_check(tmp_path: Path) -> None:
    """The user hears of it at once."""
    with pytest.raises(GrammarError, match="no LanguageTool in"):
        languagetool(LanguageToolSettings(home=tmp_path))
    assert not languagetool_status(LanguageToolSettings(home=tmp_path)).ready


def test_the_checker_gets_the_settings() -> None:
    """Address and limits arrive; nothing is asked yet."""
    checker = languagetool(LanguageToolSettings("http://127.0.0.1:9", None, 5.0, 7.5))

    assert (checker.address, checker.start_seconds, checker.check_seconds) == ("http://127.0.0.1:9/", 5.0, 7.5)
