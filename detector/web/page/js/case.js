/** What colleagues share about a result that the server keeps: its address, a status, and notes. */

import * as api from "./api.js";
import { copy } from "./export.js";
import { announce, count, isolated, make } from "./dom.js";

const NAME = "unspin-name";
const STATUSES = { open: "Open", asked: "Asked the writer", settled: "Settled" };

/** @typedef {{id: string, made: string, until: string, status: keyof typeof STATUSES,
 *   notes: {number: number, made: string, by: string, text: string}[], error?: string}} Case */

/** @param {string} iso @param {"short"} [timeStyle] */
const day = (iso, timeStyle) => new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle });

/** @param {string} id */
export const addressOf = (id) => `${location.origin}/#result/${id}`;

/**
 * @param {HTMLElement} panel
 * @param {Case | undefined} kept
 * @param {object} outside
 * @param {(change: () => Promise<Case>) => Promise<void>} outside.change does it, and draws the panel anew
 * @param {() => Promise<void>} outside.remove
 */
export function drawCase(panel, kept, { change, remove }) {
  panel.hidden = !kept;
  panel.replaceChildren();
  if (!kept) return;
  if (kept.error) {
    panel.append(make("p", { class: "note" }, kept.error));
    return;
  }
  const { id } = kept;
  const options = Object.entries(STATUSES).map(([key, title]) => make("option", { value: key, selected: key === kept.status }, title));
  const status = /** @type {HTMLSelectElement} */ (make("select", { id: "case-status" }, ...options));
  status.addEventListener("change", () => change(() => api.changeResult(id, { status: status.value })));
  const link = make("button", { type: "button", class: "quiet", id: "case-copy" }, "Copy the address");
  link.addEventListener("click", async () => {
    const done = await copy(addressOf(id));
    link.textContent = done ? "Copied" : addressOf(id);
    if (done) announce("Copied the address.");
  });
  const wipe = make("button", { type: "button", class: "quiet", id: "case-delete" }, "Delete");
  wipe.addEventListener("click", () => {
    if (wipe.dataset.sure) remove();
    wipe.dataset.sure = "yes";
    wipe.textContent = "Really delete it for everybody?";
  });
  panel.append(
    make(
      "div",
      { class: "case-row" },
      make("p", {}, make("span", { class: "screen" }, "This server keeps this result until "), make("span", { class: "on-paper" }, `${STATUSES[kept.status]}. Kept until `), `${day(kept.until)}.`, make("span", { class: "screen" }, " Who may use the server and has the address can open it.")),
      make("label", { for: "case-status" }, "Status ", status),
      link,
      wipe,
    ),
    make(
      "details",
      { open: kept.notes.length > 0 },
      make("summary", {}, kept.notes.length ? count(kept.notes.length, "note") : "Add a note"),
      kept.notes.length > 0 && make("ol", {}, ...kept.notes.map((note) => entry(note, () => change(() => api.removeNote(id, note.number))))),
      form((note, by) => change(() => api.changeResult(id, { note, by }))),
    ),
  );
}

/** @param {Case["notes"][number]} note @param {() => void} remove */
function entry({ made, by, text }, remove) {
  return make(
    "li",
    {},
    make("p", { dir: "auto" }, text),
    make("small", {}, by && isolated(by), by && " · ", day(made, "short")),
    make("button", { type: "button", class: "icon", "aria-label": "Remove this note", title: "Remove", on: { click: remove } }, "×"),
  );
}

/** @param {(note: string, by: string) => void} add */
function form(add) {
  const text = /** @type {HTMLTextAreaElement} */ (make("textarea", { id: "case-note", rows: 2, maxlength: 5000, dir: "auto", "aria-label": "Note" }));
  const by = /** @type {HTMLInputElement} */ (make("input", { id: "case-by", maxlength: 100, autocomplete: "name", placeholder: "Your name", "aria-label": "Your name" }));
  by.value = remembered();
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!text.value.trim()) return;
    try {
      localStorage.setItem(NAME, by.value);
    } catch {
      // Forbidden: then the name is typed each time.
    }
    add(text.value, by.value);
  };
  return make("form", { class: "case-form", on: { submit } }, text, by, make("button", { type: "submit", class: "choice" }, "Add the note"));
}

function remembered() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}
