/** The one place where a string becomes HTML: fragments that the server made, and escaped, for this page. */

const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("unspin", { createHTML: (/** @type {string} */ html) => html });

/**
 * @param {Element} element whose content is replaced
 * @param {string} fragment as the server sent it
 */
export function place(element, fragment) {
  element.innerHTML = policy ? /** @type {any} */ (policy.createHTML(fragment)) : fragment;
}
