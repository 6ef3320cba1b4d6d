# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Score an archive
#
# `unspin audit` checks whole feeds and archives and stores the results in an SQLite file. Here it checks an invented
# archive of three outlets. Then we read the store into a data frame. Which outlets stand out? Since when? How sure is
# that? What do the worst articles look like to a reader? **Outlets and dates are made up; the texts are our stories.**

# %%
import json
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from stories import read_gold, read_stories, take_back

from detector import Checker, Document, load_audit, plots
from detector.audit import Order, Store, audit
from detector.intervals import wilson

# %% [markdown]
# ## An archive
#
# The *Harbour Gazette* prints wire stories as they come. So does the *Ledger*, but from October on it prints rewrites
# of them. The *Morning Mirror* prints only rewrites, some of them light. All three print the same stories. An audit
# should count each story once.

# %%
stories = read_stories()
originals = stories[~stories.rewrite].set_index("story").text
rewrites = stories[stories.rewrite]
rng = random.Random(11)
folder = Path(tempfile.mkdtemp())


def lighter(name: str, text: str) -> str:
    """Returns a rewrite with a third of its marked wordings restored."""
    return take_back(text, read_gold(name), 1 / 3, rng)


def archive() -> list[dict[str, str]]:
    """Returns the articles of the three outlets."""
    found = []
    for number, (story, text) in enumerate(originals.items()):
        printed = date(2026, 8, 3) + timedelta(days=8 * number)
        versions = rewrites[rewrites.story == story]
        found.append({"outlet": "Harbour Gazette", "date": printed, "text": text})
        ledger = text if printed < date(2026, 10, 1) or versions.empty else versions.text.iloc[0]
        found.append({"outlet": "The Ledger", "date": printed + timedelta(days=1), "text": ledger})
        for name, rewritten in zip(versions.name, versions.text, strict=True):
            mirrored = lighter(name, rewritten) if number % 2 else rewritten
            found.append({"outlet": "Morning Mirror", "date": printed + timedelta(days=2), "text": mirrored})
    return found


articles = archive()
with (folder / "archive.jsonl").open("w", encoding="utf-8") as lines:
    for article in rng.sample(articles, len(articles)):
        title, _, _ = article["text"].partition("\n")
        lines.write(json.dumps({**article, "date": article["date"].isoformat(), "title": title}) + "\n")
    lines.write("this line is damaged\n")
print(len(articles), "articles and one damaged line")

# %% [markdown]
# ## The audit
#
# On the command line: `unspin audit archive.jsonl --store archive.sqlite --keep-text`. Running it again costs nothing,
# because it does not judge stored articles twice.

# %%
store_file = folder / "archive.sqlite"
done = list(audit([str(folder / "archive.jsonl")], store=store_file, keep_text=True, jobs=0))
again = list(audit([str(folder / "archive.jsonl")], store=store_file, keep_text=True, jobs=0))
print(f"{sum(row.verdict is not None for row in again)} articles were judged in the second run")
print("could not be read:", [(Path(row.source).name, row.error) for row in done if row.error])

# %% [markdown]
# ## The store as a data frame

# %%
frame = load_audit(store_file)
frame = frame[frame.error.isna()]
highest = frame.nlargest(6, "probability")[["outlet", "date", "title", "label", "probability", "marks"]]
highest.assign(date=highest.date.dt.date, probability=highest.probability.round(3))

# %% [markdown]
# ## Outlets
#
# Each dot is an article. Do not ask anybody about an article left of the lines.

# %%
_ = plots.scores_by_outlet(
    frame.outlet,
    frame.probability,
    threshold=frame.threshold.iloc[0],
    suspect_threshold=frame.suspect_threshold.iloc[0],
)

# %% [markdown]
# A share without its interval is gossip. Wilson's interval is honest about small numbers of articles. An outlet stands
# out only if the *lower* end lies far above the share of human copy that the model wrongly labels spun.

# %%
rate = next(row.verdict.spun_rate for row in done if row.verdict is not None)


def ranked(part: pd.DataFrame) -> pd.Series:
    """Returns the number of articles, the number labelled spun, and the 95% interval of the share."""
    share = wilson(int((part.label == "spun").sum()), len(part))
    return pd.Series(
        {
            "articles": len(part),
            "spun": int((part.label == "spun").sum()),
            "share": share.value,
            "from": share.low,
            "to": share.high,
            "stands out": share.low > 10 * rate,
        }
    )


outlets = pd.DataFrame({name: ranked(part) for name, part in frame.groupby("outlet", observed=True)}).T
outlets = outlets.infer_objects().sort_values("from", ascending=False)
print(f"About {rate:.2%} of human articles are wrongly labelled spun.")
outlets.round(2)

# %%
assert list(outlets.index[:1]) == ["Morning Mirror"]
assert outlets.loc["Harbour Gazette", "spun"] == 0

# %% [markdown]
# ## Time
#
# By month, with intervals. If they are as wide as here, the picture asks a question and does not answer it: *what
# happened at the Ledger in October?*

# %%
frame["month"] = frame.date.dt.tz_localize(None).dt.to_period("M")
figure, axes = plt.subplots(1, 3, figsize=(9, 2.6), sharey=True, layout="constrained")
for ax, (name, part) in zip(axes, frame.groupby("outlet", observed=True), strict=True):
    months = {str(month): wilson(int((rows.label == "spun").sum()), len(rows)) for month, rows in part.groupby("month")}
    shares = [share.value for share in months.values()]
    reach = [[s.value - s.low for s in months.values()], [s.high - s.value for s in months.values()]]
    ax.errorbar(list(months), shares, reach, fmt="o", color="#2b55a2", capsize=3)
    ax.set_title(name, fontsize=10)
    ax.tick_params(axis="x", rotation=40, labelsize=8)
_ = axes[0].set(ylabel="called spun, 95 % interval", ylim=(-0.03, 1.03))

# %% [markdown]
# ## The same story
#
# The audit recognises near-duplicates and gives them one `story`: one agency story on thirty sites is one story. A good
# rewrite is no longer a near-duplicate; a light one may be.

# %%
shared = frame.groupby("story").agg(printed=("outlet", "size"), outlets=("outlet", lambda o: ", ".join(sorted(set(o)))))
print(f"{len(frame)} articles are {frame.story.nunique()} stories by their wording; in truth {len(originals)}.")
shared[shared.printed > 1].groupby("outlets").size().rename("stories").to_frame()

# %% [markdown]
# ## The worst articles in detail
#
# Never write to an outlet about a number. Read first. The store keeps the strongest marks of each article:

# %%
store = Store.open(store_file, read_only=True)
worst = next(iter(store.rows(order=Order.PROBABILITY, limit=1)))
print(worst.row.outlet, worst.row.date, "|", worst.row.title)
pd.DataFrame(
    {"in the text": mark.text, "likely original": ", ".join(mark.expected[:3]), "weight": mark.weight}
    for mark in worst.row.verdict.evidence
).sort_values("weight", ascending=False).round(2)

# %% [markdown]
# With `--keep-text`, the whole article can be checked again and shown in full.

# %%
verdict = Checker().check(Document(worst.row.text, worst.row.source.rpartition("/")[2]))
_ = plots.marked_text(verdict, most_lines=18)

# %% [markdown]
# ## What is usual here
#
# The store contains every column of every article, so you can ask more than labels. Which attribution verbs do the
# outlets use?

# %%
columns = pd.DataFrame(
    {**row.row.verdict.columns, "outlet": row.row.outlet, "label": row.row.verdict.label.value}
    for row in store.rows()
    if row.row.verdict is not None
)
print(columns.groupby("outlet").odd_saying_verb_share.agg(["count", "mean", "max"]).round(2))
store.close()
