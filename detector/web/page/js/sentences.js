/** The article sentence by sentence, in order or the most likely rewritten first. */

import { bar, make } from "./dom.js";

/**
 * @param {HTMLElement} panel
 * @param {HTMLElement} article the marked article, whose sentences are copied
 * @param {string} classes of the container: the filters in force
 */
export function drawSentences(panel, article, classes) {
  const sentences = [...article.querySelectorAll(".s")].map((source, number) => ({ source, number, p: chance(source) }));
  if (!sentences.length) {
    panel.replaceChildren(make("p", { class: "empty" }, "unspin judged no single sentence here."));
    return;
  }
  const list = make("ol", { class: `sentences marked ${classes}` });
  const items = sentences.map((each) => ({ ...each, item: row(each.source, each.p) }));
  const order = (/** @type {boolean} */ likeliest) => {
    const sorted = [...items].sort((a, b) => (likeliest ? (b.p ?? -1) - (a.p ?? -1) : 0) || a.number - b.number);
    list.replaceChildren(...sorted.map((each) => each.item));
  };
  order(false);
  panel.replaceChildren(
    make(
      "div",
      { class: "heading" },
      make("p", { class: "lede" }, "The probability that a machine rewrote each sentence. One sentence proves little, so look for many. Short sentences are not judged."),
      switcher(["In order", "Most likely first"], (chosen) => order(chosen === 1)),
    ),
    list,
  );
}

/** @param {Element} source @returns {number | null} */
function chance(source) {
  const { p } = /** @type {HTMLElement} */ (source).dataset;
  return p === undefined ? null : Number(p);
}

/** @param {Element} source @param {number | null} p */
function row(source, p) {
  const text = /** @type {HTMLElement} */ (source.cloneNode(true));
  for (const mark of text.querySelectorAll("[tabindex]")) mark.setAttribute("tabindex", "-1");
  for (const mark of text.querySelectorAll(".open")) mark.classList.remove("open");
  const figure = make("div", { class: "p" }, p === null ? "too short" : inWords(p));
  if (p !== null) figure.append(bar(p, 4));
  return make("li", {}, figure, make("div", { class: "t", dir: "auto" }, text));
}

/** Never rounded to certainty. @param {number} p */
function inWords(p) {
  if (p > 0.99) return "over 0.99";
  if (p < 0.01) return "under 0.01";
  return p.toFixed(2);
}

/**
 * Buttons of which one is pressed.
 *
 * @param {string[]} titles
 * @param {(chosen: number) => void} choose
 */
function switcher(titles, choose) {
  const group = make("div", { class: "segmented", role: "group", "aria-label": "Order" });
  const buttons = titles.map((title, number) => {
    const click = () => {
      buttons.forEach((button, other) => button.setAttribute("aria-pressed", String(other === number)));
      choose(number);
    };
    return make("button", { type: "button", "aria-pressed": String(number === 0), on: { click } }, title);
  });
  group.append(...buttons);
  return group;
}
