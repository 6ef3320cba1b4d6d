/** Runs in a page when its reader asks: gathers the text, and shows the answer in a panel that the page cannot style. */

globalThis.unspin ??= (() => {
  const MOST_MARKS = 40;
  const ROW = "margin: 0 0 8px";
  let host;

  /** What is selected in a document: in its text, or in the field that is being written in. */
  function selected(view) {
    const field = view.activeElement;
    if (field?.selectionEnd > field?.selectionStart) return field.value.slice(field.selectionStart, field.selectionEnd);
    return String(view.getSelection());
  }

  /** The selection, also in the frame of an editor; else the whole page, in which the server finds the article. */
  function gather() {
    close();
    const frames = [...document.querySelectorAll("iframe")].map((frame) => frame.contentDocument);
    const body = [document, ...frames].map((view) => (view ? selected(view).trim() : "")).find(Boolean);
    show({ headline: "Checking …" });
    if (body) return { body, type: "text/plain", source: location.href };
    const page = document.documentElement.cloneNode(true);
    for (const part of page.querySelectorAll("script, style, svg, template, unspin-panel")) part.remove();
    return { body: page.outerHTML, type: "text/html", source: location.href };
  }

  /** Styles are set one by one, because a page's policy may forbid style sheets. Strings become text, never HTML. */
  function make(tag, style, ...children) {
    const element = document.createElement(tag);
    element.style.cssText = style;
    element.append(...children.filter(Boolean));
    return element;
  }

  function close() {
    host?.remove();
    host = undefined;
  }

  function show(told) {
    close();
    host = make("unspin-panel", "all: initial");
    const button = make("button", "float: right; font: inherit; cursor: pointer", "Close");
    button.addEventListener("click", close);
    const panel = make(
      "section",
      "position: fixed; inset: 12px 12px auto auto; z-index: 2147483647; width: min(360px, 90vw); max-height: 90vh; " +
        "overflow: auto; box-sizing: border-box; padding: 14px; border: 1px solid; border-radius: 8px; " +
        "font: 15px/1.45 system-ui, sans-serif; color-scheme: light dark; background: Canvas; color: CanvasText; " +
        "box-shadow: 0 4px 24px #0005; text-align: start",
      button,
      make("h2", "margin: 0 0 8px; font-size: 20px", told.problem ? "Not checked" : (told.headline ?? told.label)),
      ...[told.problem, told.summary, told.note, told.together].map((said) => said && make("p", ROW, said)),
      ...(told.evidence?.length ? [marks(told.evidence)] : []),
      told.text && full(told.text),
    );
    panel.setAttribute("role", "status");
    panel.setAttribute("aria-label", "unspin");
    panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
    host.attachShadow({ mode: "closed" }).append(panel);
    document.documentElement.append(host);
  }

  /** Each wording once, the strongest first. */
  function marks(evidence) {
    const rows = new Map();
    for (const { text, expected, message } of [...evidence].sort((one, two) => two.weight - one.weight)) {
      const said = expected.length ? ` → ${expected.slice(0, 3).join(", ")}` : `: ${message}`;
      const key = `${text.toLowerCase()} ${expected[0] ?? message}`;
      if (!rows.has(key)) rows.set(key, make("li", "display: list-item", make("mark", "", text), said));
    }
    const items = [...rows.values()];
    const more = items.length > MOST_MARKS && make("li", "", `and ${items.length - MOST_MARKS} more`);
    return make("ul", "margin: 0 0 8px; padding-inline-start: 20px", ...items.slice(0, MOST_MARKS), more);
  }

  function full(text) {
    const link = make("button", "font: inherit; cursor: pointer", "Open the full result");
    link.addEventListener("click", () => (globalThis.browser ?? chrome).runtime.sendMessage({ text }));
    return link;
  }

  return { gather, show };
})();

globalThis.unspin.gather();
