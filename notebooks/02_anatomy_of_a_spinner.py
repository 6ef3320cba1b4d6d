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
# # Anatomy of a spinner
#
# What do rewriters change in a text, and what do they leave alone? We look at the hand-made rewrites in `seeds/texts`,
# each in the manner of a real tool, and at two simulated spinners that record every change.

# %%
import random
import re
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from stories import FOLDER, read_gold, read_stories

from detector import Document
from detector.lab.spinners import DictionarySpinner, Spun, ThesaurusSpinner, align, edits_of, moby_thesaurus, swaps

stories = read_stories()
originals = stories[~stories.rewrite].set_index("story").text
rewrites = stories[stories.rewrite]

# %% [markdown]
# ## What each kind changes
#
# The editor's lists in `seeds/texts` name every change and its kind. A *substitution* puts one wording in place of
# another. *Grammar* is a form or word order that is no longer correct.

# %%
gold = pd.concat([read_gold(row["name"]).assign(rewriter=row["kind"]) for _, row in rewrites.iterrows()])
changes = gold.pivot_table(index="rewriter", columns="kind", values="span", aggfunc="count", fill_value=0)
length = rewrites.set_index("kind").text.map(lambda text: len(Document(text).words)).groupby(level=0).sum()
per_100 = changes.div(length, axis=0) * 100
per_100.round(1).assign(words=length).sort_values("substitution", ascending=False)

# %% [markdown]
# The figures are changes per 100 words. A spinner substitutes words. A round trip through another language breaks the
# grammar. unspin mainly looks for substitutions, so it detects fewer round trips.
#
# ## The same words again and again

# %%
pairs = gold[gold.kind == "substitution"].assign(
    pair=lambda d: d.likely_original.str.lower() + " → " + d.span.str.lower()
)
counts = pairs.groupby("pair").agg(times=("pair", "size"), kinds_of_rewriter=("rewriter", "nunique"))
counts.sort_values(["kinds_of_rewriter", "times"], ascending=False).head(12)

# %% [markdown]
# ## Two simulated spinners
#
# `detector.lab.spinners` simulates rewriters. One of these two swaps small words, attributions and names by a short
# list. The other takes synonyms from the Moby thesaurus, in the right inflection.

# %%
SPINNERS = {
    "short list": DictionarySpinner(
        (*swaps.SMALL_WORDS, *swaps.ATTRIBUTIONS, *swaps.NAMES), may_keep=False, consistent=True
    ),
    "Moby": ThesaurusSpinner(moby_thesaurus(), inflect=True, pick="frequent", most=8, phrases=False),
}
spun = {
    (name, story): spinner.spin(text, random.Random(7))
    for name, spinner in SPINNERS.items()
    for story, text in originals.items()
}
print(spun["Moby", "river-flood"].text.split("\n\n")[1])

# %% [markdown]
# ## Lift: which words are better clues
#
# A word that rewriters write often and people seldom is a better clue than one that both write. The *lift* is the
# logarithm (base 2) of how much more often rewriters write it: 3 bits means eight times. unspin's lexicon contains
# lifts measured on millions of words (`lift`, below). The lifts in our fourteen stories stand beside them (`here`).


# %%
def words_of(texts: list[str]) -> Counter[str]:
    """Returns the number of times each word occurs in the texts, in lower case."""
    return Counter(word for text in texts for word in re.findall(r"[a-z][a-z'-]+", text.lower()))


lexicon = pd.read_csv(FOLDER.parent / "lexicon.tsv", sep="\t", skiprows=1, keep_default_na=False)
lexicon["lift"] = pd.to_numeric(lexicon.lift, errors="coerce")
human = words_of(list(originals))
machine = words_of([*rewrites.text, *(result.text for result in spun.values())])
scale = sum(human.values()) / sum(machine.values())
toy = pd.Series({word: np.log2((n * scale + 0.5) / (human[word] + 0.5)) for word, n in machine.items()}, name="here")
lift = lexicon.set_index("wording")[["expected", "kind", "lift"]].join(toy, how="inner")
lift = lift.assign(times=[machine[word] for word in lift.index])
lift.sort_values("here", ascending=False).head(12).round(2)

# %%
measured = lift.dropna(subset=["lift"])
agreement = measured[["lift", "here"]].corr(method="spearman").loc["lift", "here"]
print(f"{len(measured)} wordings have both lifts; their rank correlation is {agreement:.2f}.")
print(f"{(measured.lift < 1).sum()} of them lift less than 1 bit at scale, {(measured.here < 1).sum()} by our stories.")

# %% [markdown]
# The two hardly agree, and the reason matters before you measure lifts of your own. Nearly every wording here occurs in
# rewrites only, so its lift is a count in disguise. *People* often write `discussions` or `nation`, which makes these
# words worthless as clues. To learn that takes a great deal of human copy.
#
# ## What no spinner touches
#
# For each original word we ask whether it survives the rewriting. We align the two texts of the hand-made rewrites. For
# the simulated ones the changes are known.


# %%
def groups_of(document: Document) -> list[str]:
    """Returns the group of each word of a text."""
    small = frozenset(["the", "of", "and", "to", "a", "in", "that", "is", "was", "for", "on", "with", "as", "at", "by"])
    found = []
    for word in document.words:
        written, starts = document[word], {sentence.start for sentence in document.sentences}
        if any(quote.start <= word.start < quote.end for quote in document.quotes):
            found.append("inside a quote")
        elif written[0].isdigit():
            found.append("number")
        elif written.lower() in small:
            found.append("function word")
        elif written[0].isupper() and word.start not in starts:
            found.append("name")
        elif written.lower() in {"said", "says", "told"}:
            found.append("said, told")
        else:
            found.append("other word")
    return found


def kept(original: str, result: Spun) -> pd.DataFrame:
    """Returns for each word of an original its group and whether the rewriter kept it."""
    document = Document(original)
    changed = [(edit.start, edit.end) for edit in edits_of(result)]
    return pd.DataFrame(
        {
            "word": [document[word].lower() for word in document.words],
            "group": groups_of(document),
            "kept": [
                not any(start < word.end and word.start < end for start, end in changed) for word in document.words
            ],
        }
    )


by_hand = {
    (row["kind"], row["story"]): Spun(row["text"], tuple(align(originals[row["story"]], row["text"])))
    for _, row in rewrites.iterrows()
}
fates = pd.concat(
    [kept(originals[story], result).assign(rewriter=name) for (name, story), result in {**by_hand, **spun}.items()]
)
shares = fates.pivot_table(index="group", columns="rewriter", values="kept", aggfunc="mean")
shares = shares.loc[shares.mean(axis=1).sort_values().index]

# %%
figure, ax = plt.subplots(figsize=(9, 3.4), layout="constrained")
image = ax.imshow(shares, cmap="BrBG", vmin=0, vmax=1, aspect="auto")
ax.set_xticks(range(shares.shape[1]), shares.columns, rotation=30, ha="right")
ax.set_yticks(range(shares.shape[0]), shares.index)
for (row, column), share in np.ndenumerate(shares.to_numpy()):
    ax.text(
        column,
        row,
        f"{share:.0%}",
        ha="center",
        va="center",
        size=8,
        color="white" if abs(share - 0.5) > 0.4 else "black",
    )
_ = figure.colorbar(image, label="share of words kept")

# %% [markdown]
# Numbers and names mostly stay, because changing them would change the news. Tools that search for the *source* story
# rely on them. Attribution verbs change first, so unspin has a feature for them. A spinner that spares quotes leaves
# fluent islands in an odd text. unspin measures that contrast too.

# %%
mean = shares.mean(axis=1)
assert abs(agreement) < 0.4
assert mean["number"] > mean["other word"]
assert mean["name"] > mean["other word"]
assert mean["said, told"] == mean.min()
untouched = fates[fates.group.isin(["function word", "other word"])]
untouched = untouched.groupby("word").kept.agg(["size", "mean"])
untouched = untouched[(untouched["size"] >= 20) & (untouched["mean"] >= 0.97)].sort_values("size", ascending=False)
print("kept at least 97 times in 100, of the words seen 20 times or more:", ", ".join(untouched.index[:40]))
