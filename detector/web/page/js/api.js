/** Talking to the server that sent this page; to nobody else. */

/** What the server refused, in one sentence for people. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {number} status HTTP status, 0 where nobody answered
   * @param {number} [wait] seconds after which to try again, 0 if that does not help
   */
  constructor(message, status, wait = 0) {
    super(message);
    this.status = status;
    this.wait = wait;
  }
}

/** @typedef {{text: string, source?: string} | {url: string} | {file: File}} Given what an article is given as */

/** @param {Given} given @param {AbortSignal} [signal] */
export const check = async (given, signal) => (await post("/page/check", given, signal)).json();

/** @param {Given} given @param {AbortSignal} [signal] */
export const read = async (given, signal) => (await post("/page/read", given, signal)).json();

/**
 * @param {string} text
 * @param {string} original
 * @param {string} [result] the address of the kept result, which then holds the comparison as well
 */
export const compare = async (text, original, result) =>
  (await post("/page/compare", { text, original, ...(result && { result }) })).json();

/**
 * Check the files of a zip archive.
 *
 * @param {File} file
 * @param {(row: any) => void} answered called with each answer while they arrive
 * @param {AbortSignal} [signal]
 */
export async function checkArchive(file, answered, signal) {
  const answer = await post("/page/check/batch", { file }, signal);
  const reader = /** @type {ReadableStream} */ (answer.body).pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    const lines = (rest + (value ?? "")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) answered(JSON.parse(line));
    if (done) return;
  }
}

const result = (/** @type {string} */ id) => `/page/results/${encodeURIComponent(id)}`;

/** @param {string} id */
export const openResult = (id) => get(result(id));

/** @param {string} id @param {{status?: string, note?: string, by?: string}} change */
export const changeResult = async (id, change) => (await post(result(id), change)).json();

/** @param {string} id @param {number} number */
export const removeNote = async (id, number) => (await send(`${result(id)}/notes/${number}`, { method: "DELETE" })).json();

/** @param {string} id */
export const removeResult = (id) => send(result(id), { method: "DELETE" });

/** @param {string} text @param {string} source @returns {Promise<Blob>} the report as a page of its own */
export const report = async (text, source) => (await post("/page/report", { text, source })).blob();

/** @param {string} path @returns {Promise<any>} */
export const get = async (path) => (await send(path, {})).json();

/** @param {string} token */
export const openSession = (token) => post("/page/session", { token });

/**
 * @param {string} path
 * @param {any} given
 * @param {AbortSignal} [signal]
 */
function post(path, given, signal) {
  /** @type {Record<string, string>} */
  const headers = { "X-Unspin": "page" };
  let body;
  if (given.file) {
    headers["Content-Type"] = "application/octet-stream";
    headers["X-Unspin-Source"] = encodeURIComponent(wellFormed(given.file.name));
    body = given.file;
  } else {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(given);
  }
  return send(path, { method: "POST", headers, body, signal });
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function send(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Refusal("unspin does not answer. Check that it is running, then try again.", 0);
  }
  if (answer.ok) return answer;
  throw new Refusal(await sentence(answer), answer.status, answer.status === 429 ? Number(answer.headers.get("Retry-After")) : 0);
}

/** @param {Response} answer */
async function sentence(answer) {
  /** @type {{detail?: string, title?: string}} */
  let problem = {};
  try {
    problem = await answer.json();
  } catch {
    // A proxy in between may answer with a page of its own.
  }
  const said = problem.detail || problem.title || `The server answered ${answer.status}.`;
  const wait = Number(answer.headers.get("Retry-After"));
  return answer.status === 429 && wait > 0 ? `${said} Try again in ${wait} s.` : said;
}

/** A file name may hold half a character, which cannot be encoded. @param {string} name */
const wellFormed = (name) => (name.toWellFormed ? name.toWellFormed() : name);
