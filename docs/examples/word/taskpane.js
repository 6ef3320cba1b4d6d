/** Checks a Word document. These files stand on the same host as the unspin server, so its address is "/". */

const MOST_MARKS = 40;
const token = document.getElementById("token");

Office.onReady(() => {
  token.value = localStorage.getItem("unspin-token") ?? "";
  document.getElementById("check").addEventListener("click", checkDocument);
});

async function checkDocument() {
  localStorage.setItem("unspin-token", token.value.trim());
  show({ headline: "Checking …" });
  try {
    show(await ask(await givenText()));
  } catch (error) {
    show({ headline: "Not checked", summary: error.message });
  }
}

/** The selected text; without a selection the whole document. */
const givenText = () =>
  Word.run(async (context) => {
    const selection = context.document.getSelection();
    const body = context.document.body;
    selection.load("text");
    body.load("text");
    await context.sync();
    return (selection.text.trim() || body.text).replace(/\r\n?/g, "\n");
  });

async function ask(text) {
  const headers = { "Content-Type": "application/json" };
  if (token.value.trim()) headers.Authorization = `Bearer ${token.value.trim()}`;
  const body = JSON.stringify({ text, source: "Word document" });
  const answer = await fetch("/v1/check", { method: "POST", headers, body, credentials: "omit" });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

/** Strings become text, never HTML. */
function make(tag, ...children) {
  const element = document.createElement(tag);
  element.append(...children.filter(Boolean));
  return element;
}

function show({ headline, summary, note, evidence = [] }) {
  const rows = new Map();
  for (const { text, expected, message } of [...evidence].sort((one, two) => two.weight - one.weight)) {
    const key = `${text.toLowerCase()} ${expected[0] ?? message}`;
    if (rows.has(key)) continue;
    const said = expected.length ? ` → ${expected.slice(0, 3).join(", ")}` : `: ${message}`;
    const button = make("button", text);
    button.addEventListener("click", () => find(text));
    rows.set(key, make("li", button, said));
  }
  const marks = make("ul", ...[...rows.values()].slice(0, MOST_MARKS));
  const lines = [summary, note].filter(Boolean).map((line) => make("p", line));
  document.getElementById("result").replaceChildren(make("h2", headline), ...lines, marks);
}

/** Select the first place of a marked wording in the document. */
const find = (text) =>
  Word.run(async (context) => {
    const places = context.document.body.search(text.slice(0, 255), { matchCase: true });
    places.load("items");
    await context.sync();
    places.items[0]?.select();
    await context.sync();
  });
