/* The browser half of dashboard/components/inline_svg.py: shows `svg`, reports the chosen `data-id` as `selected`. */
(function () {
  "use strict";
  const chosen = (event) => event.target.closest("[data-id]")?.dataset.id ?? null;

  function InlineSvg({ id, svg, selected, className, setProps }) {
    const box = React.useRef(null);
    // The same object between renders: React then leaves the drawing alone, and the keyboard's focus stays.
    const html = React.useMemo(() => ({ __html: svg || "" }), [svg]);
    React.useEffect(() => {
      for (const node of box.current.querySelectorAll("[data-id]")) {
        node.setAttribute("aria-pressed", String(node.dataset.id === selected));
      }
    }, [selected, svg]);
    const choose = (event) => {
      const name = chosen(event);
      if (name !== null) setProps({ selected: name === selected ? null : name });
    };
    const press = (event) => {
      if ((event.key === "Enter" || event.key === " ") && chosen(event) !== null) {
        event.preventDefault(); // The space bar would scroll.
        if (!event.repeat) choose(event);
      }
    };
    return React.createElement("div", {
      id, className, ref: box, dangerouslySetInnerHTML: html, onClick: choose, onKeyDown: press,
    });
  }

  window.value_stream_components = { InlineSvg };
})();
