/** The view over an audit store: outlets ranked, their articles, one article's marks. Addresses: `#feed/...`. */

import * as api from "./api.js";
import { count, draw, isolated, make, show } from "./dom.js";

const LABELS = [
  ["", "all labels"],
  ["spun", "spun"],
  ["suspect", "suspect"],
  ["clean", "clean"],
  ["too_short", "too short"],
  ["not_english", "not English"],
  ["failed", "not judged"],
];

/**
 * @param {HTMLElement} section
 * @param {string[]} path `[]`, `["outlet", name, label?]` or `["article", id]`
 * @param {(text: string, source: string) => void} check opens a text in the page
 */
export async function drawFeed(section, path, check) {
  const heading = make("h1", { id: "feed-title", tabindex: "-1" }, "Feed");
  show(section, make("div", { class: "heading" }, heading), make("p", { class: "empty" }, "Reading the store …"));
  try {
    if (path[0] === "article") await article(section, path[1], check);
    else if (path[0] === "outlet") await outlet(section, path[1] ?? "", path[2] ?? "");
    else await overview(section);
  } catch (error) {
    show(section, make("div", { class: "heading" }, heading), make("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
    if (/** @type {api.Refusal} */ (error).status === 401) throw error;
  }
}

/** The days that the views are narrowed to; as long as the page is open. */
const period = { since: "", until: "" };

/** Fields for the period. @param {() => void} changed */
function days(changed) {
  const field = (/** @type {"since" | "until"} */ name, /** @type {string} */ title) => {
    const input = /** @type {HTMLInputElement} */ (make("input", { type: "date", id: `feed-${name}`, value: period[name] }));
    input.addEventListener("change", () => {
      period[name] = input.value;
      changed();
    });
    return make("label", { for: `feed-${name}` }, title, input);
  };
  return [field("since", "From"), field("until", "to")];
}

/** @param {string[]} parts */
const address = (...parts) => `#feed/${parts.map(encodeURIComponent).join("/")}`;

/** @param {HTMLElement} section */
async function overview(section) {
  const feed = await api.get(`/page/feed?${new URLSearchParams(period)}`);
  const { labels } = feed;
  const told = LABELS.slice(1).filter(([key]) => labels[key]).map(([key, words]) =>
    make("li", {}, make("a", { href: address("outlet", "", key) }, `${labels[key].toLocaleString("en")} ${words}`)));
  const rows = feed.outlets.map((/** @type {any} */ each) =>
    make(
      "tr",
      {},
      make("td", { class: "number" }, String(each.rank)),
      make("th", { scope: "row" }, make("a", { href: address("outlet", each.name) }, isolated(each.shown))),
      make("td", { class: "number" }, each.judged.toLocaleString("en")),
      make("td", { class: "number" }, each.suspect.toLocaleString("en")),
      make("td", { class: "number" }, each.spun.toLocaleString("en")),
      make("td", { class: "number" }, each.false_alarms),
      make("td", {}, range(each), make("small", {}, `${each.share_words} (${each.interval})`)),
      make("td", {}, each.standing),
    ),
  );
  const columns = [["#", 1], ["Outlet"], ["Stories judged", 1], ["Suspect", 1], ["Spun", 1], ["Wrongly flagged, expected", 1], ["Share labelled spun, 95% interval"], ["What it says"]];
  show(
    section,
    make("div", { class: "heading" }, make("h1", { id: "feed-title", tabindex: "-1" }, "Feed"), make("span", { class: "soft" }, isolated(feed.store), feed.period && ` · ${feed.period}`)),
    make("div", { class: "feed-filters" }, ...days(() => again(section, () => overview(section)))),
    make("p", { class: "feed-headline" }, feed.headline),
    make("p", { class: "lede" }, `${feed.caution} ${feed.counted}`),
    make("ul", { class: "feed-labels" }, ...told),
    feed.outlets.length &&
      make(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Outlets" },
        make("table", { class: "plain outlets" }, make("thead", {}, make("tr", {}, ...columns.map(([title, number]) => make("th", { scope: "col", class: number && "number" }, String(title))))), make("tbody", {}, ...rows)),
      ),
    make("p", { class: "lede" }, `${feed.rate} ${feed.ranking}`),
  );
}

/** Draw a view anew; what went wrong is told above it. @param {HTMLElement} section @param {() => Promise<void>} view */
async function again(section, view) {
  const focused = document.activeElement?.id;
  try {
    await view();
    document.getElementById(focused ?? "")?.focus();
  } catch (error) {
    section.prepend(make("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
  }
}

/** The share with its interval. @param {{share: number | null, low: number | null, high: number | null}} outlet */
function range({ share, low, high }) {
  const svg = draw("svg", { class: "share", width: "100%", height: 12, "aria-hidden": "true" });
  const percent = (/** @type {number} */ value) => `${(100 * value).toFixed(2)}%`;
  svg.append(draw("rect", { class: "track", y: 5, width: "100%", height: 2 }));
  if (share !== null && low !== null && high !== null) {
    svg.append(
      draw("rect", { class: "range", x: percent(low), y: 3, width: percent(high - low), height: 6, rx: 2 }),
      draw("circle", { class: "point", cx: percent(share), cy: 6, r: 4 }),
    );
  }
  return svg;
}

/** @param {...(Node | string)} more */
const crumbs = (...more) => make("nav", { class: "crumbs", "aria-label": "Where this is" }, make("a", { href: "#feed" }, "Feed"), ...more.flatMap((each) => [" › ", each]));

/** @param {HTMLElement} section @param {string} name @param {string} label */
async function outlet(section, name, label) {
  const list = make("ol", { class: "history" });
  const more = make("button", { type: "button", class: "quiet", hidden: true }, "More");
  const said = make("p", { class: "soft", role: "status" });
  const load = async () => {
    const offset = list.children.length;
    const query = new URLSearchParams({ outlet: name, label, offset: String(offset), ...period });
    const page = await api.get(`/page/feed/articles?${query}`);
    list.append(...page.articles.map(entry));
    more.hidden = !page.more;
    said.textContent = count(page.total, "article");
    if (offset) /** @type {HTMLElement} */ (list.children[offset]?.querySelector("a"))?.focus();
  };
  more.addEventListener("click", load);
  const select = make("select", { id: "feed-label" }, ...LABELS.map(([key, words]) => make("option", { value: key, selected: key === label }, words)));
  select.addEventListener("change", () => {
    location.hash = address("outlet", name, /** @type {HTMLSelectElement} */ (select).value);
  });
  await load();
  show(
    section,
    crumbs(name ? isolated(name) : "All outlets"),
    make("div", { class: "heading" }, make("h1", { id: "feed-title", tabindex: "-1" }, name ? isolated(name) : "All outlets")),
    make("div", { class: "feed-filters" }, make("label", { for: "feed-label" }, "Show", select), ...days(() => again(section, () => outlet(section, name, label))), said),
    list.children.length ? list : make("p", { class: "empty" }, "No such article."),
    more,
  );
}

/** @param {any} article */
function entry(article) {
  const facts = [article.date, article.outlet, article.words && count(article.words, "word"), article.probability && `probability ${article.probability}`, article.marks && count(article.marks, "mark")].filter(Boolean);
  return make(
    "li",
    {},
    make("span", { class: "pill", "data-label": article.label }, article.label_words),
    make("a", { class: "open", href: address("article", String(article.id)) }, make("b", {}, isolated(article.title)), make("small", {}, isolated(article.error || facts.join(" · ")))),
  );
}

/** @param {HTMLElement} section @param {string} id @param {(text: string, source: string) => void} check */
async function article(section, id, check) {
  const found = await api.get(`/page/feed/articles/${encodeURIComponent(id)}`);
  const rows = found.wordings.map((/** @type {any} */ each) =>
    make(
      "tr",
      { class: `k-${each.kind}` },
      make("td", {}, make("span", { class: "was" }, isolated(each.wording))),
      make("td", {}, each.expected.length ? isolated(each.expected.join(", ")) : isolated(each.message)),
      make("td", { class: "number" }, String(each.times)),
      make("td", {}, each.strength ?? ""),
    ),
  );
  const facts = [found.date, found.words && count(found.words, "word"), found.probability && `probability ${found.probability}`, found.quality !== null && `quality ${Math.round(found.quality)} of 100`].filter(Boolean);
  show(
    section,
    crumbs(make("a", { href: address("outlet", found.outlet) }, isolated(found.outlet)), isolated(found.title)),
    make("div", { class: "heading" }, make("h1", { id: "feed-title", tabindex: "-1" }, isolated(found.title)), make("span", { class: "pill", "data-label": found.label }, found.label_words)),
    make("p", { class: "lede" }, facts.join(" · "), make("br"), found.url ? make("a", { href: found.url, rel: "noreferrer noopener", target: "_blank" }, isolated(found.url)) : isolated(found.source)),
    (found.error || found.note) && make("p", { class: "note" }, isolated(found.error || found.note)),
    found.text
      ? make("p", {}, make("button", { type: "button", class: "choice", on: { click: () => check(found.text, found.source) } }, "Check this article here"))
      : make("p", { class: "lede" }, "The store does not keep the text of this article. Below are its strongest marks."),
    ...found.passages.map((/** @type {any[]} */ passage) =>
      make("blockquote", { class: "passage", dir: "auto" }, ...passage.map((piece) => make("span", { class: piece.kind && `m k-${piece.kind}` }, piece.text)))),
    rows.length > 0 &&
      make(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Strongest marks" },
        make(
          "table",
          { class: "plain marks" },
          make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "In the article"), make("th", { scope: "col" }, "Likely original, or what is odd"), make("th", { scope: "col", class: "number" }, "Times"), make("th", { scope: "col" }, "Strength"))),
          make("tbody", {}, ...rows),
        ),
      ),
    make("footer", { class: "foot" }, make("code", {}, found.signature)),
  );
}
