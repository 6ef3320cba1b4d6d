/** What leaves the page as a file, to paper or to the clipboard. */

import * as api from "./api.js";
import { announce, byId, count } from "./dom.js";

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A file name from an article's, with nothing in it that a file system minds. @param {string} source @param {string} ending */
function fileName(source, ending) {
  const last = source.split(/[\\/]/).at(-1) ?? "";
  const stem = last.replace(/\.(?:txt|text|md|markdown|html?|docx|odt|rtf|pdf|eml|msg)$/i, "").replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[.-]+|[.-]+$/g, "");
  return `${stem.slice(0, 80) || "article"}.${ending}`;
}

/** @param {import("./decisions.js").View} view */
async function saveHtml(view) {
  save(await api.report(view.pieces.join(""), view.source), fileName(view.source, "report.html"));
}

/** @param {import("./decisions.js").View} view */
function saveJson(view) {
  const verdict = { ...view.verdict, text: view.pieces.join("") };
  save(new Blob([`${JSON.stringify(verdict, null, 2)}\n`], { type: "application/json" }), fileName(view.source, "verdict.json"));
}

/** @param {string} text @param {import("./decisions.js").View} view */
function saveText(text, view) {
  save(new Blob([text], { type: "text/plain;charset=utf-8" }), fileName(view.source, "cleaned.txt"));
}

/** @param {string} text @returns {Promise<boolean>} whether the clipboard took it */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain HTTP on another machine the new interface is missing; the old one still works.
    const box = document.createElement("textarea");
    box.value = text;
    box.setAttribute("aria-hidden", "true");
    box.className = "visually-hidden";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

/**
 * Make the buttons of the toolbar work.
 *
 * @param {object} shown what is on the page at the moment
 * @param {() => import("./decisions.js").View} shown.view
 * @param {() => string} shown.cleaned
 * @param {() => number} shown.changes how many wordings were accepted
 * @param {(sentence: string) => void} shown.complain
 */
export function leaving({ view, cleaned, changes, complain }) {
  const menu = /** @type {HTMLDetailsElement} */ (byId("export"));
  const shut = () => {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  };
  const on = (/** @type {string} */ id, /** @type {() => void | Promise<void>} */ act) =>
    byId(id).addEventListener("click", async () => {
      shut();
      try {
        await act();
      } catch (error) {
        complain(/** @type {Error} */ (error).message);
      }
    });
  on("export-html", () => saveHtml(view()));
  on("export-json", () => saveJson(view()));
  on("export-text", () => saveText(cleaned(), view()));
  on("export-print", () => print());
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") shut();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  const button = byId("copy");
  button.addEventListener("click", async () => {
    const done = await copy(cleaned());
    if (done) announce(`Copied, ${changes() ? `with ${count(changes(), "change")}` : "unchanged"}`);
    else complain("The browser does not let this page use the clipboard. Use Export, Cleaned text.");
    button.textContent = done ? "Copied" : "Copy cleaned text";
    setTimeout(() => {
      button.textContent = "Copy cleaned text";
    }, 2000);
  });
}
