/** Where an article is given: pasted, typed, dropped, chosen, or by its address. */

import { byId } from "./dom.js";

const COUNT_WORDS_UP_TO = 400_000;

export class Composer {
  /**
   * @param {(given: import("./api.js").Given) => void} give called with what is to be checked
   * @param {(text: string) => void} compose called with a text that was pasted beside every field
   */
  constructor(give, compose) {
    this.give = give;
    this.text = /** @type {HTMLTextAreaElement} */ (byId("text"));
    this.address = /** @type {HTMLInputElement} */ (byId("address"));
    this.file = /** @type {HTMLInputElement} */ (byId("file"));
    /** @type {string} what the text is called, if it was called anything */
    this.source = "";
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("input", () => this.#count());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#submit();
    });
    byId("choose").addEventListener("click", () => this.file.click());
    this.file.addEventListener("change", () => {
      const [chosen] = this.file.files ?? [];
      if (chosen) give({ file: chosen });
      this.file.value = "";
    });
    byId("by-address").addEventListener("click", () => this.showAddress(Boolean(byId("address-row").hidden)));
    this.#drops();
    document.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text/plain");
      const field = /** @type {Element} */ (event.target).closest?.("input, textarea, dialog");
      if (!text?.trim() || field) return;
      // The field that is about to get the focus would take it as well.
      event.preventDefault();
      compose(text);
    });
  }

  /** @param {{urls: boolean, most_bytes?: number}} settings */
  configure(settings) {
    byId("by-address").hidden = !settings.urls;
    this.mostBytes = settings.most_bytes;
  }

  /** @param {boolean} on */
  showAddress(on) {
    byId("address-row").hidden = !on;
    byId("by-address").setAttribute("aria-expanded", String(on));
    if (on) this.address.focus();
    else this.address.value = "";
  }

  /** @param {string} text @param {string} source */
  set(text, source) {
    this.text.value = text;
    this.source = source;
    this.#count();
  }

  /** @param {boolean} on */
  busy(on) {
    const button = byId("check");
    button.textContent = on ? "Stop" : "Check";
    if (on) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }

  /** @param {string} sentence what is wrong; "" for nothing */
  complain(sentence) {
    const problem = byId("problem");
    problem.textContent = sentence;
    problem.hidden = !sentence;
    if (sentence) problem.scrollIntoView({ block: "nearest" });
  }

  #submit() {
    const url = this.address.value.trim();
    if (url && !byId("address-row").hidden) this.give({ url });
    else if (this.text.value.trim()) this.give({ text: this.text.value, ...(this.source && { source: this.source }) });
    else {
      this.complain("Paste an article first, or choose a file.");
      this.text.focus();
    }
  }

  #count() {
    const text = this.text.value;
    const words = text.length > COUNT_WORDS_UP_TO ? -1 : (text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []).length;
    byId("count").textContent = words > 0 ? `${words.toLocaleString("en")} ${words === 1 ? "word" : "words"}` : "";
    if (!text) this.source = "";
  }

  #drops() {
    const veil = byId("drop");
    const holdsFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
    addEventListener("dragover", (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      veil.hidden = false;
    });
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) veil.hidden = true;
    });
    addEventListener("drop", (event) => {
      veil.hidden = true;
      if (!holdsFile(event)) return;
      event.preventDefault();
      const files = event.dataTransfer?.files ?? [];
      if (files.length > 1) this.complain("Drop one article at a time. For many articles, use `unspin audit`.");
      else if (files[0]) this.give({ file: files[0] });
    });
  }
}
