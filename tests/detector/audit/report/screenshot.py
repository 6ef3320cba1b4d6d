"""Takes the picture of docs/report.md anew. A script, no test: ``python tests/detector/audit/report/screenshot.py``.

Our own seed articles stand under invented outlets: one that lives on rewrites, two that ran some, two that ran none.
"""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[4]
TEXTS = ROOT / "seeds" / "texts"
PICTURE = ROOT / "docs" / "audit-report.png"
COLOURS = 224
MILL, HONEST = "Quick News Mill", ("Coast & County", "Meridian Agency", "The Valley Post", "Harbour Courier")


def feed() -> list[dict[str, str]]:
    """A month of five outlets: all seed articles, two of them printed twice, and one note that is too short."""
    spun = sorted(TEXTS.glob("*.spun-*.txt"))
    clean = [path for path in sorted(TEXTS.glob("*.txt")) if path not in spun]
    honest = [HONEST[number % len(HONEST)] for number in range(len(clean))]
    placed = [*zip(clean, honest, strict=True), *((path, MILL) for path in spun[3:])]
    placed += [(spun[0], HONEST[0]), (spun[1], HONEST[0]), (spun[2], HONEST[1])]
    placed += [(clean[0], HONEST[2]), (clean[1], HONEST[3])]
    rows = []
    for number, (path, outlet) in enumerate(placed):
        title, _, body = path.read_text(encoding="utf-8").partition("\n")
        day = 1 + number * 5 % 27
        rows.append({"outlet": outlet, "date": f"2026-11-{day:02}", "title": title, "text": body.strip()})
    return [*rows, {"outlet": HONEST[3], "date": "2026-11-28", "title": "In brief", "text": "The ferry is late."}]


def main() -> None:
    """Audit the feed, make the report, and take its picture with few colours."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    browsers = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, browsers)))
    with TemporaryDirectory() as made, sync_playwright() as driver:
        folder = Path(made)
        (folder / "feed.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in feed()), encoding="utf-8")
        unspin = [sys.executable, "-m", "detector"]
        # 1 is the exit code of an audit that found something.
        for command in (
            ["audit", "feed.jsonl", "--store", "audit.sqlite", "--keep-text", "--quiet"],
            ["report", "audit.sqlite", "--html", "report.html"],
        ):
            if subprocess.run([*unspin, *command], cwd=folder, check=False).returncode > 1:
                sys.exit(f"unspin {' '.join(command)} failed.")
        browser = driver.chromium.launch(executable_path=path, headless=True, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1180, "height": 1900})
        page.goto((folder / "report.html").as_uri())
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        browser.close()
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
