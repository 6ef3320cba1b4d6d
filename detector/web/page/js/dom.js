/** Small words for making and finding elements. Strings become text, never HTML. */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] `class`, `on` (listeners by event), and attributes; `false`, `null` and
 *   `undefined` leave an attribute out, `true` sets it empty.
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  fill(element, properties, children);
  return element;
}

/**
 * A bar of a share, drawn with attributes because the page's policy forbids inline style.
 *
 * @param {number} share 0 to 1
 * @param {number} height in CSS pixels
 * @returns {SVGElement}
 */
export function bar(share, height = 6) {
  const svg = draw("svg", { width: "100%", height, "aria-hidden": "true" });
  const width = `${Math.min(100, Math.max(0, 100 * share)).toFixed(1)}%`;
  svg.append(
    draw("rect", { class: "track", width: "100%", height, rx: height / 2 }),
    draw("rect", { width, height, rx: height / 2 }),
  );
  return svg;
}

/**
 * @param {string} tag
 * @param {Record<string, unknown>} attributes
 * @returns {SVGElement}
 */
export function draw(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/**
 * A stranger's words within our sentence: their writing direction must not turn ours round.
 *
 * @param {string} text
 */
export const isolated = (text) => make("bdi", {}, text);

/**
 * @param {number} number
 * @param {string} noun
 * @param {string} [plural]
 */
export const count = (number, noun, plural = `${noun}s`) =>
  `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;

/**
 * Put these in the place of what an element holds; what is false or empty is left out.
 *
 * @param {Element} element
 * @param {...(Node | string | number | boolean | null | undefined)} children
 */
export function show(element, ...children) {
  const shown = children.filter((child) => child instanceof Node || (typeof child === "string" && child));
  element.replaceChildren(.../** @type {(Node | string)[]} */ (shown));
}

/** Say something to people who listen to the page. @param {string} text */
export function announce(text) {
  const status = byId("status");
  status.textContent = "";
  requestAnimationFrame(() => {
    status.textContent = text;
  });
}

/**
 * @param {HTMLElement} element
 * @param {Record<string, unknown>} properties
 * @param {(Node | string | null | undefined | false)[]} children
 */
function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(/** @type {Record<string, EventListener>} */ (value))) {
        element.addEventListener(event, listener);
      }
    } else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}
