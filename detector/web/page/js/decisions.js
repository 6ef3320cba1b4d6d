/** What the editor decided about each mark, and the cleaned text that follows from it. Knows no page. */

/**
 * @typedef {{rows: number[], kind: string, offers: string[], speech: boolean, article: string}} Mark
 * @typedef {{number: number, kind: string, title: string, wording: string, expected: string[], message: string,
 *   weight: number, strength?: string, substitution: boolean, places: number}} Row
 * @typedef {{schema: string, title: string, source: string, label: string, label_words: string,
 *   probability_words: string, words: number, head: string, article: string, pieces: string[], marks: Mark[],
 *   rows: Row[], kinds: {key: string, title: string, places: number}[], reasons: string, quality: string,
 *   verdict: any, kept?: import("./case.js").Case,
 *   sources?: import("./sources.js").Sources | null}} View
 * @typedef {{accept: string} | {dismiss: true}} Decision
 */

// Letters are no sounds: `an hour`, `a union`, `a European`, `a one-off`, but `an unimportant`.
const SILENT_H = /^(?:hour|honest|honou?r|heir)/i;
const SPOKEN_AS_CONSONANT = /^(?:eu|uni(?!m|n)|us[aeu]|ut[ei]|ubiq|uk\b|one\b|once\b)/i;

export class Decisions {
  /**
   * @param {string[]} pieces the text cut at the marks: every second piece is a marked one
   * @param {Mark[]} marks
   * @param {[number, Decision][]} [kept] decisions from an earlier visit
   */
  constructor(pieces, marks, kept = []) {
    this.pieces = pieces;
    this.marks = marks;
    /** @type {Map<number, Decision>} */
    this.made = new Map(kept);
    /** @type {Map<number, Decision | undefined>[]} what to go back to, latest last */
    this.past = [];
  }

  /** @param {number} mark @returns {string} the text as given */
  given(mark) {
    return this.pieces[2 * mark + 1];
  }

  /** @param {number} mark @returns {string} the text as it stands now */
  now(mark) {
    const decision = this.made.get(mark);
    return decision && "accept" in decision ? decision.accept : this.given(mark);
  }

  /** @param {number} mark @returns {"open" | "accepted" | "dismissed"} */
  state(mark) {
    const decision = this.made.get(mark);
    if (!decision) return "open";
    return "accept" in decision ? "accepted" : "dismissed";
  }

  /** @param {number} row @returns {number[]} the marks that belong to a row */
  ofRow(row) {
    return this.marks.flatMap((mark, number) => (mark.rows.includes(row) ? [number] : []));
  }

  /**
   * Decide about several marks at once; one step to undo.
   *
   * @param {[number, Decision | undefined][]} changes `undefined` opens a mark again
   * @returns {number[]} the marks concerned
   */
  decide(changes) {
    /** @type {Map<number, Decision | undefined>} */
    const before = new Map();
    for (const [mark, decision] of changes) {
      before.set(mark, this.made.get(mark));
      this.#set(mark, decision);
    }
    this.past.push(before);
    return [...before.keys()];
  }

  /** @returns {number[]} the marks concerned by taking the last step back */
  undo() {
    const before = this.past.pop();
    if (!before) return [];
    for (const [mark, decision] of before) this.#set(mark, decision);
    return [...before.keys()];
  }

  /** @returns {{accepted: number, dismissed: number}} */
  tally() {
    const accepted = [...this.made.values()].filter((decision) => "accept" in decision).length;
    return { accepted, dismissed: this.made.size - accepted };
  }

  /** @param {number} mark @returns {string} `a` or `an` before the mark as it must be now, or "" if none stands there */
  articleNow(mark) {
    const given = this.marks[mark].article;
    if (!given || this.state(mark) !== "accepted") return given;
    return fitting(given, this.now(mark));
  }

  /** @returns {string} the text with all accepted wordings in it, else as given to the last character */
  cleaned() {
    const parts = [...this.pieces];
    for (const [mark] of this.made) {
      if (this.state(mark) !== "accepted") continue;
      const { article } = this.marks[mark];
      parts[2 * mark + 1] = this.now(mark);
      if (article) {
        const before = parts[2 * mark];
        const gap = before.slice(before.length - 1);
        parts[2 * mark] = before.slice(0, before.length - 1 - article.length) + this.articleNow(mark) + gap;
      }
    }
    return parts.join("");
  }

  /** @param {number} mark @param {Decision | undefined} decision */
  #set(mark, decision) {
    if (decision) this.made.set(mark, decision);
    else this.made.delete(mark);
  }
}

/**
 * The indefinite article that a wording's first sound wants, with the capital of the one given.
 *
 * @param {string} given `a`, `an`, `A` or `An`
 * @param {string} wording
 */
export function fitting(given, wording) {
  const vowel = SILENT_H.test(wording) || (/^[aeiou]/i.test(wording) && !SPOKEN_AS_CONSONANT.test(wording));
  return given[0] + (vowel ? "n" : "");
}
