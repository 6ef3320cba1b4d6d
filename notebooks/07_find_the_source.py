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
# # Find the source
#
# A verdict looks at the words of one article. The proof is the story that the article was made from. `SourceFinder` looks
# for it in an archive of your own stories. Here the archive holds our invented stories, and the articles are their
# rewrites.

# %%
import matplotlib.pyplot as plt
import pandas as pd
from stories import read_stories

from detector import SourceFinder
from detector.archive import ArchivedStory

stories = read_stories()
originals, rewrites = stories[~stories.rewrite], stories[stories.rewrite]
archive = [
    ArchivedStory(row.story, row.text, title=row.text.partition("\n")[0], outlet="Example Agency", date="2026-11-20")
    for row in originals.itertuples()
]
finder = SourceFinder().fit(archive)
print(len(archive), "stories in the archive,", len(rewrites), "rewrites")

# %% [markdown]
# ## Which story was it?
#
# `predict` names the relation of each article to its best source, `predict_source` the story, and `predict_proba` the
# probability of a rewrite.

# %%
found = pd.DataFrame(
    {
        "rewrite": rewrites.name.str.removesuffix(".txt"),
        "true source": rewrites.story,
        "relation": finder.predict(rewrites.text),
        "source": finder.predict_source(rewrites.text),
        "probability": finder.predict_proba(rewrites.text)[:, 1].round(3),
    }
)
found["right"] = found["true source"] == found.source
found

# %% [markdown]
# The finder names the right story for every rewrite whose original is in the archive.

# %%
in_archive = found["true source"].isin(originals.story)
print(f"{found[in_archive].right.sum()} of {in_archive.sum()} sources are right")
assert found[in_archive].right.mean() > 0.9

# %% [markdown]
# ## Articles without a source
#
# Take a story out of the archive, and look for the source of its rewrite again. A finder that always names something would
# be worthless.

# %%
without = {}
for story in found[in_archive]["true source"].unique():
    smaller = SourceFinder().fit(kept for kept in archive if kept.id != story)
    texts = rewrites[rewrites.story == story].text
    without |= dict(zip(rewrites[rewrites.story == story].name, smaller.predict_proba(texts)[:, 1], strict=True))
_, axes = plt.subplots(figsize=(7, 2.2))
axes.scatter(found[in_archive].probability, [1] * in_archive.sum(), alpha=0.5)
axes.scatter(list(without.values()), [0] * len(without), alpha=0.5)
axes.set(yticks=[0, 1], yticklabels=["source is missing", "source is there"], ylim=(-0.5, 1.5), xlim=(-0.03, 1.03))
_ = axes.set_xlabel("probability of a rewrite")

# %%
assert max(without.values()) < found[in_archive].probability.median()

# %% [markdown]
# ## The proof
#
# A trace shows both texts side by side: what was replaced, kept, dropped and added. A person decides with it.

# %%
finder.find([rewrites.text.iloc[0]])[0]
