"""What tests of every folder may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("unspin", deadline=None)
settings.load_profile("unspin")

CLONE = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of data that cannot be committed, beside the clone; read-only."""
    folder = CLONE.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared, with data that cannot be committed, is not beside the clone")
    return folder


@pytest.fixture(scope="session")
def languagetool_server() -> str:
    """Give the address of a running LanguageTool server, as .ci/run exports it."""
    address = os.environ.get("UNSPIN_LANGUAGETOOL_SERVER", "")
    if not address:
        pytest.skip("no LanguageTool server: UNSPIN_LANGUAGETOOL_SERVER holds no address")
    return address


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeat what failed before the tests began, so that a green closing line misleads nobody."""
    if failed := os.environ.get("UNSPIN_FAILED_GATES", ""):
        terminalreporter.section("failed before the tests", red=True)
        terminalreporter.write_line(f"{failed}: see above")
