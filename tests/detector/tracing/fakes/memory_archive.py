"""An archive in memory, and a small newsroom's stories, for tests of tracing."""

import re
from collections import Counter
from collections.abc import Collection, Iterable

from detector.archive.engine import ArchiveInfo
from detector.archive.story import ArchivedStory, Candidate

_WORD = re.compile(r"[a-z0-9]+")


class MemoryArchive:
    """Counts the words that texts share; no near-duplicates are grouped."""

    def __init__(self, stories: Iterable[ArchivedStory] = ()) -> None:
        self.stories = {story.id: story for story in stories}

    def add(self, stories: Iterable[ArchivedStory]) -> int:
        """Keep them all."""
        new = list(stories)
        self.stories |= {story.id: story for story in new}
        return len(new)

    def candidates(self, text: str, most: int = 5) -> list[Candidate]:
        """Those that share most words, by their rarity."""
        words = {id_: set(_WORD.findall(s.text.lower())) for id_, s in self.stories.items()}
        in_stories = Counter(word for own in words.values() for word in own)
        asked = set(_WORD.findall(text.lower()))
        scores = {id_: sum(1 / in_stories[w] for w in own & asked) for id_, own in words.items()}
        ranked = sorted((id_ for id_, score in scores.items() if score), key=lambda id_: -scores[id_])
        return [Candidate(self.stories[id_], scores[id_]) for id_ in ranked[:most]]

    def get(self, id: str) -> ArchivedStory | None:  # noqa: A002 - as the protocol names it
        """By its id."""
        return self.stories.get(id)

    def remove(self, *, ids: Collection[str] = (), outlet: str | None = None, before: str | None = None) -> int:
        """Not needed here."""
        raise NotImplementedError

    def info(self) -> ArchiveInfo:
        """Not needed here."""
        raise NotImplementedError

    def verify(self) -> list[str]:
        """Nothing can be damaged."""
        return []

    def close(self) -> None:
        """Nothing is open."""


TALKS = """GENEVA (Agency) - Three negotiators from the Baltic port of Liepaja agreed on Monday to hold talks with dock workers in Geneva next week, the harbour authority said.

"We will never close the northern quay without a vote," harbour director Ilze Kalnina said. The authority said 1,200 people had lost their jobs in the eastern terminal since March.

The talks will last three days. Shares in Baltic Freight fell 2.5 percent after the announcement, and the company lost ground against its Danish rival Nordhavn.

Analysts at the Riga School of Shipping warned that the discussions were unlikely to end the strike before winter. Union leader Peteris Ozols told reporters that members would reject any cut in night pay.

Liepaja handles about seven million tonnes of grain and timber a year. A strike in 2014 closed the port for eleven days."""

SPUN_TALKS = """Two mediators from the Baltic port of Liepaja accepted on Monday to grasp discussions with dock employees in Geneva next week, the harbour authority stated.

"We are never going to shut the northern quay with no vote," harbour director Ilze Kalnina stated. The authority mentioned 1,300 folks had misplaced their jobs in the jap terminal since March.

The discussions will final three days. Shares in Baltic Freight dropped 2.5 percent following the announcement, and the firm misplaced floor towards its Danish rival Nordhavn.

Analysts on the Riga School of Shipping cautioned that the discussions had been unlikely to finish the strike earlier than winter. Union chief Peteris Ozols informed reporters that members would refuse any lower in night time pay.

Liepaja handles about seven million tons of grain and timber a yr. A strike in 2014 shut the port for eleven days."""

OTHER_REPORT = """The mayor of Liepaja has appealed for calm as the harbour dispute enters its third week. At a press conference outside city hall, Mayor Janis Berzins said families were running out of savings.

Hundreds of dockers marched through the old town, banging oil drums and singing. Many carried pictures of colleagues laid off in spring. Bakeries handed out free bread.

"My father worked here, and his father too," said Andris, a crane operator, who did not want to give his surname. He has slept at the gate for nine nights.

Shopkeepers complain that lorries block the ring road. The chamber of trade estimates losses of four million euros. A meeting in Geneva is planned, according to Ilze Kalnina, the harbour director."""

FERRY = """Ferries between Hull and Rotterdam will carry half as many lorries this summer because two ships need new engines, the operator Northlink Lines said in a notice to customers.

The Pride of Skagen leaves the route on June 3 and returns in September. A smaller vessel, the Humber Star, takes its place with room for 80 cars. Foot passengers are not affected.

Hauliers said they had been told too late. Martin Ashby, who runs forty trucks from Goole, said flowers from Dutch growers would wilt on the quay. The operator offered to refund bookings until the end of May.

Engineers found cracks in both engine blocks during a survey in January. Repairs at a yard in Gdansk will cost nineteen million pounds."""

WEATHER = """Rain will spread from the west on Tuesday and reach the hills by noon. Highs of nine degrees are expected in the south.

Wednesday stays dry with long sunny spells and a light breeze. Frost is possible in sheltered valleys. The outlook for the weekend is uncertain, forecasters said, because a low over Iceland moves slowly."""


def stories() -> list[ArchivedStory]:
    """What the small newsroom has."""
    return [
        ArchivedStory("talks", TALKS, "Port talks in Geneva", "Example Agency", "2026-11-20T08:00:00Z"),
        ArchivedStory("other", OTHER_REPORT, "Mayor appeals for calm", "Liepaja Echo", "2026-11-20T12:00:00Z"),
        ArchivedStory("ferry", FERRY, "Fewer lorries on the Hull route", "Humber Post", "2026-05-02"),
        ArchivedStory("weather", WEATHER, "Rain from the west", "Example Agency", "2026-11-19"),
    ]
