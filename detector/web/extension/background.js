/** Sends what panel.js gathers to the newsroom's server, and shows the answer. Pages never see the token. */

const api = globalThis.browser ?? chrome;
const SERVER = api.runtime.getManifest().homepage_url;
const SECONDS = 60;

api.runtime.onInstalled.addListener(() => {
  api.contextMenus.create({ id: "check", title: "Check with unspin", contexts: ["page", "selection", "editable"] });
});
api.contextMenus.onClicked.addListener((_, tab) => check(tab));
api.action.onClicked.addListener(check);
api.runtime.onMessage.addListener((message) => {
  openFull(message.text);
});

async function check(tab) {
  const target = { tabId: tab.id };
  try {
    const [{ result: given }] = await api.scripting.executeScript({ target, files: ["panel.js"] });
    const answer = await ask(given);
    await api.scripting.executeScript({ target, func: (told) => globalThis.unspin.show(told), args: [answer] });
  } catch {
    // The browser lets no extension into its own pages, its PDF viewer and its shop.
    api.action.setBadgeText({ tabId: tab.id, text: "!" });
    api.action.setTitle({ tabId: tab.id, title: "unspin cannot read this page. Copy the text to unspin's own page." });
  }
}

async function ask({ body, type, source }) {
  const { token } = await api.storage.local.get("token");
  const headers = { "Content-Type": `${type}; charset=utf-8`, ...(token && { Authorization: `Bearer ${token}` }) };
  const address = new URL("v1/check?include=text", SERVER);
  address.searchParams.set("source", source);
  try {
    const signal = AbortSignal.timeout(1000 * SECONDS);
    const answer = await fetch(address, { method: "POST", headers, body, credentials: "omit", signal });
    const told = await answer.json();
    if (answer.ok) return told;
    return { problem: answer.status === 401 ? "Set the server's token in the options of this extension." : told.detail };
  } catch {
    return { problem: `The unspin server at ${SERVER} does not answer. Ask the person who runs it.` };
  }
}

/** The page of the server only fills its form with the text: another site could link to it. The extension may submit. */
async function openFull(text) {
  const { token } = await api.storage.local.get("token");
  if (token) {
    const body = JSON.stringify({ token });
    const headers = { "Content-Type": "application/json" };
    await fetch(new URL("page/session", SERVER), { method: "POST", headers, body, credentials: "include" }).catch(() => {});
  }
  const tab = await api.tabs.create({ url: `${SERVER}#text=${encodeURIComponent(text)}` });
  api.tabs.onUpdated.addListener(function submit(id, change) {
    if (id !== tab.id || change.status !== "complete") return;
    api.tabs.onUpdated.removeListener(submit);
    api.scripting.executeScript({ target: { tabId: id }, func: () => document.getElementById("composer").requestSubmit() });
  });
}
