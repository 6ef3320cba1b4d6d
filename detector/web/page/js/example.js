/** An article to try the page with: one of our own, put through a dictionary spinner. Fetched only when asked for. */

export const EXAMPLE = `Uruguay and Paraguay resume discussions on river dredging

MONTEVIDEO - Uruguay and Paraguay resumed negotiations on Thursday over a shared dredging software for the Paraguay-Parana waterway, hoping to cease a dispute that has hung up grain shipments for two seasons.

Delegations led by deputy overseas ministers met up for five hours in a inn on the seafront and agreed upon to change technical proposals inside 30 days, officers from each countries stated. It was the primary formal consultation on account that discussions broke off closing August.

"We are not yet at an settlement, but for the primary time we have the identical map on the desk," said Elvira Quintas, who heads the Uruguayan delegation. "Every facet understands what the other can and can not take delivery of."

At trouble is who will pay to maintain a 220-km stretch of channel deep sufficient for loaded barges in dry months. Paraguay, which has no coast, sends approximately four-fifths of its soybean exports down the river and says that tolls proposed by its neighbor could wipe out the margins of small growers.

Uruguay argues that the fee of dredging, put at $94 million over five years, need to be shared in step with the tonnage each country actions. It has threatened to droop upkeep if no deal is reached by the cease of the yr.

A supply acquainted with the discussions, speaking on circumstance of anonymity, stated the 2 sides had narrowed their variations over a dispute panel but remained a ways apart on tolls. "The numbers are nonetheless the hassle," the supply stated.

Barge operators welcomed the assembly but warned that time become brief. The water level at the port of Villeta fell to 1.1 metres this month, the bottom for the season on account that 1971, the industry chamber stated in a declaration. Convoys have been sailing with a third much less cargo.

"Every centimetre we lose is cash that no one receives lower back," said Rolando Achar, whose enterprise runs 18 pusher tugs.

Paraguay's overseas ministry declined to touch upon info. A 2d spherical is scheduled for Asuncion in May, with observers from the regional improvement bank.
`;
