/** Marks wherever they are shown: one tab stop, arrows between them, their looks after a decision. */

/** @typedef {import("./decisions.js").Decisions} Decisions */

const WRITE = "[data-m]";

/**
 * @param {Element} root
 * @param {number} mark
 * @returns {HTMLElement[]} all pieces of a mark, in every view of the text
 */
export const piecesOf = (root, mark) => [.../** @type {any} */ (root.querySelectorAll(`[data-m="${mark}"]`))];

/** @param {Element} piece */
export const markOf = (piece) => Number(/** @type {HTMLElement} */ (piece).dataset.m);

/**
 * Show what was decided.
 *
 * @param {Element} root
 * @param {Decisions} decisions
 * @param {Iterable<number>} marks
 */
export function redraw(root, decisions, marks) {
  for (const mark of marks) {
    const state = decisions.state(mark);
    /** @type {Map<Element | null, number>} */
    const seen = new Map();
    for (const piece of piecesOf(root, mark)) {
      piece.dataset.given ??= piece.textContent ?? "";
      // A mark that runs over the end of a sentence has several pieces; a new wording stands in the first.
      const view = piece.closest("[role=tabpanel]");
      const nth = seen.get(view) ?? 0;
      seen.set(view, nth + 1);
      if (state !== "accepted") piece.textContent = piece.dataset.given;
      else piece.textContent = nth ? "" : decisions.now(mark);
      piece.classList.toggle("accepted", state === "accepted");
      piece.classList.toggle("dismissed", state === "dismissed");
    }
    for (const article of root.querySelectorAll(`[data-a="${mark}"]`)) {
      const now = decisions.articleNow(mark);
      article.classList.toggle("changed-article", now !== decisions.marks[mark].article);
      article.textContent = now;
    }
  }
}

/** Which marks the filters show. @param {Element} container @returns {HTMLElement[]} */
function reachable(container) {
  const hidden = [...container.classList].filter((name) => name.startsWith("hide-")).map((name) => `k-${name.slice(5)}`);
  return [.../** @type {any} */ (container.querySelectorAll(WRITE))].filter(
    (piece) => piece.textContent && !hidden.some((kind) => piece.classList.contains(kind)),
  );
}

/** Make one mark of a container the one that Tab comes to. @param {Element} container @param {HTMLElement} [piece] */
export function settleTabStop(container, piece = reachable(container)[0]) {
  for (const old of container.querySelectorAll('[data-m][tabindex="0"]')) old.setAttribute("tabindex", "-1");
  piece?.setAttribute("tabindex", "0");
}

/**
 * @param {Element} container
 * @param {Element} from
 * @param {number | "first" | "last"} step
 * @returns {HTMLElement | undefined} the mark to go to
 */
export function neighbour(container, from, step) {
  const all = reachable(container);
  if (step === "first") return all[0];
  if (step === "last") return all.at(-1);
  const at = all.indexOf(/** @type {HTMLElement} */ (from));
  if (at < 0) {
    const following = (/** @type {Node} */ piece) => from.compareDocumentPosition(piece) & Node.DOCUMENT_POSITION_FOLLOWING;
    return step > 0 ? all.find(following) : all.findLast((piece) => !following(piece));
  }
  // The pieces of one mark count once.
  let next = at + step;
  while (all[next] && markOf(all[next]) === markOf(from)) next += step;
  return all[next];
}
