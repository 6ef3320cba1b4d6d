/** What leaves the page as a file, to paper or to the clipboard. */

import * as api from "./api.js";
import { announce, byId, count, make, show } from "./dom.js";

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** What a text is called that was pasted. */
export const NAMELESS = new Set(["-", "article"]);

/**
 * A file name from the article's own or, if it was pasted, from its title; with nothing that a file system minds.
 *
 * @param {import("./decisions.js").View} view
 * @param {string} ending
 */
export function fileName({ source, title }, ending) {
  const last = NAMELESS.has(source) ? "" : source.replace(/[?#].*$/, "").split(/[\\/!]/).at(-1) ?? "";
  const stem = plain(last.replace(/\.(?:txt|text|md|markdown|html?|docx|odt|rtf|pdf|eml|msg)$/i, "")).slice(0, 80);
  const words = plain(title.toLowerCase());
  const short = words.length > 60 ? words.slice(0, 61).replace(/-[^-]*$/, "").slice(0, 60) : words;
  return `${stem || short || "article"}.${ending}`;
}

/** @param {string} name */
const plain = (name) => name.replace(/[’']/g, "").replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[.-]+|[.-]+$/g, "");

/** @param {import("./decisions.js").View} view */
async function saveHtml(view) {
  save(await api.report(view.pieces.join(""), view.source), fileName(view, "report.html"));
}

/** @param {import("./decisions.js").View} view */
function saveJson(view) {
  const verdict = { ...view.verdict, text: view.pieces.join("") };
  save(new Blob([`${JSON.stringify(verdict, null, 2)}\n`], { type: "application/json" }), fileName(view, "verdict.json"));
}

/** @param {string} text @param {import("./decisions.js").View} view */
function saveText(text, view) {
  save(new Blob([text], { type: "text/plain;charset=utf-8" }), fileName(view, "cleaned.txt"));
}

const STYLES = ["base", "result", "marks", "views", "print"];
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The verdict and both texts side by side, as they are shown, in a page without script. @param {import("./decisions.js").View} view */
async function saveBeside(view) {
  const sheets = await Promise.all(STYLES.map(async (name) => (await fetch(`/page/css/${name}.css`)).text()));
  sheets.push(`@media print { ${sheets.pop()} }`);
  const title = `${view.label_words}: ${view.title || view.source} - side by side - unspin`;
  const copied = [".paper", ".slip p", ".head", "#panel-compare > *", ".foot"].flatMap((each) => [...byId("result").querySelectorAll(each)]);
  const body = make("main", { id: "result", class: "proof", "data-label": view.label }, ...copied.map((each) => each.cloneNode(true)));
  for (const button of body.querySelectorAll("button")) {
    if (button.matches(".quiet")) button.remove();
    else button.replaceWith(...button.childNodes);
  }
  const head = [
    make("meta", { charset: "utf-8" }),
    make("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    make("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
    make("title", {}, title),
    make("style", {}, sheets.join("\n")),
  ];
  const page = make("html", { lang: "en" }, make("head", {}, ...head), make("body", {}, body));
  save(new Blob([`<!doctype html>${page.outerHTML}\n`], { type: "text/html;charset=utf-8" }), fileName(view, "side-by-side.html"));
}

/** What paper needs: a head line, and a title that becomes the file's name. @param {() => import("./decisions.js").View} view */
function preparePaper(view) {
  let before = "";
  addEventListener("beforeprint", () => {
    before ||= document.title;
    if (!view() || byId("view-check").hidden) return;
    drawPaper(view());
    const proof = byId("tab-compare").getAttribute("aria-selected") === "true" && byId("panel-compare").querySelector(".pairs") !== null;
    byId("result").classList.toggle("proof", proof);
    document.title = fileName(view(), proof ? "side-by-side" : "report");
  });
  addEventListener("afterprint", () => {
    document.title = before || document.title;
    before = "";
    byId("result").classList.remove("proof");
  });
}

/** @param {import("./decisions.js").View} view */
function drawPaper(view) {
  const { id } = view.kept ?? {};
  const when = new Date(view.kept?.made ?? Date.now()).toLocaleString(undefined, { dateStyle: "long", timeStyle: "short" });
  show(byId("paper"), make("b", {}, "unspin"), ` ${view.kept?.made ? "checked" : "printed"} ${when}`, id ? ` · ${location.origin}/#result/${id}` : "");
}

/** @param {string} text @returns {Promise<boolean>} whether the clipboard took it */
export async function copy(text) {
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
  on("export-beside", () => {
    drawPaper(view());
    return saveBeside(view());
  });
  on("export-json", () => saveJson(view()));
  on("export-text", () => saveText(cleaned(), view()));
  on("export-print", () => print());
  preparePaper(view);
  menu.addEventListener("toggle", () => {
    byId("beside-item").hidden = !byId("panel-compare").querySelector(".pairs");
  });
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
