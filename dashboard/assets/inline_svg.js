/* The browser half of dashboard/components/inline_svg.py: shows `svg`, reports the chosen `data-id` as `selected`, or,
   where a choice opens something, as `chosen`. */
(function () {
  "use strict";
  const named = (event) => event.target.closest("[data-id]")?.dataset.id ?? null;

  function InlineSvg({ id, svg, selected, className, opens, setProps }) {
    const box = React.useRef(null);
    // The same object between renders: React then leaves the drawing alone, and the keyboard's focus stays.
    const html = React.useMemo(() => ({ __html: svg || "" }), [svg]);
    React.useEffect(() => {
      if (opens) return;
      for (const node of box.current.querySelectorAll("[data-id]")) {
        node.setAttribute("aria-pressed", String(node.dataset.id === selected));
      }
    }, [selected, svg, opens]);
    const choose = (event) => {
      const name = named(event);
      if (name === null) return;
      // The time makes the same choice made twice two choices.
      setProps(opens ? { chosen: [name, String(Date.now())] } : { selected: name === selected ? null : name });
    };
    const press = (event) => {
      if ((event.key === "Enter" || event.key === " ") && named(event) !== null) {
        event.preventDefault(); // The space bar would scroll.
        if (!event.repeat) choose(event);
      }
    };
    return React.createElement("div", {
      // An id of several parts is an object here: it is Dash's affair, and no id of an element.
      id: typeof id === "string" ? id : undefined,
      className, ref: box, dangerouslySetInnerHTML: html, onClick: choose, onKeyDown: press,
    });
  }

  window.value_stream_components = { InlineSvg };
})();
