"""Reads the invented stories of ``seeds/texts`` and their rewrites as tables. The notebooks use no other data."""

import random
from pathlib import Path

import pandas as pd

from detector.lab.spinners import Edit, write

FOLDER = Path(__file__).resolve().parents[1] / "seeds" / "texts"


def read_stories() -> pd.DataFrame:
    """Returns one row a text: ``name``, ``story`` (shared by original and rewrite), ``kind``, ``rewrite``, ``text``."""
    index = pd.read_csv(FOLDER / "index.tsv", sep="\t")
    return pd.DataFrame(
        {
            "name": index["name"],
            "story": index["pair"].fillna(index["name"]).str.removesuffix(".txt"),
            "kind": index["kind"],
            "rewrite": index["kind"] != "clean",
            "text": [(FOLDER / name).read_text(encoding="utf-8") for name in index["name"]],
        }
    )


def read_gold(name: str) -> pd.DataFrame:
    """Returns an editor's marks in a rewrite: ``start``, ``end``, ``span``, ``likely_original``, ``kind``."""
    return pd.read_csv(FOLDER / name.replace(".txt", ".gold.tsv"), sep="\t", keep_default_na=False)


def take_back(text: str, gold: pd.DataFrame, share: float, rng: random.Random) -> str:
    """Returns a lighter rewrite: a share of the marked wordings is replaced by the originals."""
    marks = rng.sample(list(gold.itertuples()), round(share * len(gold)))
    return write(text, [Edit(mark.start, mark.end, mark.likely_original) for mark in marks]).text
