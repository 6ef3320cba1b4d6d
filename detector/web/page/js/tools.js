/** Makes the bookmarklet for this server. It opens the server's page with the text; the page it runs in learns nothing. */

function send(/** @type {string} */ server) {
  const field = /** @type {HTMLTextAreaElement | null} */ (document.activeElement);
  const chosen =
    field && field.selectionEnd > field.selectionStart
      ? field.value.slice(field.selectionStart, field.selectionEnd)
      : String(getSelection());
  const parts = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("article, main")]);
  const longest = parts.sort((one, two) => two.innerText.length - one.innerText.length)[0] ?? document.body;
  open(`${server}/#text=${encodeURIComponent(chosen.trim() || longest.innerText)}`, "_blank", "noopener");
}

const code = `(${send})(${JSON.stringify(location.origin)})`;
document.getElementById("bookmarklet")?.setAttribute("href", `javascript:${encodeURIComponent(code)}`);
