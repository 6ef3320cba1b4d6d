"""Install unspin as users do, on the oldest and the newest supported Python of this machine, and try it.

python3 .ci/install.py

It builds the wheel and the source archive. It installs the wheel on the oldest Python and the archive on the newest, each
with its dependencies in a fresh environment outside the clone, and runs both commands there. The exit code is 0 if
everything worked. It needs the package index, some minutes and 1 GB of temporary disk, so .ci/run does not include it.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
STORY = CLONE / "seeds" / "texts" / "river-board-talks.spun-dictionary.txt"
OLDEST = (3, 11)
MOST_BYTES = 60_000_000


def main() -> int:
    """Try both Pythons and print the results."""
    pythons = supported()
    print("Supported Pythons here:", ", ".join(".".join(map(str, version)) for version in pythons))
    with tempfile.TemporaryDirectory() as folder:
        built = build(Path(folder))
        tried = {min(pythons): built[".whl"], max(pythons): built[".gz"]}
        worked = [try_out(pythons[version], archive, Path(folder)) for version, archive in tried.items()]
    return 0 if all(worked) else 1


def supported() -> dict[tuple[int, ...], str]:
    """Returns every supported Python of this machine, found in the path or installed by pyenv."""
    names = [shutil.which(f"python3.{minor}") for minor in range(OLDEST[1], OLDEST[1] + 10)]
    places = [sys.executable, *filter(None, names), *map(str, Path.home().glob(".pyenv/versions/3.*/bin/python"))]
    found: dict[tuple[int, ...], str] = {}
    for place in places:
        ask = [place, "-c", "import sys; print(*sys.version_info[:3])"]
        done = subprocess.run(ask, capture_output=True, text=True, check=False)
        version = tuple(map(int, done.stdout.split()))
        if version >= OLDEST:
            found.setdefault(version, place)
    return dict(sorted(found.items()))


def build(folder: Path) -> dict[str, Path]:
    """Build the wheel and the source archive; returns their paths by suffix."""
    make = [sys.executable, "-m", "pip", "--quiet", "install", "--target", str(folder / "tools"), "build", "hatchling"]
    subprocess.run(make, check=True)
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, CLONE],
        check=True,
        stdout=subprocess.DEVNULL,
        env={"PYTHONPATH": str(folder / "tools"), "PATH": "/usr/bin:/bin"},
    )
    return {path.suffix: path for path in folder.iterdir() if path.suffix in {".whl", ".gz"}}


def try_out(python: str, archive: Path, folder: Path) -> bool:
    """Install the archive into a fresh environment and judge a story there with both commands."""
    environment = folder / f"with-{archive.suffix.strip('.')}"
    subprocess.run([python, "-m", "venv", environment], check=True)
    own = environment / "bin" / "python"
    pip = [own, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--constraint", CLONE / "constraints.txt", archive], check=True)
    story = folder / "story.txt"
    shutil.copy(STORY, story)
    labels = []
    for command in ([str(environment / "bin" / "unspin")], [str(own), "-m", "detector"]):
        done = subprocess.run(
            [*command, "check", "--json", str(story)], capture_output=True, text=True, cwd=folder, check=False
        )
        labels.append(json.loads(done.stdout or "{}").get("label", done.stderr))
    worked = labels == ["spun", "spun"] and archive.stat().st_size < MOST_BYTES
    print(
        f"{python}: {archive.name} ({archive.stat().st_size / 1e6:.1f} MB): {', '.join(labels)}: {'ok' if worked else 'FAILED'}"
    )
    return worked


if __name__ == "__main__":
    sys.exit(main())
