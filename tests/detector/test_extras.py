"""The doctor says which extras are there, and what to do about the others."""

import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from detector.cli.doctor import extra_part
from detector.cli.extras import PURPOSES, packages_of

PYPROJECT = Path(__file__).resolve().parent.parent.parent / "pyproject.toml"


def test_every_extra_has_a_purpose() -> None:
    """An extra that nobody explains is one that nobody installs."""
    declared = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(PURPOSES) == set(declared)


@pytest.mark.parametrize("extra", sorted(PURPOSES))
def test_an_installed_extra_is_ready(extra: str) -> None:
    """The tests run with all extras but the heavy ones, so every one is found."""
    part = extra_part(extra)
    if extra == "reader-train" and not part.ready:
        pytest.skip(f"the extra {extra} is not installed")
    assert part.ready
    assert part.advice == ""


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The advice can be copied as it stands."""
    monkeypatch.setattr(metadata, "requires", lambda _: ['no-such-package>=1; extra == "serve"', "numpy"])
    part = extra_part("serve")
    assert not part.ready
    assert not part.needed
    assert part.found == "without no-such-package"
    assert "pip install 'unspin[serve]'" in part.advice


def test_markers_beside_the_extra_do_not_hide_it() -> None:
    """A requirement may hold for some systems only, in any order."""
    lines = ['a>=1; sys_platform == "linux" and extra == "audit"', "b; extra == 'audit'", 'c; extra == "serve"']
    assert packages_of("audit", lines) == ["a", "b"]
