/** Which kinds of marks are shown, and whether sentences are shaded. */

import { make } from "./dom.js";

/**
 * @param {HTMLElement} group
 * @param {import("./decisions.js").View} view
 * @param {HTMLElement} result carries the classes that style sheets obey
 * @param {(hidden: Set<string>) => void} changed
 */
export function drawFilters(group, view, result, changed) {
  /** @type {Set<string>} */
  const hidden = new Set();
  const chips = view.kinds.map((kind) =>
    chip(kind.title, `k-${kind.key}`, make("span", { class: "swatch" }), String(kind.places), (on) => {
      if (on) hidden.delete(kind.key);
      else hidden.add(kind.key);
      for (const article of result.querySelectorAll(".marked")) article.classList.toggle(`hide-${kind.key}`, !on);
      changed(hidden);
    }),
  );
  const judged = view.verdict.sentences.some((/** @type {{probability: number | null}} */ each) => each.probability !== null);
  if (judged) {
    chips.push(chip("shading", "", make("span", { class: "swatch shade" }), "", (on) => result.classList.toggle("shaded", on)));
  }
  result.classList.add("shaded");
  group.hidden = !chips.length;
  group.replaceChildren(...chips);
}

/**
 * @param {string} title
 * @param {string} css
 * @param {Node} swatch
 * @param {string} times
 * @param {(on: boolean) => void} toggled
 */
function chip(title, css, swatch, times, toggled) {
  const click = (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    toggled(on);
  };
  return make(
    "button",
    { type: "button", class: `chip ${css}`, "aria-pressed": "true", on: { click } },
    swatch,
    make("span", { class: "chip-name" }, title),
    times && make("span", { class: "times" }, times),
  );
}
