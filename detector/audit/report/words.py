"""The sentences that all renderings of a report share.

They never say more than the label does: stories are *labelled spun*, but no sentence says that somebody spun them. The
expected number of wrongly flagged human stories accompanies every number.
"""

import math

from detector.audit.report.chance import HARD_COPY_RATE
from detector.audit.report.figures import (
    Bylines,
    Change,
    Figure,
    Judge,
    Outlet,
    Proof,
    Rate,
    Sources,
    Standing,
    Summary,
    Trend,
)
from detector.render.words import SECOND_LANGUAGE, capital, count, rate_words, threshold_words

_KINDS = {
    "": "no reason given",
    "unreadable": "could not be read",
    "fetch": "could not be fetched",
    "too_long": "too long for an article",
    "timeout": "took too long",
    "worker": "the worker process stopped",
    "grammar": "the grammar checker failed",
    "fault": "an error in unspin",
    "malformed": "not in the format it claims",
}

STANDING = {
    Standing.EXPECTED: "no more than wrongly flagged human articles explain",
    Standing.UNCLEAR: "more than usual, but some human writing gets there",
    Standing.BEYOND: "more than wrongly flagged human articles can explain",
    Standing.UNKNOWN: "the model states no error rate",
}


def stories(number: int) -> str:
    """A number of stories in words."""
    return count(number, "story", "stories")


def percent(share: float) -> str:
    """A share in percent with two significant digits, never rounded to 0% or 100%.

    >>> [percent(x) for x in (0.0, 0.0004, 0.0123, 0.5, 0.9996, 1.0, math.nan)]
    ['0%', '0.04%', '1.2%', '50%', '99.9%', '100%', '-']
    """
    if math.isnan(share):
        return "-"
    value = 100 * share
    if value in (0, 100):
        return f"{value:.0f}%"
    if value > 99:
        return f"{min(value, 99.94):.1f}%"
    if value < 0.1:
        return f"{max(value, 0.005):.2f}%"
    return f"{value:.0f}%" if round(value, 1) >= 10 else f"{value:.1f}%"


def interval(share: Figure) -> str:
    """The ends of an interval.

    >>> interval(Figure(0.02, 0.004, 0.11))
    '0.4 to 11%'
    """
    if math.isnan(share.value):
        return "-"
    return f"{percent(share.low).removesuffix('%')} to {percent(share.high)}"


def number_words(expected: float) -> str:
    """An expected number of stories, rounded for readers.

    >>> [number_words(x) for x in (0.0, 0.03, 0.42, 3.2, 6.02, 17.6, 2130.4, math.nan)]
    ['0', 'under 0.1', '0.4', '3.2', '6', '18', '2,130', '-']
    """
    if math.isnan(expected):
        return "-"
    if expected == 0:
        return "0"
    if expected < 0.1:
        return "under 0.1"
    return f"{expected:.1f}".removesuffix(".0") if expected < 10 else f"{expected:,.0f}"


def headline(summary: Summary) -> str:
    """The main result in one sentence."""
    if not summary.stories.judged:
        return "No story could be judged." if summary.articles else "There are no articles to report on."
    spun, judged = summary.stories.spun, summary.stories.judged
    if judged == 1:
        return f"The one story judged is {'' if spun else 'not '}labelled spun."
    if not spun:
        return f"None of {judged:,} stories is labelled spun."
    return f"{spun:,} of {judged:,} stories {'is' if spun == 1 else 'are'} labelled spun."


def caution(summary: Summary) -> str:
    """The expected number of wrongly flagged human stories, for display beside the headline."""
    judged = summary.stories.judged
    if not judged:
        return ""
    if math.isnan(summary.false_alarms):
        return "The model states no error rate, so nobody can say how many of these are human stories, wrongly flagged."
    low, high = summary.false_alarm_range
    about = "" if summary.false_alarms < 0.1 else "about "
    said = (
        f"If people had written every story, we would expect {about}{number_words(summary.false_alarms)} to be wrongly "
        f"flagged as spun (in 95 of 100 such audits, {f'{low:,} to {high:,}' if high else 'none'})."
    )
    spun = summary.stories.spun
    if spun and spun <= high:
        said += " This many says nothing against anybody."
    return said


def rate_note(summary: Summary) -> str:
    """The stated false positive rate, for display beside the table of outlets."""
    rates = sorted({judge.spun_rate for judge in summary.judges if judge.spun_rate > 0})
    if not rates:
        return ""
    said = rate_words(rates[-1])
    if len(rates) > 1:
        said = f"{rate_words(rates[0])} to {said}"
    return (
        f"{said} human stories is wrongly flagged as spun ({percent(rates[-1])}). For the kinds of human writing with the "
        f"most errors, we allow for {HARD_COPY_RATE:.0%}. A share near these rates is no evidence against an outlet. "
        "Neither is a large share of a few stories."
    )


def ranking_note(summary: Summary) -> str:
    """Explains the order of the outlets and which are shown."""
    shown = len(summary.outlets)
    which = f"The first {shown:,} of {summary.all_outlets:,} outlets. " if shown < summary.all_outlets else ""
    return (
        f"{which}Outlets with more spun stories than wrongly flagged human articles can explain come first. Each group is "
        "in the order of the lower end of the 95% interval (Wilson), so that a few stories cannot top the list. A story "
        "that an outlet ran in several near-identical versions counts once."
    )


def bylines_note(bylines: Bylines) -> str:
    """What the table of bylines does not say, and who is not in it."""
    if not bylines.all:
        return "The store holds no bylines of judged stories. unspin audit stores them with --by-author."
    short = bylines.all - len(bylines.listed)
    left = (
        f" {capital(count(short, 'more byline'))} {'is' if short == 1 else 'are'} not listed. A person with fewer than "
        f"{bylines.least} judged stories never is, because a share of so few says nothing about a person."
    )
    return (
        "A byline names a person, and no line here says that this person used a machine. The stated error rates are "
        "averages over many writers. One writer's style, or a second language, can be flagged far more often, and nobody "
        f"has measured that for these people. Read the stories, and ask the writer, before you act.{left if short else ''}"
    )


def rate(rate: Rate) -> str:
    """A share of flagged stories with its interval."""
    return f"{rate.flagged:,} of {rate.judged:,}, {percent(rate.share.value)} ({interval(rate.share)})"


def trend(trend: Trend) -> str:
    """A sentence on an outlet whose share changed beyond chance; "" for any other."""
    if trend.change is Change.NONE:
        return ""
    return (
        f"A {'larger' if trend.change is Change.MORE else 'smaller'} share is flagged than before: {rate(trend.recent)} in "
        f"the last {trend.days} days, {rate(trend.before)} before. Chance hardly explains that. A new topic or writer might."
    )


def trends_note(summary: Summary) -> str:
    """Explains the table of trends."""
    changed = sum(trend.change is not Change.NONE for trend in summary.trends)
    said = f"{count(changed, 'outlet')} changed beyond chance" if changed else "No outlet changed beyond chance"
    return (
        f"Flagged stories, suspect or spun, of the last {summary.trends[0].days} days and before, each outlet against its own "
        f"past: {said}. Only stories that one model judged are compared."
    )


def judge_note(judge: Judge) -> str:
    """Explains a model's labels."""
    if math.isnan(judge.threshold) or math.isnan(judge.suspect_threshold):
        return f"{stories(judge.stories)}: its thresholds are not known."
    said = f"spun from a probability of {threshold_words(judge.threshold)}"
    if judge.spun_rate > 0:
        said += f" ({rate_words(judge.spun_rate)} human stories scores that high)"
    said += f", suspect from {threshold_words(judge.suspect_threshold)}"
    if judge.suspect_rate > 0:
        said += f" ({rate_words(judge.suspect_rate)})"
    behind = f", measured on {judge.calibration_articles:,} human stories" if judge.calibration_articles else ""
    return f"{stories(judge.stories)}: {said}{behind}."


def sources_note(sources: Sources) -> str:
    """What the archive says in all."""
    said = (
        f"Of {count(sources.traced, 'article')} looked up in the archive, {sources.rewrites:,} rewrite a story there, "
        f"{sources.copies:,} copy one, {sources.shared:,} share a source, and {sources.unrelated:,} have none there. "
    )
    if not sources.proven:
        said += "No rewrite counts against an outlet."
    else:
        said += (
            f"{capital(stories(sources.proven))} {'is a proven rewrite' if sources.proven == 1 else 'are proven rewrites'}: "
            "of an older story of another outlet, which nobody licensed. Independent reports are rarely called a rewrite, but "
            "it happens: compare both texts before you act."
        )
    if sources.failed:
        said += f" {count(sources.failed, 'article')} could not be looked up. The first reason: {sources.error}"
    return said


def hidden_note(sources: Sources) -> str:
    """How many rewrites the words did not show; "" for none."""
    if not sources.hidden:
        return ""
    are = "is" if sources.hidden == 1 else "are"
    return f"{sources.hidden:,} of the proven rewrites {are} clean by the words alone. They come first in the list."


def delay(hours: float, *, exact: bool) -> str:
    """A time between two publications.

    >>> [delay(h, exact=True) for h in (0.4, 3.2, 1.0, 30, 96.5, math.nan)]
    ['under an hour later', '3 hours later', '1 hour later', '30 hours later', '4 days later', 'time unknown']
    >>> [delay(h, exact=False) for h in (0.0, 24.0, 36.0)]
    ['the same day', '1 day later', '2 days later']
    """
    if math.isnan(hours):
        return "time unknown"
    if exact and hours < 1:
        return "under an hour later"
    if exact and hours < 48:
        return f"{count(round(hours), 'hour')} later"
    days = round(hours / 24)
    return f"{count(days, 'day')} later" if days else "the same day"


def outlet_or_none(name: str) -> str:
    """The name of a source's outlet.

    >>> outlet_or_none("")
    'an unnamed outlet'
    """
    return name or "an unnamed outlet"


def label_words(proof: Proof) -> str:
    """What the words of a rewrite say."""
    return "clean by its words" if proof.hidden else f"{proof.label.replace('_', ' ')} by its words"


def kind(name: str) -> str:
    """A kind of error in words.

    >>> kind("fetch"), kind("bad_zip")
    ('could not be fetched', 'bad zip')
    """
    return _KINDS.get(name, name.replace("_", " "))


def standing(outlet: Outlet) -> str:
    """The standing of an outlet in words; "" if it has no spun story."""
    return STANDING[outlet.standing] if outlet.tally.spun else ""


def period(summary: Summary) -> str:
    """The first and the last date of the articles.

    >>> from detector.audit.report.figures import NOTHING, Tally
    >>> empty = Summary("a.sqlite", "", 0, 0, Tally(), NOTHING, 0.0, (0, 0), 0, 0, 0, "2026-11-01", "2026-11-24", 0)
    >>> period(empty)
    '2026-11-01 to 2026-11-24'
    """
    if not summary.first:
        return ""
    return summary.first if summary.first == summary.last else f"{summary.first} to {summary.last}"


def judged_note(summary: Summary) -> str:
    """Explains the numbers of articles and stories."""
    said = f"{count(summary.articles, 'article')} in the store{' meet the filters' if summary.filters else ''}, "
    said += f"{summary.judged_articles:,} judged"
    if summary.duplicates:
        said += f". They are {stories(summary.stories.judged)}, because near-duplicates count once"
    return f"{said}."


def first_reading_note(summary: Summary) -> str:
    """Explains the list of articles to read first."""
    shown = len(summary.findings)
    which = f" The list shows {shown:,} of {summary.all_findings:,}." if shown < summary.all_findings else ""
    return (
        f"Suspect and spun stories, highest probability first.{which} The wording beside an odd word is what would fit best "
        "there. It is a guess, made without the source story. Compare with that story before you act. A story with few "
        f"marks rests on the pattern of its whole text. {SECOND_LANGUAGE}"
    )
