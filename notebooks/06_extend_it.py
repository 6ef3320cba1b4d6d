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
# # Extend it
#
# News style spells out small numbers: *two sides*, *the second talks*. Spinners that work through a list write `2
# sides`, `a 2d round`, `4 yrs`. unspin has no feature for that. Here is one in twenty lines. Then we add it to the
# verdict.

# %%
import re

import pandas as pd
from stories import read_stories

from detector import Checker, Column, Detector, Document, Evidence, FeatureTransformer, Measurement, Span, faults, plots

# %% [markdown]
# A feature is any object with a `name`, `columns` and `measure`. A column has a unit and a range. A mark has a place in
# the text as given, a sentence for the editor, and the likely original.


# %%
class SmallFigures:
    """Finds small numbers written as figures, as synonym lists write them."""

    name = "small_figures"
    columns = (Column("small_figures_per_1000_words", "per 1,000 words", 0, 1000, "Small numbers written in figures."),)
    spelt = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
    ordinal = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
    wrong = re.compile(
        r"(?<![\w$€£.,:/-])(?P<digit>[2-9])(?P<th>nd|rd|th|d)?(?= [a-z])(?! (?:percent|p\.m|a\.m|million|billion|feet|km)\b)"
    )

    def measure(self, document: Document) -> Measurement:
        """Returns the rate, and a mark for each place."""
        if not document.words:
            return Measurement({self.columns[0].name: float("nan")})
        marks = []
        for found in self.wrong.finditer(document.text):
            word = (self.ordinal if found["th"] else self.spelt)[int(found["digit"]) - 2]
            message = f"“{found.group()}”: news copy spells small numbers out."
            marks.append(Evidence(self.name, Span(*found.span()), message, (word,), 0.7))
        return Measurement({self.columns[0].name: 1000 * len(marks) / len(document.words)}, marks)


# %% [markdown]
# ## Does it keep the contract?
#
# `faults` lists what is wrong with a feature's answer for a text; an empty list means nothing. Put such lines, with
# near misses, into your tests.

# %%
feature = SmallFigures()
for text in ("The 2 sides met.", "It fell 2 percent, to $3 a tonne.", "At 7 p.m. on Route 96.", "", "🙂 A 2nd try."):
    assert faults(feature, text) == []
    print(repr(text), "→", [(text[slice(*m.span)], m.expected[0]) for m in feature.measure(Document(text)).evidence])

# %% [markdown]
# ## In the verdict
#
# Give it to the checker. Its marks appear beside unspin's own in every report. Its value appears among the
# contributions with log-odds of 0, because the embedded model was not trained with it. **Your feature never moves the
# score and accuses nobody.**

# %%
stories = read_stories().set_index("name")
NAME = "river-board-talks.spun-dictionary.txt"
article = Document(stories.text[NAME], NAME)
checker = Checker(extra_features=[feature])
verdict = checker.check(article)
assert verdict.probability == Checker().check(article).probability
for mark in verdict.evidence:
    if mark.feature == "small_figures":
        print(article.text[slice(*mark.span)], "→", mark.expected[0], "|", mark.message)
print([c for c in verdict.contributions if c.feature == "small_figures"])

# %% [markdown]
# A notebook shows a verdict as its report. Look for the marks of the kind "other".

# %%
verdict

# %%
_ = plots.marked_text(verdict, most_lines=26)

# %% [markdown]
# ## Is it any good?
#
# Your feature is also a transformer. How often do our stories and their rewrites contain such figures?

# %%
transformer = FeatureTransformer(feature).set_output(transform="pandas")
rates = transformer.fit_transform(stories.text).join(stories[["kind", "rewrite"]])
rates.groupby("kind")["small_figures_per_1000_words"].agg(["count", "mean", "max"]).sort_values("mean").round(1)

# %%
marked = rates[rates.small_figures_per_1000_words > 0]
print(
    f"{marked.rewrite.sum()} of {rates.rewrite.sum()} rewrites and {(~marked.rewrite).sum()} of {(~rates.rewrite).sum()} stories"
)

# %% [markdown]
# ## Let it count
#
# To move a score, the feature must take part in training. `Detector.fit` takes your feature beside unspin's. On these
# few texts the coefficient shows only that it is used, not how useful it is. To see that, train on your own archive and
# compare held-out scores with and without it, as in *Train your own*.

# %%
detector = Detector(["odd_synonyms", "attribution", feature], grammar="none").fit(stories.text, stories.rewrite)
names = FeatureTransformer(detector.features).get_feature_names_out()
coefficients = pd.Series(detector.pipeline_[-1].coef_[0], index=names, name="coefficient")
coefficients.loc[[*coefficients.abs().nlargest(4).index, "small_figures_per_1000_words"]].round(2).to_frame()
