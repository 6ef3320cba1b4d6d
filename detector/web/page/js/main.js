/** The page: which view is shown, checking, history, colours. */

import * as api from "./api.js";
import { askToken, keysDialog } from "./dialogs.js";
import { announce, byId } from "./dom.js";
import { leaving } from "./export.js";
import { drawFeed } from "./feed.js";
import { drawHistory } from "./history.js";
import { Composer } from "./input.js";
import { Result } from "./result.js";
import { Several } from "./several.js";
import * as store from "./store.js";

/**
 * @typedef {object} Check a result and what was done with it
 * @property {import("./decisions.js").View} view
 * @property {[number, import("./decisions.js").Decision][]} decisions
 * @property {import("./compare.js").Compared | null} [comparison] what the server keeps beside it
 * @property {number | null} [stored] its number in the history of this browser
 */

/** @type {AbortController | null} */
let running = null;
/** @type {Check | null} what is shown */
let shown = null;

const composer = new Composer(
  (given) => checkIt(given),
  (files) => {
    location.hash = "#several";
    several.check(files);
  },
  (text) => {
    location.hash = "#check";
    compose(text, "");
  },
);
const result = new Result({
  keep: (decisions) => {
    if (!shown) return;
    shown.decisions = decisions;
    if (shown.stored) store.update(shown.stored, decisions);
  },
  recheck: (text) => checkIt({ text, source: result.view.source }),
  complain: (sentence) => composer.complain(sentence),
  remove,
});
const several = new Several(byId("view-several"), {
  answered: (view) => {
    const check = { view, decisions: [] };
    remember(check);
    return check;
  },
  open: (check) => {
    show(check);
    location.hash = addressOf(check);
  },
  withToken,
});

/** @param {Check} check */
const addressOf = ({ view }) => (view.kept?.id ? `#result/${view.kept.id}` : "#check");

/** @param {api.Given} given */
async function checkIt(given) {
  if (running) {
    running.abort();
    return;
  }
  location.hash = "#check";
  composer.complain("");
  composer.busy(true);
  running = new AbortController();
  try {
    const view = await withToken(() => api.check(given, running?.signal));
    const check = { view, decisions: [] };
    show(check);
    history.replaceState(null, "", addressOf(check));
    // After the verdict is on the screen: keeping it must not hold it up.
    requestAnimationFrame(() => setTimeout(() => remember(check)));
  } catch (error) {
    if (/** @type {Error} */ (error).name === "AbortError") announce("Stopped.");
    else composer.complain(/** @type {Error} */ (error).message);
  } finally {
    running = null;
    composer.busy(false);
  }
}

/** @param {Check} check */
function show(check) {
  const { view, decisions } = check;
  shown = check;
  result.show(view, decisions, check.comparison);
  composer.complain("");
  byId("result").hidden = false;
  byId("composer").hidden = true;
  byId("back").hidden = !several.rows.some((row) => row.check === check);
  document.title = `${view.label_words}: ${view.title || view.source} - unspin`;
  scrollTo({ top: 0, behavior: "instant" });
  byId("verdict").focus({ preventScroll: true });
  announce(`${view.label_words}. ${view.probability_words && `Probability ${view.probability_words}.`} ${view.marks.length} marks.`);
}

/** @param {Check} check */
async function remember(check) {
  const { view, decisions } = check;
  const { title, source, label, label_words, probability_words, words } = view;
  check.stored = await store.add({ when: Date.now(), title, source, label, label_words, probability_words, words, view, decisions });
}

/** Delete the shown result on the server, and in this browser. */
async function remove() {
  const check = shown;
  if (!check?.view.kept) return;
  try {
    await withToken(() => api.removeResult(/** @type {import("./case.js").Case} */ (check.view.kept).id));
  } catch (error) {
    composer.complain(/** @type {Error} */ (error).message);
    return;
  }
  if (check.stored) await store.remove(check.stored);
  several.forget(check);
  history.replaceState(null, "", "#check");
  compose("", "");
  announce("The result is deleted.");
}

/** @param {string} id */
async function openResult(id) {
  const own = await store.find(id);
  try {
    const { view, comparison, case: kept } = await withToken(() => api.openResult(id));
    show({ view: { ...view, kept }, comparison, decisions: own?.decisions ?? [], stored: own?.id });
  } catch (error) {
    const { message, status } = /** @type {api.Refusal} */ (error);
    if (own && status === 404) show({ view: { ...own.view, kept: undefined }, decisions: own.decisions, stored: own.id });
    else compose("", "");
    composer.complain(message);
  }
}

/** @param {string} text @param {string} source */
function compose(text, source) {
  shown = null;
  if (location.hash.startsWith("#result/")) history.replaceState(null, "", "#check");
  result.card.close();
  byId("result").hidden = true;
  byId("composer").hidden = false;
  composer.set(text, source);
  composer.complain("");
  document.title = "unspin";
  byId("text").focus();
}

/**
 * Do something, and once more after the token was asked for.
 *
 * @template T
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
async function withToken(action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof api.Refusal) || error.status !== 401 || !(await askToken())) throw error;
    return action();
  }
}

async function openKept(/** @type {number} */ id) {
  const check = await store.get(id);
  if (!check) return;
  if (!check.view.kept?.id) show({ view: check.view, decisions: check.decisions, stored: id });
  location.hash = addressOf(check);
}

function route() {
  const [wanted, ...rest] = location.hash.slice(1).split("/");
  const view = document.querySelector(`[data-page="${CSS.escape(wanted)}"]`) ? wanted : "check";
  if (wanted === "result" && rest[0] && shown?.view.kept?.id !== rest[0]) openResult(rest[0]);
  for (const section of document.querySelectorAll("[data-page]")) {
    /** @type {HTMLElement} */ (section).hidden = section.getAttribute("data-page") !== view;
  }
  for (const link of document.querySelectorAll("nav [data-view]")) {
    if (link.getAttribute("data-view") === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  result.card.close();
  if (view === "history") drawHistory(byId("view-history"), openKept);
  if (view === "feed") {
    const open = (/** @type {string} */ text, /** @type {string} */ source) => checkIt({ text, source });
    withToken(() => drawFeed(byId("view-feed"), rest.map(decoded), open)).catch(() => {});
  }
}

/** An address may have been typed. @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function theme() {
  const names = ["system", "light", "dark"];
  const root = document.documentElement;
  const draw = () => {
    byId("theme-name").textContent = root.dataset.theme ?? "system";
  };
  byId("theme").addEventListener("click", () => {
    const next = names[(names.indexOf(root.dataset.theme ?? "system") + 1) % names.length];
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      localStorage.setItem("unspin-theme", next);
    } catch {
      // Forbidden: then it lasts as long as the page.
    }
    draw();
  });
  draw();
}

byId("edit").addEventListener("click", () => compose(result.decisions.cleaned(), result.view.source));
byId("another").addEventListener("click", () => compose("", ""));
for (const brand of document.querySelectorAll(".brand")) {
  brand.addEventListener("click", () => {
    if (!byId("result").hidden) compose("", "");
  });
}
leaving({
  view: () => result.view,
  cleaned: () => result.decisions.cleaned(),
  changes: () => result.decisions.tally().accepted,
  complain: (sentence) => composer.complain(sentence),
});
byId("example").addEventListener("click", async () => {
  const { EXAMPLE } = await import("./example.js");
  checkIt({ text: EXAMPLE, source: "example" });
});
addEventListener("hashchange", route);
keysDialog();
theme();
if (location.hash.startsWith("#text=")) {
  // From the bookmarklet. Any site could link to this address, so only a person starts the check.
  compose(decoded(location.hash.slice("#text=".length)), "");
  history.replaceState(null, "", "#check");
  byId("check").focus();
}
route();

try {
  const settings = await withToken(() => api.get("/page/settings"));
  composer.configure(settings);
  result.urls = settings.urls;
  /** @type {HTMLElement} */ (document.querySelector('[data-view="feed"]')).hidden = !settings.store;
} catch (error) {
  composer.complain(/** @type {Error} */ (error).message);
}
