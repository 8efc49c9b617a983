/* A table as one component: Dash takes seconds to walk a page that has a component for every cell. */
(function () {
  "use strict";
  const { createElement: element, memo } = window.React;

  function PlainTable({ id, columns, rows, numeric }) {
    const side = (i) => (numeric[i] ? "num text-end" : undefined);
    return element(
      "table",
      { id, className: "table table-sm table-hover mb-0" },
      element("thead", null,
        element("tr", null, columns.map((name, i) => element("th", { key: i, scope: "col", className: side(i) }, name)))),
      element("tbody", null,
        rows.map((row, r) =>
          element("tr", { key: r }, row.map((text, i) => element("td", { key: i, className: side(i) }, text))))),
    );
  }

  window.value_stream_components = Object.assign(window.value_stream_components || {}, { PlainTable: memo(PlainTable) });
})();
