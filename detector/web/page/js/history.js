/** The view of what was checked in this browser. */

import { announce, count, isolated, make } from "./dom.js";
import * as store from "./store.js";

/**
 * @param {HTMLElement} section
 * @param {(id: number) => void} open
 */
export async function drawHistory(section, open) {
  const checks = await store.list();
  const again = () => drawHistory(section, open);
  const box = make("input", { type: "checkbox", id: "keep", checked: store.keeping() });
  box.addEventListener("change", () => store.keep(/** @type {HTMLInputElement} */ (box).checked));
  const wipe = make("button", { type: "button", class: "quiet", id: "wipe", hidden: !checks.length }, "Delete the history");
  wipe.addEventListener("click", async () => {
    if (!wipe.dataset.sure) {
      wipe.dataset.sure = "yes";
      wipe.textContent = `Really delete ${count(checks.length, "check")}?`;
      return;
    }
    await store.wipe();
    await again();
    announce("The history is deleted.");
    section.querySelector("h1")?.focus();
  });
  section.replaceChildren(
    make("div", { class: "heading" }, make("h1", { id: "history-title", tabindex: "-1" }, "History"), wipe),
    make("p", { class: "lede" }, "The last 100 checks in this browser, with the articles. They stay on this computer, but anybody who uses this browser can read them."),
    make("p", { class: "lede" }, make("label", {}, box, " Keep a history in this browser")),
    checks.length
      ? make("ol", { class: "history" }, ...checks.map((check) => entry(check, open, again)))
      : make("p", { class: "empty" }, "The history is empty."),
  );
}

/**
 * @param {store.Summary} check
 * @param {(id: number) => void} open
 * @param {() => Promise<void>} again
 */
function entry(check, open, again) {
  const id = Number(check.id);
  const title = check.title || check.source;
  const when = new Date(check.when).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  const facts = [when, count(check.words, "word"), check.probability_words && `probability ${check.probability_words}`].filter(Boolean);
  const remove = async () => {
    await store.remove(id);
    await again();
  };
  return make(
    "li",
    {},
    make("span", { class: "pill", "data-label": check.label }, check.label_words),
    make("button", { type: "button", class: "open", on: { click: () => open(id) } }, make("b", {}, isolated(title)), make("small", {}, facts.join(" · "))),
    make("button", { type: "button", class: "icon", "aria-label": `Remove “${title}”`, title: "Remove", on: { click: remove } }, "×"),
  );
}
