/* The walk: arrow keys go on and back, the heading of the next place gets the focus, and the record is copied. */
(function () {
  "use strict";
  const TYPING = "input, textarea, select, button, summary, pre, [contenteditable], .table-wrap, .offcanvas";
  const heading = () => document.getElementById("walk-heading");
  let left = null; // the heading of the place that is being left

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const way = { ArrowRight: ".walk-on", ArrowLeft: ".walk-back" }[event.key];
    if (way && !event.target.closest?.(TYPING)) document.querySelector(way)?.click();
  });

  document.addEventListener("click", ({ target }) => {
    if (target.closest?.(".walk-on, .walk-back, .walk-map a")) left = heading()?.textContent;
    const button = target.closest?.("button.copy-text");
    if (button) copy(document.getElementById(button.dataset.copies), button.parentElement.querySelector(".copied"));
  }, true);

  new MutationObserver(() => {
    const now = heading();
    if (left === null || !now || now.textContent === left) return;
    left = null;
    scrollTo(0, 0);
    now.focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });

  /* Where the browser has no clipboard to write to (a page that is not served safely), the text is only selected. */
  async function copy(text, told) {
    try {
      await navigator.clipboard.writeText(text.textContent);
      told.textContent = "Copied.";
    } catch {
      text.closest("details").open = true;
      getSelection().selectAllChildren(text);
      told.textContent = "Selected: copy it with the keyboard.";
    }
  }
})();
