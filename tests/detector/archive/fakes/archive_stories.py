"""Invented stories, no two alike, that share the common words of news."""

import random
from collections.abc import Iterator

from detector.archive import ArchivedStory

_COMMON = "the of to in and a said on that for was by with it from at he his its officials".split()
_SYLLABLES = "ba do fe gi ka lu mo ne pi ra so ta ve wu zo har den por ald mer".split()

PORT = ArchivedStory(
    "port-1",
    "Port Alden will close its ferry terminal on Friday after inspectors found cracks in two of the eleven piers, the "
    "harbour master, Ines Calloway, said. About 4,300 commuters use the crossing to Merrow Bay every day. Repairs will "
    "take nine weeks and cost 2.6 million crowns, of which the county pays a third.",
    title="Ferry terminal to close for nine weeks",
    outlet="Alden Herald",
    date="2026-11-24T08:30:00Z",
    url="https://herald.example/ferry",
    author="Tom Reyes",
)

SPUN = (
    "Port Alden will shut its ferry station on Friday following examiners discovered splits in two of the eleven docks, "
    "the harbour ace, Ines Calloway, expressed. Around 4,300 suburbanites utilize the intersection to Merrow Bay each "
    "day. Fixes will take nine weeks and price 2.6 million crowns, of which the region pays a third."
)


def invented(count: int, seed: int = 0, words: int = 120) -> Iterator[ArchivedStory]:
    """Stories of invented words between common ones."""
    chance = random.Random(seed)
    for number in range(count):
        told = [
            chance.choice(_COMMON) if chance.random() < 0.6 else "".join(chance.choices(_SYLLABLES, k=3))
            for _ in range(words)
        ]
        yield ArchivedStory(
            f"made-{seed}-{number}",
            " ".join(told) + ".",
            title=f"Story {number}",
            outlet=("Daily Post", "Evening Sun")[number % 2],
            date=f"2026-{1 + number % 11:02d}-15",
        )
