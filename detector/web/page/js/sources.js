/** The stories of the archive that an article was made from. */

import { isolated, make } from "./dom.js";

/** @typedef {import("./compare.js").Compared} Compared */
/** @typedef {{title: string, outlet: string, date: string, relation: string, counts: boolean, relation_words: string,
 *   meaning: string, coverage: string, comparison: Compared | null}} Source */
/** @typedef {{said: string, caution: string, found: Source[]}} Sources */

/**
 * Fill the panel; without an archive it stays hidden.
 *
 * @param {HTMLElement} panel
 * @param {Sources | null | undefined} sources a check that was kept before has none
 * @param {(source: Source, comparison: Compared) => void} open shows both texts side by side
 */
export function drawSources(panel, sources, open) {
  panel.hidden = !sources;
  panel.replaceChildren();
  if (!sources) return;
  panel.append(make("h2", { id: "sources-title" }, "Sources"), make("p", { class: "lede" }, sources.said));
  if (sources.found.length) {
    const heads = ["Relation", "Story", "Outlet", "Date", "Of the article", "Both texts"].map((title) => make("th", { scope: "col" }, title));
    const rows = sources.found.map((source) => row(source, open));
    panel.append(make("div", { class: "scroll" }, make("table", { class: "plain" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows))));
  }
  if (sources.caution) panel.append(make("p", { class: "lede" }, sources.caution));
}

/** @param {Source} source @param {(source: Source, comparison: Compared) => void} open */
function row(source, open) {
  const { comparison } = source;
  const click = () => comparison && open(source, comparison);
  return make(
    "tr",
    { "data-counts": source.counts },
    make("td", {}, make("b", {}, source.relation_words), make("small", {}, source.meaning)),
    make("td", {}, isolated(source.title)),
    make("td", {}, isolated(source.outlet || "unknown")),
    make("td", {}, isolated(source.date || "unknown")),
    make("td", {}, source.coverage),
    make("td", {}, comparison && make("button", { type: "button", class: "link", "aria-label": `Side by side with ${source.title}`, on: { click } }, "Side by side")),
  );
}
