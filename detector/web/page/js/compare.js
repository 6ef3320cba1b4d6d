/** The article beside a second text: the suspected source, pasted, opened or fetched. */

import * as api from "./api.js";
import { announce, byId, count, isolated, make } from "./dom.js";
import { place } from "./trusted.js";

/** @typedef {{summary: string[], rows: [string, string][], substitutions: {here: string, there: string, times: number, first: number}[]}} Compared */

export class Comparison {
  /**
   * @param {HTMLElement} panel
   * @param {() => string} articleText the article as given
   * @param {boolean} urls whether the server fetches addresses
   * @param {string} [result] the address of the kept result
   */
  constructor(panel, articleText, urls, result) {
    this.result = result;
    this.panel = panel;
    this.articleText = articleText;
    this.urls = urls;
    this.original = "";
    this.form();
  }

  /** @param {string} [problem] */
  form(problem = "") {
    const text = make("textarea", { id: "second", dir: "auto", rows: 9, spellcheck: "false", placeholder: "Paste the story that may be the source." });
    /** @type {HTMLTextAreaElement} */ (text).value = this.original;
    const file = make("input", { type: "file", class: "visually-hidden", id: "second-file", tabindex: "-1", "aria-hidden": "true", accept: ".txt,.text,.md,.markdown,.html,.htm,.docx,.odt,.rtf,.pdf,.eml,.msg" });
    const address = make("input", { type: "url", id: "second-address", inputmode: "url", placeholder: "https://", autocomplete: "off", "aria-label": "Web address of the second text" });
    const said = make("p", { class: "problem", role: "alert", hidden: !problem }, problem);
    const complain = (/** @type {Error} */ error) => {
      said.textContent = error.message;
      said.hidden = false;
    };
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      said.hidden = true;
      const url = /** @type {HTMLInputElement} */ (address).value.trim();
      const pasted = /** @type {HTMLTextAreaElement} */ (text).value;
      if (!pasted.trim() && !url) complain(new Error("Paste a second text to compare with, or choose a file."));
      else this.run(pasted.trim() ? { text: pasted } : { url }).catch(complain);
    };
    file.addEventListener("change", () => {
      const [chosen] = /** @type {HTMLInputElement} */ (file).files ?? [];
      if (chosen) this.run({ file: chosen }).catch(complain);
    });
    this.panel.replaceChildren(
      make(
        "form",
        { class: "second", novalidate: true, on: { submit } },
        make("h2", {}, "Compare with the suspected source"),
        make("p", { class: "lede" }, "unspin shows both texts side by side and marks all words that differ."),
        make(
          "div",
          { class: "sheet" },
          make("label", { class: "visually-hidden", for: "second" }, "The second text"),
          text,
          make("div", { class: "address", hidden: !this.urls }, make("label", { for: "second-address" }, "or a web address"), address),
          make(
            "div",
            { class: "controls" },
            file,
            make("button", { type: "button", class: "quiet", on: { click: () => file.click() } }, "Choose a file"),
            make("span", { class: "count" }),
            make("button", { type: "submit", class: "primary" }, "Compare"),
          ),
        ),
        said,
      ),
    );
  }

  /** @param {api.Given} given */
  async run(given) {
    const button = /** @type {HTMLButtonElement} */ (this.panel.querySelector("[type=submit]"));
    button.setAttribute("aria-busy", "true");
    try {
      this.original = "text" in given ? given.text : (await api.read(given)).text;
      const answer = await api.compare(this.articleText(), this.original, this.result);
      this.show(answer);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  /** @param {Compared} answer @param {string} [second] what the second text is called */
  show(answer, second = "The second text") {
    const pairs = make("div", { class: "pairs" }, make("div", { class: "pair heads" }, make("span", {}, "The article"), make("span", {}, isolated(second))));
    for (const [here, there] of answer.rows) {
      const left = make("div");
      const right = make("div");
      place(left, here);
      place(right, there);
      pairs.append(make("div", { class: "pair" }, left, right));
    }
    for (const event of ["pointerover", "pointerout", "click"]) pairs.addEventListener(event, (each) => this.#light(pairs, each));
    const heading = make("h2", { tabindex: "-1", id: "compared-title" }, "Side by side");
    this.panel.replaceChildren(
      make(
        "div",
        { class: "heading" },
        heading,
        make("button", { type: "button", class: "quiet", on: { click: () => { this.form(); byId("second").focus(); } } }, "Another second text"),
      ),
      make("p", { class: "lede" }, answer.summary.join(" ")),
      make("div", { class: "compared" }, pairs, this.#table(answer.substitutions, pairs)),
    );
    heading.focus({ preventScroll: true });
    announce(answer.summary[0]);
  }

  /** @param {{here: string, there: string, times: number, first: number}[]} rows @param {HTMLElement} pairs */
  #table(rows, pairs) {
    if (!rows.length) return make("aside", { class: "side" }, make("p", { class: "soft" }, "No short wording differs."));
    const body = rows.map((row) => {
      const click = () => {
        const target = /** @type {HTMLElement} */ (pairs.querySelector(`[data-d="${row.first}"]`));
        target.scrollIntoView({ block: "center" });
        light(pairs, String(row.first), true);
      };
      return make(
        "tr",
        {},
        make("td", {}, make("button", { type: "button", class: "link", on: { click } }, isolated(row.here))),
        make("td", {}, isolated(row.there)),
        make("td", { class: "number" }, String(row.times)),
      );
    });
    const head = make("tr", {}, ...["In the article", "In the second text"].map((title) => make("th", { scope: "col" }, title)), make("th", { scope: "col", class: "number" }, "Times"));
    return make("aside", { class: "side", tabindex: "0", "aria-label": "Wordings that differ" }, make("h2", {}, count(rows.length, "wording differs", "wordings differ")), make("table", { class: "plain" }, make("thead", {}, head), make("tbody", {}, ...body)));
  }

  /** Light up the partner of a wording. @param {HTMLElement} pairs @param {Event} event */
  #light(pairs, event) {
    const wording = /** @type {Element} */ (event.target).closest(".d");
    if (wording) light(pairs, /** @type {HTMLElement} */ (wording).dataset.d ?? "", event.type !== "pointerout");
  }
}

/** @param {HTMLElement} pairs @param {string} number @param {boolean} on */
function light(pairs, number, on) {
  for (const old of pairs.querySelectorAll(".lit")) old.classList.remove("lit");
  if (on) for (const each of pairs.querySelectorAll(`[data-d="${CSS.escape(number)}"]`)) each.classList.add("lit");
}
