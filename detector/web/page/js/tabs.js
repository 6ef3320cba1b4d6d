/** Tabs after the WAI-ARIA pattern: arrows move, the panel follows. */

/**
 * @param {HTMLElement} list
 * @param {(tab: string) => void} shown called with the tab's id
 * @returns {(tab: string) => void} to choose a tab
 */
export function tabs(list, shown) {
  const all = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
  const choose = (/** @type {string} */ id) => {
    for (const tab of all) {
      const chosen = tab.id === id;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !chosen;
    }
    shown(id);
  };
  list.addEventListener("click", (event) => {
    const tab = /** @type {Element} */ (event.target).closest("[role=tab]");
    if (tab) choose(tab.id);
  });
  list.addEventListener("keydown", (event) => {
    const at = all.findIndex((tab) => tab === document.activeElement);
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 };
    if (at < 0 || !(event.key in steps)) return;
    event.preventDefault();
    const next = all[(steps[/** @type {keyof typeof steps} */ (event.key)] + all.length) % all.length];
    choose(next.id);
    next.focus();
  });
  return choose;
}
