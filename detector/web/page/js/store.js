/** Checks kept in this browser (IndexedDB), and nowhere else. Every function gives up quietly where that is forbidden. */

const NAME = "unspin";
const CHECKS = "checks";
const MOST = 100;
const KEEP = "unspin-keep-history";

/**
 * @typedef {{id?: number, when: number, title: string, source: string, label: string, label_words: string,
 *   probability_words: string, words: number}} Summary
 * @typedef {Summary & {view: import("./decisions.js").View, decisions: [number, import("./decisions.js").Decision][]}} Check
 */

/** @returns {boolean} whether the user lets this browser keep a history */
export function keeping() {
  try {
    return localStorage.getItem(KEEP) !== "no";
  } catch {
    return false;
  }
}

/** @param {boolean} on */
export function keep(on) {
  try {
    localStorage.setItem(KEEP, on ? "yes" : "no");
  } catch {
    // Forbidden: then nothing is kept anyway.
  }
}

/** @param {Check} check @returns {Promise<number | null>} its number; null where nothing is kept */
export async function add(check) {
  if (!keeping()) return null;
  const id = await ask("readwrite", (checks) => checks.add(check));
  const all = (await ask("readonly", (checks) => checks.getAllKeys())) ?? [];
  for (const old of all.slice(0, Math.max(0, all.length - MOST))) await remove(Number(old));
  return id === null ? null : Number(id);
}

/** @param {number} id @param {Check["decisions"]} decisions */
export async function update(id, decisions) {
  const check = await get(id);
  if (check) await ask("readwrite", (checks) => checks.put({ ...check, decisions }));
}

/** @param {number} id @returns {Promise<Check | undefined>} */
export const get = async (id) => (await ask("readonly", (checks) => checks.get(id))) ?? undefined;

/** The check whose result the server keeps at this address. @param {string} result @returns {Promise<Check | undefined>} */
export async function find(result) {
  /** @type {Check | undefined} */
  let found;
  await walk((check) => {
    if (check.view.kept?.id === result) found = check;
  });
  return found;
}

/** @returns {Promise<Summary[]>} newest first */
export async function list() {
  /** @type {Summary[]} */
  const found = [];
  await walk((check) => {
    const { id, when, title, source, label, label_words, probability_words, words } = check;
    found.push({ id, when, title, source, label, label_words, probability_words, words });
  });
  return found;
}

/** @param {number} id */
export const remove = (id) => ask("readwrite", (checks) => checks.delete(id));

export const wipe = () => ask("readwrite", (checks) => checks.clear());

/** @type {Promise<IDBDatabase | null> | undefined} */
let opened;

function open() {
  opened ??= new Promise((resolve) => {
    let request;
    try {
      request = indexedDB.open(NAME, 1);
    } catch {
      resolve(null);
      return;
    }
    request.onupgradeneeded = () => request.result.createObjectStore(CHECKS, { keyPath: "id", autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
  return opened;
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(checks: IDBObjectStore) => IDBRequest<T>} action
 * @returns {Promise<T | null>}
 */
async function ask(mode, action) {
  const database = await open();
  if (!database) return null;
  return new Promise((resolve) => {
    const transaction = database.transaction(CHECKS, mode);
    const request = action(transaction.objectStore(CHECKS));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => resolve(null);
    transaction.onabort = () => resolve(null);
  });
}

/** @param {(check: Check) => void} visit newest first */
async function walk(visit) {
  const database = await open();
  if (!database) return;
  await new Promise((resolve) => {
    const request = database.transaction(CHECKS).objectStore(CHECKS).openCursor(null, "prev");
    request.onerror = () => resolve(null);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) {
        resolve(null);
        return;
      }
      visit(cursor.value);
      cursor.continue();
    };
  });
}
