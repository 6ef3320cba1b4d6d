/** Talking to the server that sent this page; to nobody else. */

/** What the server refused, in one sentence for people. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {number} status HTTP status, 0 where nobody answered
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** @typedef {{text: string, source?: string} | {url: string} | {file: File}} Given what an article is given as */

/** @param {Given} given @param {AbortSignal} [signal] */
export const check = async (given, signal) => (await post("/page/check", given, signal)).json();

/** @param {Given} given @param {AbortSignal} [signal] */
export const read = async (given, signal) => (await post("/page/read", given, signal)).json();

/** @param {string} text @param {string} original @param {AbortSignal} [signal] */
export const compare = async (text, original, signal) =>
  (await post("/page/compare", { text, original }, signal)).json();

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
  throw new Refusal(await sentence(answer), answer.status);
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
