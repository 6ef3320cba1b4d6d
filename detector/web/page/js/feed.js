/** The view over an audit store: sources ranked, their articles, one article's marks. */

import * as api from "./api.js";
import { make } from "./dom.js";

/**
 * @param {HTMLElement} section
 * @param {string[]} path
 */
export async function drawFeed(section, path) {
  section.replaceChildren(make("div", { class: "heading" }, make("h1", { id: "feed-title", tabindex: "-1" }, "Feed")));
}
