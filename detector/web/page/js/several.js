/** Several articles at once: a table of answers that open one by one. */

import * as api from "./api.js";
import { announce, count, isolated, make, show } from "./dom.js";

const MOST = 50;
const AT_ONCE = 2;
const TRIES = 6;

/**
 * @typedef {import("./main.js").Check} Check
 * @typedef {{name: string, file?: File, check?: Check, problem?: string}} Row
 */

export class Several {
  /**
   * @param {HTMLElement} section
   * @param {object} outside
   * @param {(view: import("./decisions.js").View) => Check} outside.answered called with every answer
   * @param {(check: Check) => void} outside.open
   * @param {<T>(action: () => Promise<T>) => Promise<T>} outside.withToken
   */
  constructor(section, outside) {
    this.section = section;
    this.outside = outside;
    /** @type {Row[]} */
    this.rows = [];
    /** @type {AbortController | null} */
    this.running = null;
    this.draw();
  }

  /** Take a result off the list. @param {Check} check */
  forget(check) {
    this.rows = this.rows.filter((row) => row.check !== check);
    this.draw();
  }

  /** @param {File[]} files @returns {Promise<void>} */
  async check(files) {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    this.rows = files.slice(0, MOST).map((file) => ({ name: file.name, file }));
    if (files.length > MOST) {
      this.rows.push({ name: count(files.length - MOST, "more file"), problem: `Choose up to ${MOST} files at once. For many, use unspin audit.` });
    }
    this.draw();
    const waiting = this.rows.filter((row) => row.file);
    const work = async () => {
      for (let row = waiting.shift(); row && !running.signal.aborted; row = waiting.shift()) {
        await this.#row(row, running.signal);
        if (this.running === running) this.draw();
      }
    };
    // The first one asks for the token, if one is needed.
    const [first] = waiting.splice(0, 1);
    await this.#row(first, running.signal);
    if (this.running !== running) return;
    this.draw();
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (this.running !== running) return;
    this.running = null;
    this.draw();
    announce(this.#summary());
  }

  /** @param {Row} row @param {AbortSignal} signal */
  async #row(row, signal) {
    const file = /** @type {File} */ (row.file);
    for (let tries = 1; ; tries += 1) {
      try {
        await this.outside.withToken(() => (/\.zip$/i.test(file.name) ? this.#archive(row, file, signal) : this.#file(row, file, signal)));
        return;
      } catch (error) {
        const { message, wait } = /** @type {api.Refusal} */ (error);
        if (!wait || tries === TRIES || signal.aborted) {
          row.problem = signal.aborted ? "Stopped." : message;
          return;
        }
        await new Promise((resolve) => { setTimeout(resolve, 1000 * wait); });
      }
    }
  }

  /** @param {Row} row @param {File} file @param {AbortSignal} signal */
  async #file(row, file, signal) {
    row.check = this.outside.answered(await api.check({ file }, signal));
  }

  /** The rows of an archive's files take the place of its own. @param {Row} row @param {File} file @param {AbortSignal} signal */
  async #archive(row, file, signal) {
    let last = row;
    await api.checkArchive(file, (answer) => {
      const found = { name: answer.source, ...(answer.error ? { problem: answer.error } : { check: this.outside.answered(answer) }) };
      const at = this.rows.indexOf(last);
      if (last === row) this.rows[at] = found;
      else this.rows.splice(at + 1, 0, found);
      last = found;
      this.draw();
    }, signal);
  }

  #summary() {
    const answers = this.rows.flatMap((row) => row.check?.view.label_words ?? []);
    const kinds = [...new Set(answers)].map((kind) => `${answers.filter((each) => each === kind).length} ${kind[0].toLowerCase()}${kind.slice(1)}`);
    const failed = this.rows.filter((row) => row.problem).length;
    const said = [...kinds, failed && `${failed} not checked`].filter(Boolean);
    return `${answers.length} of ${count(this.rows.length, "article")} checked${said.length ? `: ${said.join(", ")}` : ""}.`;
  }

  draw() {
    const columns = [["Answer"], ["Article"], ["Probability", 1], ["Words", 1], ["Marks", 1]];
    const stop = () => this.running?.abort();
    const focused = this.section.contains(document.activeElement) ? document.activeElement?.id : "";
    show(
      this.section,
      make("div", { class: "heading" }, make("h1", { id: "several-title", tabindex: "-1" }, "Several articles"), this.running && make("button", { type: "button", class: "quiet", id: "stop-several", on: { click: stop } }, "Stop")),
      make("p", { class: "lede", id: "several-summary" }, this.rows.length ? this.#summary() : "Choose several files on the page Check, or drop them there."),
      this.rows.length &&
        make(
          "div",
          { class: "scroll", tabindex: "0", role: "region", "aria-label": "Answers" },
          make("table", { class: "plain several" }, make("thead", {}, make("tr", {}, ...columns.map(([title, number]) => make("th", { scope: "col", class: number && "number" }, String(title))))), make("tbody", {}, ...this.rows.map((row, number) => this.#entry(row, number)))),
        ),
    );
    if (focused) document.getElementById(focused)?.focus();
  }

  /** @param {Row} row @param {number} number */
  #entry({ name, check, problem }, number) {
    const view = check?.view;
    const said = view ? make("span", { class: "pill", "data-label": view.label }, view.label_words) : problem ? "Not checked" : "Waiting";
    const open = () => check && this.outside.open(check);
    return make(
      "tr",
      {},
      make("td", {}, said),
      make("th", { scope: "row" }, view ? make("button", { type: "button", class: "link", id: `row-${number}`, on: { click: open } }, isolated(view.title || name)) : isolated(name), view ? make("small", {}, isolated(name)) : problem && make("small", {}, isolated(problem))),
      make("td", { class: "number" }, view?.probability_words ?? ""),
      make("td", { class: "number" }, view ? view.words.toLocaleString("en") : ""),
      make("td", { class: "number" }, view ? String(view.marks.length) : ""),
    );
  }
}
