// Before first paint, and no module: a page that turns dark after it was light hurts at night.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("unspin-theme");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
})();
