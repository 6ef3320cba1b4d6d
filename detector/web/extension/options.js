/** Keeps the token in this browser, and tries it. */

const api = globalThis.browser ?? chrome;
const { homepage_url: server, host_permissions: origins } = api.runtime.getManifest();
const field = document.getElementById("token");
const said = document.getElementById("said");

document.getElementById("server").textContent = server;
api.storage.local.get("token").then(({ token = "" }) => {
  field.value = token;
});
document.getElementById("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  // Firefox lets its user take the permission back.
  await api.permissions.request({ origins });
  const token = field.value.trim();
  await api.storage.local.set({ token });
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  try {
    const answer = await fetch(new URL("v1/model", server), { headers, credentials: "omit" });
    said.textContent = answer.ok ? "Saved. The server answers." : (await answer.json()).detail;
  } catch {
    said.textContent = `Saved, but the server at ${server} does not answer.`;
  }
});
