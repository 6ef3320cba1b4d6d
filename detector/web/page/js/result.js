/** One checked article: the answer, the marked text, and what the editor does with it. */

import { markOf, neighbour, piecesOf, redraw, settleTabStop } from "./article.js";
import { Card } from "./card.js";
import { Comparison } from "./compare.js";
import { Decisions } from "./decisions.js";
import { drawCase } from "./case.js";
import { announce, byId, count, make } from "./dom.js";
import { NAMELESS } from "./export.js";
import { drawFilters } from "./filters.js";
import { MarkList } from "./list.js";
import { drawSentences } from "./sentences.js";
import { drawSources } from "./sources.js";
import { tabs } from "./tabs.js";
import { place } from "./trusted.js";

/** @typedef {import("./decisions.js").View} View */

const NOTHING_YET = /** @type {any} */ (null);

export class Result {
  /**
   * @param {object} outside
   * @param {(decisions: [number, import("./decisions.js").Decision][]) => void} outside.keep called after every decision
   * @param {(text: string) => void} outside.recheck check the cleaned text
   * @param {() => Promise<void>} outside.remove delete the kept result
   * @param {(sentence: string) => void} outside.complain
   */
  constructor(outside) {
    this.outside = outside;
    this.root = byId("result");
    this.article = byId("article");
    this.urls = false;
    /** @type {View} */
    this.view = NOTHING_YET;
    /** @type {Decisions} */
    this.decisions = NOTHING_YET;
    /** @type {Comparison | null} */
    this.comparison = null;
    this.sentencesDrawn = false;
    this.card = new Card({
      accept: (mark, wording) => this.#settle([[mark, { accept: wording }]]),
      dismiss: (mark) => this.#settle([[mark, { dismiss: true }]]),
      restore: (mark) => this.#settle([[mark, undefined]]),
      dismissRow: (row) => this.#row(row, () => ({ dismiss: true })),
      step: (step) => this.#step(step),
    });
    this.list = new MarkList(byId("side"), {
      go: (row) => this.#go(row),
      acceptRow: (row) => this.#row(row, (offers) => (offers[0] ? { accept: offers[0] } : undefined)),
      dismissRow: (row) => this.#row(row, () => ({ dismiss: true })),
      restoreRow: (row) => this.#row(row, () => undefined, true),
    });
    this.choose = tabs(byId("tabs"), (tab) => this.#shown(tab));
    this.#listen();
  }

  /**
   * @param {View} view
   * @param {[number, import("./decisions.js").Decision][]} kept
   * @param {import("./compare.js").Compared | null} [compared] what was kept with the result
   */
  show(view, kept = [], compared = null) {
    this.card.close();
    this.view = view;
    this.compared = compared;
    this.decisions = new Decisions(view.pieces, view.marks, kept);
    this.comparison = null;
    byId("panel-compare").replaceChildren();
    this.#case(view.kept);
    this.sentencesDrawn = false;
    this.list.whole = false;
    this.root.dataset.label = view.label;
    byId("title").textContent = view.title || view.source;
    byId("about").textContent = [NAMELESS.has(view.source) ? "" : view.source, count(view.words, "word")].filter(Boolean).join(" · ");
    place(byId("head"), view.head);
    place(this.article, view.article);
    this.article.className = "article marked";
    // An unknown language is not read out with an English voice.
    this.article.lang = view.label === "not_english" ? "" : "en";
    place(byId("reasons"), view.reasons);
    place(byId("quality"), view.quality);
    byId("quality-box").hidden = !view.quality;
    byId("tab-why").hidden = !view.verdict.contributions.length;
    byId("tab-sentences").hidden = !view.verdict.sentences.length;
    byId("signature").textContent = view.verdict.signature;
    drawSources(byId("sources"), view.sources, (source, comparison) => {
      this.choose("tab-compare");
      this.comparison?.show(comparison, source.title);
      byId("toolbar").scrollIntoView();
    });
    drawFilters(byId("filters"), view, this.root, (hidden) => {
      this.card.close();
      this.list.draw(view, this.decisions, hidden);
      settleTabStop(this.article);
    });
    this.list.draw(view, this.decisions, new Set());
    this.choose("tab-article");
    if (kept.length) redraw(this.root, this.decisions, kept.map(([mark]) => mark));
    this.#changes();
    settleTabStop(this.article);
  }

  /** @param {string} tab */
  #shown(tab) {
    this.card.close();
    if (!this.view) return;
    if (tab === "tab-sentences" && !this.sentencesDrawn) {
      drawSentences(byId("panel-sentences"), this.article, this.article.className.replace("article marked", ""));
      settleTabStop(byId("panel-sentences"));
      this.sentencesDrawn = true;
    }
    if (tab === "tab-compare" && !this.comparison) {
      this.comparison = new Comparison(byId("panel-compare"), () => this.view.pieces.join(""), this.urls, this.view.kept?.id);
      if (this.compared) this.comparison.show(this.compared);
    }
  }

  /** @param {import("./case.js").Case | undefined} kept */
  #case(kept) {
    const change = async (/** @type {() => Promise<import("./case.js").Case>} */ action) => {
      const { view } = this;
      const focused = document.activeElement?.id;
      try {
        view.kept = await action();
      } catch (error) {
        this.outside.complain(/** @type {Error} */ (error).message);
        return;
      }
      if (this.view !== view) return;
      this.#case(view.kept);
      (document.getElementById(focused ?? "") ?? byId("case").querySelector("summary"))?.focus();
      announce("Saved.");
    };
    drawCase(byId("case"), kept, { change, remove: this.outside.remove });
  }

  // --- decisions

  /** @param {[number, import("./decisions.js").Decision | undefined][]} changes */
  #settle(changes) {
    if (changes.length) this.#after(this.decisions.decide(changes));
  }

  /**
   * @param {number} row
   * @param {(offers: string[]) => import("./decisions.js").Decision | undefined} decision
   * @param {boolean} [reopen] whether no decision means opening the mark again
   */
  #row(row, decision, reopen = false) {
    /** @type {[number, import("./decisions.js").Decision | undefined][]} */
    const changes = [];
    for (const mark of this.decisions.ofRow(row)) {
      const made = decision(this.decisions.marks[mark].offers);
      if (made || reopen) changes.push([mark, made]);
    }
    this.#settle(changes);
  }

  undo() {
    this.#after(this.decisions.undo());
  }

  /** @param {number[]} marks that changed */
  #after(marks) {
    if (!marks.length) return;
    redraw(this.root, this.decisions, marks);
    this.list.refresh(new Set(marks.flatMap((mark) => this.decisions.marks[mark].rows)));
    this.card.close();
    this.#changes();
    this.outside.keep([...this.decisions.made]);
  }

  #changes() {
    const { accepted, dismissed } = this.decisions.tally();
    const box = byId("changes");
    const said = [accepted && count(accepted, "change"), dismissed && `${count(dismissed, "mark")} dismissed`].filter(Boolean).join(", ");
    const quiet = (/** @type {string} */ text, /** @type {string} */ id, /** @type {() => void} */ click) => make("button", { type: "button", class: "quiet", id, on: { click } }, text);
    const focused = box.contains(document.activeElement) ? document.activeElement?.id : "";
    const canUndo = this.decisions.past.length > 0;
    box.hidden = !said && !canUndo;
    box.replaceChildren(
      make("span", { class: "said" }, said || "No changes"),
      canUndo ? quiet("Undo", "undo", () => this.undo()) : "",
      accepted ? quiet("Check the cleaned text", "recheck", () => this.outside.recheck(this.decisions.cleaned())) : "",
    );
    if (focused) (document.getElementById(focused) ?? byId("tab-article")).focus();
    if (said) announce(said);
  }

  // --- going from mark to mark

  /** @param {HTMLElement} piece @param {boolean} pinned */
  #open(piece, pinned) {
    if (this.view) this.card.open(piece, markOf(piece), this.decisions, this.view, pinned);
  }

  /** The next place of a row, after the one that is open. @param {number} row */
  #go(row) {
    const marks = this.decisions.ofRow(row);
    const open = this.card.anchor ? markOf(this.card.anchor) : -1;
    const next = marks[(marks.indexOf(open) + 1) % marks.length];
    const piece = piecesOf(this.article, next)[0];
    if (!piece) return;
    this.choose("tab-article");
    piece.scrollIntoView({ block: "center" });
    this.#focus(piece);
  }

  /** @param {number | "first" | "last"} step */
  #step(step) {
    const from = this.card.anchor ?? document.activeElement;
    const container = from?.closest(".marked");
    const next = container && from && neighbour(container, from, step);
    if (next) this.#focus(next);
  }

  /** @param {HTMLElement} piece */
  #focus(piece) {
    const container = piece.closest(".marked");
    if (container) settleTabStop(container, piece);
    piece.focus();
    piece.scrollIntoView({ block: "nearest" });
    this.#open(piece, true);
  }

  #listen() {
    const { root } = this;
    const piece = (/** @type {Event} */ event) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-m]"));
    root.addEventListener("pointerover", (event) => {
      const mark = event.pointerType === "mouse" ? piece(event) : null;
      if (mark && shownMark(mark)) this.card.hover(mark, () => this.#open(mark, false));
    });
    root.addEventListener("pointerout", (event) => {
      if (event.pointerType === "mouse" && piece(event)) this.card.leave();
    });
    root.addEventListener("click", (event) => {
      const mark = piece(event);
      if (mark && shownMark(mark)) this.#focus(mark);
    });
    byId("head").addEventListener("click", (event) => {
      const { tab } = /** @type {HTMLElement} */ (event.target).dataset;
      if (!tab) return;
      this.choose(tab);
      byId(tab).focus();
    });
    root.addEventListener("keydown", (event) => this.#key(event, piece(event)));
    root.addEventListener("focusin", (event) => {
      const mark = piece(event);
      if (this.card.returning) return;
      if (mark?.matches(":focus-visible") && this.card.anchor !== mark) this.#open(mark, true);
      else if (!mark) this.card.close();
    });
    document.addEventListener("pointerdown", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (!target.closest("#card, [data-m]")) this.card.close();
    });
    addEventListener("beforeprint", () => this.list.showAll());
  }

  /** @param {KeyboardEvent} event @param {HTMLElement | null} piece */
  #key(event, piece) {
    if (!piece || !this.view || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const mark = markOf(piece);
    const offer = this.decisions.marks[mark].offers[Number(event.key) - 1];
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowRight: () => this.#step(1),
      n: () => this.#step(1),
      ArrowLeft: () => this.#step(-1),
      p: () => this.#step(-1),
      Home: () => this.#step("first"),
      End: () => this.#step("last"),
      Enter: () => this.#enter(piece),
      " ": () => this.#enter(piece),
      Escape: () => this.card.close(),
      d: () => this.#settle([[mark, { dismiss: true }]]),
      Delete: () => this.#settle([[mark, { dismiss: true }]]),
      r: () => this.#settle([[mark, undefined]]),
      u: () => this.undo(),
    };
    const act = offer ? () => this.#settle([[mark, { accept: offer }]]) : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** @param {HTMLElement} piece */
  #enter(piece) {
    this.#open(piece, true);
    this.card.focus();
  }
}

/** Whether the filters show a mark. @param {HTMLElement} piece */
function shownMark(piece) {
  const kind = [...piece.classList].find((name) => name.startsWith("k-"))?.slice(2);
  return !piece.closest(`.hide-${kind}`);
}
