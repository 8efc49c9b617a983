/* A table as one component: Dash takes seconds to walk a page that has a component for every cell. */
(function () {
  "use strict";
  const { createElement: element, memo } = window.React;

  function PlainTable({ id, columns, rows, numeric, keys, links, setProps }) {
    const side = (i) => (numeric[i] ? "num text-end" : undefined);
    /* The time makes the same row pressed twice two choices. */
    const opener = (text, key) =>
      element("button", { type: "button", className: "row-open", onClick: () => setProps({ chosen: [key, String(Date.now())] }) }, text);
    const cell = (text, i, r) => {
      if (i > 0) return text;
      if (keys && keys[r]) return opener(text, keys[r]);
      return links && links[r] ? element("a", { href: links[r] }, text) : text;
    };
    return element(
      "table",
      { id: typeof id === "string" ? id : undefined, className: "table table-sm table-hover mb-0" },
      element("thead", null,
        element("tr", null, columns.map((name, i) => element("th", { key: i, scope: "col", className: side(i) }, name)))),
      element("tbody", null,
        rows.map((row, r) =>
          element("tr", { key: r }, row.map((text, i) =>
            element("td", { key: i, className: side(i) }, cell(text, i, r)))))),
    );
  }

  window.value_stream_components = Object.assign(window.value_stream_components || {}, { PlainTable: memo(PlainTable) });
})();
