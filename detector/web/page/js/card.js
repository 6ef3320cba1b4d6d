/** The card at a mark: the likely original, why the words are marked, and what to do about it. */

import { byId, isolated, make } from "./dom.js";

const SHOW_AFTER = 120;
const HIDE_AFTER = 280;
const NARROW = matchMedia("(max-width: 40rem)");

/**
 * @typedef {object} Actions
 * @property {(mark: number, wording: string) => void} accept
 * @property {(mark: number) => void} dismiss
 * @property {(mark: number) => void} restore
 * @property {(row: number) => void} dismissRow
 * @property {(step: number) => void} step
 */

export class Card {
  /** @param {Actions} actions */
  constructor(actions) {
    this.actions = actions;
    this.element = byId("card");
    /** @type {HTMLElement | null} */
    this.anchor = null;
    this.pinned = false;
    /** Whether the focus comes back from the card, and must not open it again. */
    this.returning = false;
    this.timer = 0;
    this.element.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.element.addEventListener("pointerleave", () => this.leave());
    this.element.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("resize", () => this.anchor && this.#position());
  }

  /** @param {HTMLElement} anchor @param {() => void} show */
  hover(anchor, show) {
    clearTimeout(this.timer);
    if (this.anchor === anchor || (this.pinned && this.element.contains(document.activeElement))) return;
    this.timer = setTimeout(show, SHOW_AFTER);
  }

  leave() {
    clearTimeout(this.timer);
    if (!this.pinned) this.timer = setTimeout(() => this.close(), HIDE_AFTER);
  }

  /**
   * @param {HTMLElement} anchor the piece of the mark
   * @param {number} mark
   * @param {import("./decisions.js").Decisions} decisions
   * @param {import("./decisions.js").View} view
   * @param {boolean} pinned whether it stays when the pointer leaves
   */
  open(anchor, mark, decisions, view, pinned) {
    clearTimeout(this.timer);
    this.#unmark();
    this.anchor = anchor;
    this.pinned = pinned;
    anchor.classList.add("open");
    anchor.setAttribute("aria-describedby", "card");
    this.element.className = `card k-${decisions.marks[mark].kind}`;
    this.element.replaceChildren(...this.#content(mark, decisions, view));
    this.element.hidden = false;
    this.#position();
  }

  close() {
    clearTimeout(this.timer);
    if (!this.anchor) return;
    const focused = this.element.contains(document.activeElement);
    const { anchor } = this;
    this.#unmark();
    this.anchor = null;
    this.pinned = false;
    this.element.hidden = true;
    if (focused) {
      this.returning = true;
      anchor.focus();
      this.returning = false;
    }
  }

  focus() {
    /** @type {HTMLElement | null} */ (this.element.querySelector("button"))?.focus();
  }

  /** Escape, or Tab past either end, leads back to the mark: the card stands last on the page. @param {KeyboardEvent} event */
  #key(event) {
    const buttons = this.element.querySelectorAll("button");
    const end = event.shiftKey ? buttons[0] : buttons[buttons.length - 1];
    if (event.key !== "Escape" && !(event.key === "Tab" && document.activeElement === end)) return;
    event.preventDefault();
    this.close();
  }

  #unmark() {
    this.anchor?.classList.remove("open");
    this.anchor?.removeAttribute("aria-describedby");
  }

  /**
   * @param {number} number
   * @param {import("./decisions.js").Decisions} decisions
   * @param {import("./decisions.js").View} view
   * @returns {Node[]}
   */
  #content(number, decisions, view) {
    const mark = decisions.marks[number];
    const rows = mark.rows.map((row) => view.rows[row - 1]);
    const [row] = rows;
    const state = decisions.state(number);
    const wording = make("p", { class: "wording" });
    if (state === "accepted") wording.append(make("s", {}, isolated(decisions.given(number))), " ", isolated(decisions.now(number)));
    else wording.append(isolated(row.wording));
    const parts = [
      make("p", { class: "kind" }, make("b", {}, row.title), make("span", {}, row.strength ?? "")),
      wording,
    ];
    if (state === "open" && mark.offers.length) {
      parts.push(
        make("p", { class: "soft" }, row.substitution ? "Likely original (a guess, made without the source story)" : "Better"),
        make("div", { class: "offers" }, ...mark.offers.map((offer) => this.#offer(number, offer))),
      );
    }
    if (mark.speech) {
      parts.push(make("p", { class: "speech" }, "These are somebody’s words. Check the recording before you change a quote."));
    }
    for (const each of rows) parts.push(make("p", { class: "why" }, isolated(each.message || each.title)));
    parts.push(this.#foot(number, row, state));
    return parts;
  }

  /** @param {number} number @param {string} offer */
  #offer(number, offer) {
    const on = { click: () => this.actions.accept(number, offer) };
    return make("button", { type: "button", class: "choice", on, "aria-label": `Use “${offer}” here` }, isolated(offer));
  }

  /** @param {number} number @param {import("./decisions.js").Row} row @param {string} state */
  #foot(number, row, state) {
    const { actions } = this;
    const quiet = (/** @type {string} */ text, /** @type {() => void} */ click, extra = {}) =>
      make("button", { type: "button", class: "quiet", on: { click }, ...extra }, text);
    return make(
      "div",
      { class: "row" },
      state === "open" ? quiet("Dismiss", () => actions.dismiss(number)) : quiet("Restore", () => actions.restore(number)),
      state === "open" && row.places > 1 && quiet(`Dismiss all ${row.places}`, () => actions.dismissRow(row.number)),
      quiet("‹", () => actions.step(-1), { class: "quiet back", "aria-label": "Previous mark" }),
      quiet("›", () => actions.step(1), { "aria-label": "Next mark" }),
    );
  }

  #position() {
    const { element, anchor } = this;
    if (!anchor || NARROW.matches) {
      element.style.removeProperty("left");
      element.style.removeProperty("top");
      return;
    }
    const mark = anchor.getClientRects()[0] ?? anchor.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    const margin = 12;
    const left = Math.max(margin, Math.min(mark.left, document.documentElement.clientWidth - width - margin));
    const below = mark.bottom + 6;
    const above = mark.top - height - 6;
    const top = below + height > innerHeight - margin && above > margin ? above : below;
    element.style.left = `${left + scrollX}px`;
    element.style.top = `${top + scrollY}px`;
  }
}
