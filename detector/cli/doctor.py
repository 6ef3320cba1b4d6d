"""``unspin doctor``: which parts are ready, and what to do about the rest."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib.resources import as_file, files
from typing import Annotated

import typer

from detector.extras import PURPOSES, missing_from, remedy

_OLDEST_PYTHON = (3, 11)
_OLDEST_JAVA = 17
_JAVA_SECONDS = 10


@dataclass(frozen=True)
class Part:
    """One part of unspin and its state.

    Parameters
    ----------
    needed : bool
        Whether ``unspin check`` with its default settings needs it.
    advice : str
        What to do if it is not ready; "" if it is.
    """

    name: str
    ready: bool
    needed: bool
    found: str
    advice: str = ""


def doctor(*, json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False) -> int:
    """Say which parts are ready and what to do about the rest.

    Exit code 2 if a part that unspin check needs is not ready.
    """
    from detector.cli.exit import Exit

    parts = list(examine())
    ready = all(part.ready for part in parts if part.needed)
    if json:
        from detector.render.data import dump

        print(dump({"schema": "unspin.doctor/1", "ready": ready, "parts": [asdict(part) for part in parts]}))
    else:
        for part in parts:
            print(line(part))
        print()
        print("unspin check is ready." if ready else "unspin check is not ready. See the lines marked with !!")
    return Exit.NOTHING_FLAGGED if ready else Exit.FAILED


def line(part: Part) -> str:
    """Returns a part in one or two lines.

    >>> print(line(Part("Java", False, False, "not found", "Install Java 17 or newer.")))
    --  Java: not found
        Install Java 17 or newer.
    """
    sign = "ok" if part.ready else "!!" if part.needed else "--"
    advice = f"\n    {part.advice}" if part.advice else ""
    return f"{sign}  {part.name}: {part.found}{advice}"


def examine() -> Iterator[Part]:
    """Yield every part. A part whose check raises is not ready."""
    yield python_part()
    yield _guarded("Model", model_part, needed=True)
    yield _guarded("Tables", tables_part, needed=True)
    yield _guarded("Harper", harper_part, needed=True)
    yield java_part()
    yield languagetool_part()
    for extra in PURPOSES:
        yield _guarded(f"Extra {extra}", partial(extra_part, extra), needed=False)


def _guarded(name: str, examine_part: Callable[[], Part], *, needed: bool) -> Part:
    try:
        return examine_part()
    except Exception as error:  # noqa: BLE001 - one broken part must not hide the others
        said = str(error).strip().splitlines()
        return Part(
            name,
            ready=False,
            needed=needed,
            found=f"cannot be used ({said[0] if said else type(error).__name__})",
            advice="Install unspin again." if needed else "",
        )


def python_part() -> Part:
    """Checks the Python that runs unspin."""
    ready = sys.version_info[:2] >= _OLDEST_PYTHON
    found = ".".join(map(str, sys.version_info[:3]))
    return Part("Python", ready, needed=True, found=found, advice="" if ready else "Use Python 3.11 or newer.")


def model_part() -> Part:
    """Checks the embedded model: opens it as ``unspin check`` does."""
    from detector.model import embedded

    model = embedded()
    return Part(
        "Model",
        ready=True,
        needed=True,
        found=f"{model.hash} of {model.manifest.created}, {len(model.manifest.columns)} columns, manifest and files as written",
    )


def tables_part() -> Part:
    """Checks every table that the model's manifest names against its hash.

    ``unspin check`` compares only the small tables: the large ones would add a second to every start.
    """
    from detector.model import beside, check_files, embedded

    manifest = embedded().manifest
    with as_file(files("features") / "tables") as folder:
        places = beside(manifest, folder)
        check_files(manifest.files, places)
        size = sum(path.stat().st_size for path in places.values())
    return Part(
        "Tables",
        ready=True,
        needed=True,
        found=f"{len(places)} files, {size / 1e6:.1f} MB on disk, hashes match the manifest",
    )


def harper_part() -> Part:
    """Checks the embedded grammar checker."""
    import harper  # noqa: F401 - a broken wheel fails here

    return Part("Harper", ready=True, needed=True, found=f"harper-py {_version('harper-py')}")


def _version(distribution: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return "of unknown version"


def java_part() -> Part:
    """Checks the Java that LanguageTool would use."""
    advice = f"Only LanguageTool needs it. To use --grammar languagetool, install Java {_OLDEST_JAVA} or newer."
    java = shutil.which("java")
    if java is None:
        return Part("Java", ready=False, needed=False, found="not found", advice=advice)
    try:
        answer = subprocess.run(  # noqa: S603 - the java found in PATH
            [java, "-version"], capture_output=True, text=True, timeout=_JAVA_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return Part("Java", ready=False, needed=False, found=f"{java} does not answer", advice=advice)
    number = java_version(answer.stderr + answer.stdout)
    ready = number is not None and number >= _OLDEST_JAVA
    found = f"version {number}" if number is not None else f"{java} does not tell its version"
    return Part("Java", ready, needed=False, found=found, advice="" if ready else advice)


def java_version(said: str) -> int | None:
    """Returns the major version in the output of ``java -version``.

    >>> java_version('openjdk version "17.0.12" 2024-07-16'), java_version('java version "1.8.0_412"')
    (17, 8)
    >>> java_version("no such thing") is None
    True
    """
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None


def languagetool_part(server: str | None = None) -> Part:
    """Checks LanguageTool, the second grammar checker, at an address or as set in the settings."""

    def ask() -> Part:
        from detector.settings import languagetool_status, read_settings

        answer = languagetool_status(read_settings(server))
        return Part(
            "LanguageTool",
            answer.ready,
            needed=False,
            found=answer.found,
            advice="" if answer.ready else _LANGUAGETOOL_ADVICE,
        )

    return _guarded("LanguageTool", ask, needed=False)


def extra_part(extra: str) -> Part:
    """Checks the packages of an extra, which only some commands need."""
    missing = missing_from(extra)
    advice = f"Needed only for {PURPOSES[extra]}. Run {remedy(extra)}. In a clone, start.py installs it by itself."
    found = f"missing {', '.join(missing)}" if missing else f"installed, for {PURPOSES[extra]}"
    return Part(f"Extra {extra}", not missing, needed=False, found=found, advice=advice if missing else "")


_LANGUAGETOOL_ADVICE = "Not needed. Harper checks grammar unless you ask for LanguageTool."
