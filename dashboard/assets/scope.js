/* The scope lives in the URL: what differs from the default, and nothing else. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.vsm = Object.assign(window.dash_clientside.vsm || {}, {
  /* Writes the URL without a trip to the server, and gives every link of the menu the same scope. */
  scopeToUrl: function (from, to, period, clock, start, percentile, team, type, against, stream, defaults, links) {
    const chosen = { from, to, period, clock, start, percentile, team, type, against };
    const scope = [["stream", stream], ...Object.entries(chosen)].filter(([key, value]) => value && value !== defaults[key] || key === "stream");
    /* What the URL asks for beside the scope, such as one item, stays. */
    const others = [...new URLSearchParams(location.search)].filter(([key]) => !(key in chosen) && key !== "stream");
    const whole = "?" + new URLSearchParams([...scope, ...others]);
    const search = "?" + new URLSearchParams(scope);
    if (whole !== location.search && stream === defaults.stream) {
      history.replaceState(history.state, "", location.pathname + whole);
    }
    return links.map(function (link) { return link.path + search; });
  },
  /* Writes the choices of the page's own controls into the URL, and hands on what it asks for beside the scope. */
  controlsToUrl: function (values, ids, known) {
    const query = new URLSearchParams(location.search);
    const asked = { ...known };
    ids.forEach(function (id, place) {
      const value = values[place];
      /* Of a list of choices, none is said so: an empty text is the default. */
      const text = Array.isArray(value) ? value.join("~") || "~none" : String(value ?? "");
      if (text === "" || text === "~any" || text === id.default) {
        query.delete(id.key);
        delete asked[id.key];
      } else {
        query.set(id.key, text);
        asked[id.key] = text;
      }
    });
    const search = query.size ? "?" + query : "";
    if (search !== location.search) history.replaceState(history.state, "", location.pathname + search);
    return asked;
  },
  /* What was clicked, where items are behind it: [the items as in a URL, when]. What was only just drawn is no click. */
  clicked: function () {
    const context = window.dash_clientside.callback_context;
    const value = context.triggered[0]?.value;
    const nothing = window.dash_clientside.no_update;
    if (!value) return nothing;
    let text = context.triggered_id.where;
    if (Array.isArray(value)) text = value[0];
    else if (typeof value === "object") text = value.points?.[0]?.customdata;
    if (typeof text !== "string" || !text.includes("=")) return nothing;
    /* Of a cluster items take seconds: the drawer opens at once, and says whom it waits for. */
    const waits = document.getElementById("page-footer")?.dataset.waits;
    if (waits) {
      window.dash_clientside.set_props("drawer-items", { children: waits });
      window.dash_clientside.set_props("drawer", { is_open: true });
    }
    return [text, Date.now()];
  },
  /* A preset sets both days, and everything else stays as it is. */
  choosePreset: function (clicks) {
    const chosen = window.dash_clientside.callback_context.triggered_id;
    if (!chosen || !clicks.some(Boolean)) return [window.dash_clientside.no_update, window.dash_clientside.no_update];
    return [chosen.since, chosen.until];
  },
  /* The preset whose days are chosen is marked. */
  markPreset: function (since, until, ids) {
    return ids.map((id) => (id.since === since && id.until === until ? "chip active" : "chip"));
  },
  /* Two days make another period to compare with: one more choice, and the chosen one. */
  chooseDays: function (first, last, options) {
    const none = window.dash_clientside.no_update;
    if (!first || !last || first > last) return [none, none];
    const days = { value: first + "~" + last, label: first + " to " + last };
    return [options.filter((each) => each.value !== days.value).concat([days]), days.value];
  },
  /* What was written has an address of its own. */
  goTo: function (address) {
    if (address) location.assign(address);
    return null;
  },
  /* A button that was pressed may be drawn anew: what was said of it has the keyboard then, not the page's top. */
  keepFocus: function (_said, id) {
    setTimeout(function () {
      if (document.activeElement === document.body) document.getElementById(id).focus();
    }, 100);
  },
  /* Another stream has other teams, types and dates: the page opens anew with its defaults. */
  chooseStream: function (stream, defaults) {
    if (stream && stream !== defaults.stream) {
      location.assign(location.pathname + "?stream=" + encodeURIComponent(stream));
    }
    return stream;
  },
});
