/* Parts of a page are drawn when they come into view, or all of them where the whole page is wanted: on paper, and
   behind an address that leads to a place in one. The server's side is dashboard/pages/later.py. */
(function () {
  "use strict";
  const WAITING = ".later";
  const AHEAD = "40% 0px"; // of the window: so that a reader who scrolls on does not wait

  const watch = new IntersectionObserver((seen) => seen.forEach((each) => each.isIntersecting && draw(each.target)), { rootMargin: AHEAD });
  const watched = new WeakSet();

  const asked = new WeakSet();

  /** A part is asked for by counting that it was seen, and not again while it is on its way: it may leave the view meanwhile. */
  function draw(waiting) {
    const id = waiting.parentElement?.id;
    if (!id || asked.has(waiting)) return;
    asked.add(waiting);
    const times = Number(waiting.dataset.seen || 0) + 1;
    waiting.dataset.seen = times;
    window.dash_clientside.set_props(JSON.parse(id), { n_clicks: times });
  }

  const FAILED = "This could not be drawn. It is asked for again when it comes into view again.";
  const DRAWS = 5_000; // from the answer until it stands on the page, at the longest
  addEventListener("vsm-answered", ({ detail: { body, ok } }) => {
    const [, id] = /"changedPropIds":\["(\{.*?\})\.n_clicks"/.exec(typeof body === "string" ? body : "") || [];
    const waiting = id && document.getElementById(JSON.parse(`"${id}"`))?.querySelector(WAITING);
    if (!waiting) return;
    if (!ok) waiting.textContent = FAILED;
    setTimeout(() => asked.delete(waiting), ok ? DRAWS : 0);
  });

  function look() {
    for (const waiting of document.querySelectorAll(WAITING)) {
      if (watched.has(waiting)) continue;
      watched.add(waiting);
      watch.observe(waiting);
    }
    follow();
  }

  /* An address may lead to a place in a part that is not drawn yet: `led` is the last one that was looked for, `wanted`
     the place that is kept in view while parts and charts above it come and grow: until the reader goes elsewhere, and
     not for ever. */
  let led = "";
  let wanted = "";
  const SETTLES = 20_000; // after the last part came: by then its charts are drawn

  function follow() {
    const id = location.hash.slice(1); // our ids have no letter that an address must escape
    const place = id && document.getElementById(id);
    const here = location.pathname + location.hash;
    if (here !== led) wanted = "";
    if (place && wanted === id) {
      place.scrollIntoView();
      if (!document.querySelector(WAITING)) setTimeout(() => here === led && (wanted = ""), SETTLES);
    }
    if (place || here === led || !document.querySelector(WAITING)) return;
    led = here;
    wanted = id;
    if (id) document.querySelectorAll(WAITING).forEach(draw);
  }

  /* On paper stands the whole page. */
  const PATIENCE = 60_000;

  /** The button and the keys mean the browser's own dialogue, once the page stands whole. */
  async function printWhole() {
    const began = Date.now();
    const waits = () => document.querySelector(WAITING) && Date.now() - began < PATIENCE;
    if (waits()) {
      document.querySelectorAll(WAITING).forEach(draw);
      while (waits()) await new Promise((resolve) => setTimeout(resolve, 100));
      await new Promise((resolve) => setTimeout(resolve, 500)); // Plotly draws what has just come
    }
    window.print();
  }

  document.addEventListener("click", ({ target }) => target.closest("button.print-page") && printWhole());
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "p" || !document.querySelector(WAITING)) return;
    event.preventDefault();
    printWhole();
  });
  addEventListener("hashchange", follow);
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) addEventListener(kind, () => (wanted = ""), { passive: true });
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    new ResizeObserver(follow).observe(document.body);
  });
})();
