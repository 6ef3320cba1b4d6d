/**
 * Checks a Google document with your own unspin server.
 * Set SERVER and TOKEN under Project Settings, Script properties.
 */

const MOST_MARKS = 40;

function onOpen() {
  DocumentApp.getUi().createMenu("unspin").addItem("Check the selection or the document", "checkDocument").addToUi();
}

function checkDocument() {
  const page = HtmlService.createHtmlOutput(panel(ask(givenText()))).setTitle("unspin");
  DocumentApp.getUi().showSidebar(page);
}

/** The selected text; without a selection the whole document. */
function givenText() {
  const open = DocumentApp.getActiveDocument();
  const selection = open.getSelection();
  if (!selection) return open.getBody().getText();
  const parts = selection.getRangeElements().map((part) => {
    const element = part.getElement();
    const text = element.editAsText ? element.editAsText().getText() : ""; // a picture has no text
    return part.isPartial() ? text.slice(part.getStartOffset(), part.getEndOffsetInclusive() + 1) : text;
  });
  return parts.join("\n\n");
}

function ask(text) {
  const { SERVER = "", TOKEN = "" } = PropertiesService.getScriptProperties().getProperties();
  const answer = UrlFetchApp.fetch(`${SERVER.replace(/\/+$/, "")}/v1/check`, {
    method: "post",
    contentType: "application/json",
    headers: TOKEN ? { Authorization: `Bearer ${TOKEN}` } : {},
    payload: JSON.stringify({ text, source: "Google document" }),
    muteHttpExceptions: true,
  });
  const told = JSON.parse(answer.getContentText());
  return answer.getResponseCode() === 200 ? told : { headline: "Not checked", summary: told.detail };
}

/** The answer as a page. */
function panel({ headline, summary, note, evidence = [] }) {
  const rows = new Map();
  for (const { text, expected, message } of [...evidence].sort((one, two) => two.weight - one.weight)) {
    const key = `${text.toLowerCase()} ${expected[0] ?? message}`;
    const said = expected.length ? ` → ${expected.slice(0, 3).join(", ")}` : `: ${message}`;
    if (!rows.has(key)) rows.set(key, `<li><mark>${escaped(text)}</mark>${escaped(said)}</li>`);
  }
  const marks = [...rows.values()].slice(0, MOST_MARKS).join("");
  const lines = [summary, note].filter(Boolean).map((line) => `<p>${escaped(line)}</p>`);
  return `<body style="font: 14px sans-serif"><h2>${escaped(headline)}</h2>${lines.join("")}<ul>${marks}</ul></body>`;
}

function escaped(text) {
  return String(text).replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}
