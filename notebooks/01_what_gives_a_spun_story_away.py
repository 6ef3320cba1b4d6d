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
# # What gives a spun story away
#
# We take one invented wire story about two countries and a river, rewritten in the manner of a dictionary spinner. We
# go from the verdict down to a single word. The word gives itself away by *contrast*: another word would fit its place
# far better.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from stories import read_gold, read_stories

from detector import Checker, Document, plots

stories = read_stories().set_index("name")
checker = Checker()
NAME = "river-board-talks.spun-dictionary.txt"
article = Document(stories.text[NAME], NAME)
verdict = checker.check(article)
print(verdict)

# %% [markdown]
# In a notebook, a verdict displays itself as the whole report. Here we draw its parts. First the article, with the
# likely original above each mark.

# %%
_ = plots.marked_text(verdict)

# %% [markdown]
# ## Every word, in order of reading
#
# `Checker.words` gives each word with what the detector knows about it. The dots are the word model's probability that
# a rewriter put the word there, judged alone. The bars are that probability with the whole article in view; the marks
# come from the bars. Below is the same for the original story.

# %%
words = checker.words(article)
_ = plots.word_strip(words)
before = checker.words(Document(stories.text["river-board-talks.txt"]))
_ = plots.word_strip(before)

# %% [markdown]
# ## One word in its window
#
# A source speaks "on circumstance of anonymity". The n-gram model of human news scores the word with the two words
# before it and the two after it. It does the same for each alternative. What counts is the difference: the **gain** of
# an alternative, in nats. The right-hand column is the **posterior**: the probability that the writer meant this word,
# if a rewriter may have swapped it.

# %%
odd = next(word for word in words if word.text == "circumstance")
print(article.text[odd.span.start - 45 : odd.span.end + 14].replace("\n", " "))
_ = plots.word_window(odd)

# %% [markdown]
# An honest word looks different: every alternative fits worse, or hardly better.

# %%
honest = next(word for word in before if word.text == "condition")
_ = plots.word_window(honest)

# %% [markdown]
# ## All words as a table

# %%
table = pd.DataFrame(
    {
        "word": word.text,
        "likely original": word.alternatives[0].text if word.alternatives else "",
        "surprise": word.surprise,
        "gain": word.gain,
        "posterior of the original": word.alternatives[0].posterior if word.alternatives else np.nan,
        "probability": word.probability,
        "weight": word.weight,
    }
    for word in words
)
table.sort_values("weight", ascending=False).head(12).round(3)

# %% [markdown]
# ## Surprise alone does not work
#
# It is tempting to look for *surprising* words. An editor has marked the substitutions in each of our fifteen rewrites,
# so we can ask two questions. Pick one substituted and one untouched word at random: how often does each number rank
# them correctly (the area under the ROC curve; 0.5 is chance)? And of the 200 words with the worst number, how many are
# substitutions? The second question is an editor's: she reads the marks, not the curve.


# %%
def labelled_words(name: str) -> pd.DataFrame:
    """Returns the words of a rewrite, and whether an editor marked each as a substitution."""
    gold = read_gold(name)
    gold = gold[gold.kind == "substitution"]
    found = checker.words(Document(stories.text[name]))
    return pd.DataFrame(
        {
            "swapped": any(mark.start <= word.span.start < mark.end for mark in gold.itertuples()),
            "surprise": word.surprise,
            "gain": np.nan_to_num(word.gain, nan=-10),
            "posterior that it was swapped": 1 - word.posterior,
            "probability of the word model": word.probability,
            "weight in the article": word.weight,
        }
        for word in found
    )


labelled = pd.concat([labelled_words(name) for name in stories.index[stories.rewrite]])
columns = labelled.columns[1:]
ranking = pd.DataFrame(
    {
        "ranked correctly": {name: roc_auc_score(labelled.swapped, labelled[name]) for name in columns},
        "swapped among the worst 200": {name: labelled.nlargest(200, name).swapped.mean() for name in columns},
    }
)
print(f"{len(labelled):,} words, {labelled.swapped.sum():,} of them swapped; our own texts, so only a rough figure")
ranking.loc[columns].round(3)

# %%
assert (ranking.loc["gain"] > ranking.loc["surprise"]).all(), "the contrast should tell more than the surprise"
figure, axes = plt.subplots(1, 2, figsize=(9, 2.6), sharey=True, layout="constrained")
for ax, column in zip(axes, ["surprise", "gain"], strict=True):
    for swapped, colour in ((False, "#2b55a2"), (True, "#9d2b20")):
        values = labelled[column][labelled.swapped == swapped]
        ax.hist(
            values[values > -10],
            bins=np.arange(-10, 21),
            alpha=0.5,
            color=colour,
            label="swapped" if swapped else "as it was",
        )
    ax.set(xlabel=f"{column}, nats", ylabel="words")
_ = axes[0].legend(frameon=False)

# %% [markdown]
# News is full of surprising words that are right: the right-hand end of the left picture contains both kinds. A high
# gain is rarer among untouched words. The word model also knows the neighbours and how often rewriters use a word, and
# it sorts the words best.
#
# ## From words to a verdict
#
# The article's score is a sum, so we can take it apart. Each bar is what one feature did to the log-odds.

# %%
_ = plots.contributions(verdict)

# %% [markdown]
# How good are the marks? The editor's list is the measure. *Recall* is the share of her places that are marked here.
# *Precision* is the share of our marks that touch one of her places.

# %%
gold = read_gold(NAME)


def touches(start: int, end: int, others: list[tuple[int, int]]) -> bool:
    """Whether a place overlaps one of the others."""
    return any(start < other_end and other_start < end for other_start, other_end in others)


ours = [tuple(mark.span) for mark in verdict.evidence]
hers = list(zip(gold.start, gold.end, strict=True))
found = sum(touches(*place, ours) for place in hers)
right = sum(touches(*place, hers) for place in ours)
print(
    f"recall: {found} of {len(hers)} places; precision: {right} of {len(ours)} marks (one article, known to the developers)"
)
