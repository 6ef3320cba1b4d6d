/** The two dialogs: keyboard shortcuts, and the token that a server on another machine asks for. */

import * as api from "./api.js";
import { byId, make } from "./dom.js";

const KEYS = [
  ["Ctrl + Enter", "check the pasted article"],
  ["Tab", "go to the marks in the article, then past them"],
  ["← →", "go to the previous or next mark (also p and n); Home and End: first and last"],
  ["Enter", "open the card of a mark; Esc: close it"],
  ["1 to 5", "use the first to fifth suggestion for the mark"],
  ["d", "dismiss the mark; r: restore it"],
  ["u", "undo"],
];

export function keysDialog() {
  const dialog = /** @type {HTMLDialogElement} */ (byId("keys"));
  dialog.replaceChildren(
    make("h2", { id: "keys-title" }, "Keys"),
    make("dl", { class: "keys" }, ...KEYS.flatMap(([key, does]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, does)])),
    make("div", { class: "row" }, make("button", { type: "button", class: "primary", on: { click: () => dialog.close() } }, "Close")),
  );
  byId("keys-open").addEventListener("click", () => dialog.showModal());
}

/** Ask for the token until the server takes it. @returns {Promise<boolean>} false if the user gave up */
export function askToken() {
  const dialog = /** @type {HTMLDialogElement} */ (byId("ask-token"));
  return new Promise((resolve) => {
    const box = make("input", { type: "password", id: "token", autocomplete: "current-password", required: true });
    const problem = make("p", { class: "problem", role: "alert", hidden: true });
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      try {
        await api.openSession(/** @type {HTMLInputElement} */ (box).value.trim());
        resolve(true);
        dialog.close();
      } catch (error) {
        problem.textContent = /** @type {Error} */ (error).message;
        problem.hidden = false;
        box.focus();
      }
    };
    dialog.replaceChildren(
      make(
        "form",
        { on: { submit } },
        make("h2", { id: "token-title" }, "This server asks for a token"),
        make("p", { class: "soft" }, "The person who started the server has the token."),
        make("p", { class: "address" }, make("label", { for: "token" }, "Token"), box),
        problem,
        make("div", { class: "row" }, make("button", { type: "submit", class: "primary" }, "Continue")),
      ),
    );
    dialog.addEventListener("close", () => resolve(false), { once: true });
    dialog.showModal();
  });
}
