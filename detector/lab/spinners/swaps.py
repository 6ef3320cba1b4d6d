"""Our own short lists for a spinner that replaces what thesauri lack: function words, attribution verbs and names.

We wrote them after machine-rewritten news in circulation, which uses one replacement for each phrase throughout an
article. Examples are `stated` for `said`, `following` for `after`, and a possessive country name for a nationality.
"""

from detector.lab.spinners.dictionary import Group

_SMALL_WORDS = """
about: approximately, regarding, around
according to: as per, in accordance with
after: following, subsequent to
ago: back, earlier
almost: nearly, practically
along with: together with
already: previously, by now
also: further, additionally, as well, likewise
although: though, even though
amid: in the midst of, among
among: amongst, between
around: about, approximately
as well as: along with, and also
at least: no less than, at the very least
because: since, as
because of: due to, owing to, on account of
before: prior, prior to, ahead of
but: however, yet
despite: in spite of, regardless of
due to: because of, owing to
during: throughout, in the course of
earlier: previously, before
enough: sufficient
even though: although
ever: at any time
first: initial, primary
if: in case, whether
in order to: so as to, to
instead of: rather than, in place of
just: simply, only, merely
later: afterward, subsequently
least: smallest
less than: under, fewer than
likely: probable, possible
many: numerous, several, a lot of
meanwhile: in the meantime, at the same time
more than: over, greater than
most: the majority of, nearly all
near: close to, nearby
nearly: almost, practically
next: following, subsequent
not only: not just
now: currently, at present
often: frequently, regularly
only: solely, just, merely
over: above, more than
per: for each
recently: lately
several: a number of, various
since: as, from
so: thus, therefore
some: a few, certain
still: nevertheless, yet
such as: like, including
than: compared to
then: at that point, subsequently
though: although, however
through: via, by means of
together: collectively, jointly
toward: towards, in the direction of
until: till, up to
upon: on
very: extremely, highly
whether: if
while: whereas, whilst
within: inside
without: with out, devoid of
"""

_ATTRIBUTIONS = """
said: stated, mentioned, noted, remarked, declared
says: states, mentions, notes, remarks
saying: stating, mentioning, noting
told: informed, advised, instructed
tells: informs, advises
added: further added, appended, further stated
adding: appending, further stating
announced: declared, introduced, proclaimed
asked: requested, inquired, questioned
warned: cautioned, alerted
urged: encouraged, pressed
quoted: cited
cited: quoted, referred to
reported: documented, revealed
"""

_NAMES = """
U.S.: United States, US, U.S
U.N.: United Nations, UN
U.K.: United Kingdom, UK
UK: United Kingdom
EU: European Union
British: Britain’s, United Kingdom
American: America’s, United States
Russian: Russia’s
Ukrainian: Ukraine’s
Turkish: Turkey’s
Chinese: China’s
Japanese: Japan’s
German: Germany’s
French: France’s
Italian: Italy’s
Spanish: Spain’s
Greek: Greece’s
Polish: Poland’s
Dutch: Netherlands’
Swiss: Switzerland’s
Swedish: Sweden’s
Norwegian: Norway’s
Danish: Denmark’s
Finnish: Finland’s
Irish: Ireland’s
Scottish: Scotland’s
Belgian: Belgium’s
Austrian: Austria’s
Hungarian: Hungary’s
Romanian: Romania’s
Bulgarian: Bulgaria’s
Serbian: Serbia’s
Croatian: Croatia’s
Portuguese: Portugal’s
Canadian: Canada’s
Mexican: Mexico’s
Brazilian: Brazil’s
Argentine: Argentina’s
Venezuelan: Venezuela’s
Colombian: Colombia’s
Cuban: Cuba’s
Israeli: Israel’s
Palestinian: Palestine’s
Iranian: Iran’s
Iraqi: Iraq’s
Syrian: Syria’s
Lebanese: Lebanon’s
Egyptian: Egypt’s
Libyan: Libya’s
Saudi: Saudi Arabia’s
Afghan: Afghanistan’s
Pakistani: Pakistan’s
Indian: India’s
Bangladeshi: Bangladesh’s
Vietnamese: Vietnam’s
Indonesian: Indonesia’s
Malaysian: Malaysia’s
Thai: Thailand’s
Philippine: Philippines’
South Korean: South Korea’s
North Korean: North Korea’s
Australian: Australia’s
Nigerian: Nigeria’s
Kenyan: Kenya’s
Ugandan: Uganda’s
South African: South Africa’s
Ethiopian: Ethiopia’s
Sudanese: Sudan’s
European: Europe’s
African: Africa’s
Asian: Asia’s
"""


def _groups(table: str) -> tuple[Group, ...]:
    rows = (line.split(": ") for line in table.strip().splitlines())
    return tuple(Group(head, tuple(alternatives.split(", "))) for head, alternatives in rows)


SMALL_WORDS = _groups(_SMALL_WORDS)
"""Function words and set phrases."""

ATTRIBUTIONS = _groups(_ATTRIBUTIONS)
"""Attribution verbs, one row for each form."""

NAMES = _groups(_NAMES)
"""Initialisms that are written out, and nationalities that become possessive country names."""
