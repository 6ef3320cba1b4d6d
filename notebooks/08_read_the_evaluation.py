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
# # Read the evaluation
#
# `unspin evaluate` writes its figures to `docs/evaluation.json`, and the page `docs/EVALUATION.md` from them.
# Here we read the same file and ask our own questions. Every share has its 95% interval.

# %%
import json
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

DOCS = next(
    folder / "docs" for folder in (Path.cwd(), *Path.cwd().parents) if (folder / "docs/evaluation.json").is_file()
)
evaluation = json.loads((DOCS / "evaluation.json").read_text(encoding="utf-8"))
print(evaluation["about"]["signature"])
rates = evaluation["about"]["thresholds"]
print(f"spun from {rates['spun']}: set for 1 wrongly flagged article in {1 / rates['spun_rate']:.0f}")

# %% [markdown]
# ## Who is wrongly flagged?
#
# Each row is a group of at least 100 human articles. Look at the *upper* end of the interval: it is what the figures cannot
# rule out. Second-language writers are listed as learners.

# %%
groups = pd.json_normalize(evaluation["groups"], sep=" ")
human = groups[["kind", "group", "articles", "spun value", "spun low", "spun high", "suspect value"]]
human[human.articles >= 100].nlargest(12, "spun high").round(3)

# %% [markdown]
# ## What is found?
#
# The share of rewrites labelled spun, by kind of rewriting. *100 %* means that the tool changed all the words it could.

# %%
families = pd.json_normalize(evaluation["families"], sep=" ")
families = families[(families.articles >= 50) & families["called_spun value"].notna()]
shown = families.sort_values("called_spun value")
shown = pd.concat([shown.head(8), shown.tail(8)])
_, axes = plt.subplots(figsize=(7, 5))
low = shown["called_spun value"] - shown["called_spun low"]
high = shown["called_spun high"] - shown["called_spun value"]
axes.errorbar(shown["called_spun value"], range(len(shown)), xerr=[low.clip(0), high.clip(0)], fmt="o")
axes.set(yticks=range(len(shown)), yticklabels=shown.family + ", " + shown.variant, xlim=(-0.03, 1.03))
_ = axes.set_xlabel("share labelled spun: the eight kinds at either end")

# %% [markdown]
# ## Does the probability mean what it says?
#
# Of the texts with a probability near 0.8, about 80% should be rewrites. Below the diagonal, unspin claims too much.

# %%
_, axes = plt.subplots(figsize=(4.5, 4.5))
axes.plot([0, 1], [0, 1], color="grey", linewidth=1)
for name, calibration in evaluation["calibration"].items():
    points = pd.DataFrame(calibration["points"], columns=["predicted", "observed", "texts"])
    axes.plot(points["predicted"], points["observed"], marker="o", label=name)
axes.set(xlabel="probability", ylabel="share of rewrites")
_ = axes.legend(fontsize="small")

# %% [markdown]
# ## What a flag means on your desk
#
# A flag says little where rewrites are rare. If 1 story in 200 is a rewrite, which share of the flagged stories is one? The
# answer depends on the kind of rewriting, so we take the share found for every kind with 50 articles or more.

# %%
base = 1 / 200
wrong = evaluation["human"]["spun"]["high"]
precision = pd.DataFrame({"kind": families.family + ", " + families.variant, "found": families["called_spun value"]})
precision["flagged stories that are rewrites"] = (
    base * precision.found / (base * precision.found + (1 - base) * wrong)
).round(2)
precision.sort_values("found").iloc[:: max(1, len(precision) // 12)]
