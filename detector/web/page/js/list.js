/** The list beside the article: marked words, strongest first, with links to their places and buttons to accept or dismiss them. */

import { bar, count, isolated, make } from "./dom.js";

const FIRST = 80;
const NOTHING_YET = /** @type {any} */ (null);

/**
 * @typedef {object} ListActions
 * @property {(row: number) => void} go to the next place of a row
 * @property {(row: number) => void} acceptRow
 * @property {(row: number) => void} dismissRow
 * @property {(row: number) => void} restoreRow
 */

export class MarkList {
  /**
   * @param {HTMLElement} side
   * @param {ListActions} actions
   */
  constructor(side, actions) {
    this.side = side;
    /** @type {import("./decisions.js").View} */
    this.view = NOTHING_YET;
    /** @type {import("./decisions.js").Decisions} */
    this.decisions = NOTHING_YET;
    /** @type {Set<string>} */
    this.hidden = new Set();
    this.actions = actions;
    this.whole = false;
    /** @type {Map<number, HTMLElement>} */
    this.entries = new Map();
  }

  /**
   * @param {import("./decisions.js").View} view
   * @param {import("./decisions.js").Decisions} decisions
   * @param {Set<string>} hidden kinds that the filters leave out
   */
  draw(view, decisions, hidden) {
    this.view = view;
    this.decisions = decisions;
    this.hidden = hidden;
    this.entries.clear();
    const rows = view.rows.filter((row) => !hidden.has(row.kind));
    const shown = this.whole ? rows : rows.slice(0, FIRST);
    const swaps = shown.filter((row) => row.substitution);
    const others = shown.filter((row) => !row.substitution);
    const parts = [];
    if (swaps.length) {
      parts.push(
        make("h2", {}, "Likely originals"),
        make("p", { class: "legend" }, "In the article → likely original, strongest mark first."),
        make("ol", {}, ...swaps.map((row) => this.#entry(row))),
      );
    }
    if (others.length) {
      parts.push(make("h2", {}, swaps.length ? "Also marked" : "Marked"), make("ol", {}, ...others.map((row) => this.#entry(row))));
    }
    if (!shown.length) {
      parts.push(make("h2", {}, "Marks"), make("p", { class: "soft" }, view.rows.length ? "The filters hide every mark." : "No words were marked."));
    }
    if (rows.length > shown.length) {
      const click = () => this.showAll();
      parts.push(make("button", { type: "button", class: "quiet all", on: { click } }, `Show all ${rows.length.toLocaleString("en")}`));
    }
    this.side.replaceChildren(...parts);
  }

  showAll() {
    if (this.whole || !this.view) return;
    this.whole = true;
    this.draw(this.view, this.decisions, this.hidden);
  }

  /** Show what was decided about these rows. @param {Iterable<number>} rows */
  refresh(rows) {
    for (const number of rows) {
      const old = this.entries.get(number);
      if (!old) continue;
      const focused = old.contains(document.activeElement) ? document.activeElement?.getAttribute("data-tool") : null;
      const fresh = this.#entry(this.view.rows[number - 1]);
      old.replaceWith(fresh);
      if (focused) {
        const again = fresh.querySelector(`[data-tool="${focused}"]`) ?? fresh.querySelector(".icon") ?? fresh.querySelector("button");
        /** @type {HTMLElement} */ (again).focus();
      }
    }
  }

  /** @param {import("./decisions.js").Row} row */
  #entry(row) {
    const marks = this.decisions.ofRow(row.number);
    const states = marks.map((mark) => this.decisions.state(mark));
    const settled = marks.length > 0 && states.every((state) => state !== "open");
    const accepted = settled && states.includes("accepted");
    const taken = accepted ? this.decisions.now(marks[states.indexOf("accepted")]) : "";
    const css = `entry k-${row.kind}${settled ? ` settled is-${accepted ? "accepted" : "dismissed"}` : ""}`;
    const entry = make("li", { class: css }, this.#go(row, taken, marks.length), this.#tools(row, settled, marks));
    this.entries.set(row.number, entry);
    return entry;
  }

  /** @param {import("./decisions.js").Row} row @param {string} taken @param {number} marks */
  #go(row, taken, marks) {
    const line = make("span", { class: "line" }, make("span", { class: "place-number", hidden: true }, `${row.number} `), make("span", { class: "was" }, isolated(row.wording)));
    const [first, ...rest] = row.expected;
    if (first) {
      line.append(
        make("span", { class: "arrow", "aria-hidden": "true" }, "→"),
        make("span", { class: "visually-hidden" }, row.substitution ? ", likely " : ", better "),
        make("span", { class: "to" }, isolated(taken || first)),
      );
      if (rest.length && !taken) line.append(make("span", { class: "more" }, ", ", isolated(rest.slice(0, 2).join(", "))));
    }
    if (row.places > 1) line.append(make("span", { class: "times" }, " ×", String(row.places), make("span", { class: "visually-hidden" }, " places")));
    if (!row.substitution) line.append(make("span", { class: "message" }, make("small", {}, isolated(row.message || row.title))));
    const weight = make("span", { class: "weight" }, row.strength ?? "", bar(row.weight, 4));
    const on = { click: () => this.actions.go(row.number) };
    return make("button", { type: "button", class: "go", on, "data-tool": "go", disabled: !marks }, line, weight);
  }

  /** @param {import("./decisions.js").Row} row @param {boolean} settled @param {number[]} marks */
  #tools(row, settled, marks) {
    const { actions } = this;
    const wording = row.wording;
    const tool = (/** @type {string} */ name, /** @type {string} */ sign, /** @type {string} */ label, /** @type {() => void} */ click) =>
      make("button", { type: "button", class: "icon", "data-tool": name, "aria-label": label, title: label, on: { click } }, sign);
    const everywhere = row.places > 1 ? ` in all ${count(row.places, "place")}` : "";
    const offered = marks.some((mark) => this.decisions.marks[mark].offers.length);
    if (settled) return make("span", { class: "tools" }, tool("restore", "↺", `Restore “${wording}”${everywhere}`, () => actions.restoreRow(row.number)));
    return make(
      "span",
      { class: "tools" },
      offered && tool("accept", "✓", `Replace “${wording}” by “${row.expected[0]}”${everywhere}`, () => actions.acceptRow(row.number)),
      tool("dismiss", "×", `Dismiss “${wording}”${everywhere}`, () => actions.dismissRow(row.number)),
    );
  }
}
