/** Where an article is given: pasted, typed, dropped, chosen, or by its address. */

import { byId, count } from "./dom.js";

const COUNT_WORDS_UP_TO = 400_000;

export class Composer {
  /**
   * @param {(given: import("./api.js").Given) => void} give called with what is to be checked
   * @param {(files: File[]) => void} several called with several files
   * @param {(text: string) => void} compose called with a text that was pasted beside every field
   */
  constructor(give, several, compose) {
    this.give = give;
    this.several = several;
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
      this.#files([...(this.file.files ?? [])]);
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

  /** @param {{urls: boolean, keep_days: number}} settings */
  configure(settings) {
    byId("by-address").hidden = !settings.urls;
    byId("keeping").textContent = settings.keep_days
      ? `The server keeps each result with its article for ${count(settings.keep_days, "day")}, for everybody who may use it and has the result’s address.`
      : "The server does not keep it or send it on.";
  }

  /** @param {File[]} files */
  #files(files) {
    if (files.length > 1 || /\.zip$/i.test(files[0]?.name ?? "")) this.several(files);
    else if (files[0]) this.give({ file: files[0] });
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
      const entries = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
      Promise.all(entries.map(filesIn)).then(
        (found) => this.#files(found.flat().filter((file) => !file.name.startsWith("."))),
        () => this.complain("The browser cannot read what was dropped: choose the files instead."),
      );
    });
  }
}

/** The files that were dropped; those of a folder, too. @param {any} dropped @returns {Promise<File[]>} */
async function filesIn(dropped) {
  if (!dropped || dropped instanceof File) return dropped ? [dropped] : [];
  if (dropped.isFile) return [await new Promise((resolve, reject) => { dropped.file(resolve, reject); })];
  const reader = dropped.createReader();
  const found = [];
  // A reader gives up to 100 entries at a time.
  for (;;) {
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length) return (await Promise.all(found.map(filesIn))).flat();
    found.push(...some);
  }
}
