/* The scope lives in the URL: what differs from the default, and nothing else. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.vsm = Object.assign(window.dash_clientside.vsm || {}, {
  /* Writes the URL without a trip to the server, and gives every link of the menu the same scope. */
  scopeToUrl: function (from, to, period, clock, start, percentile, team, type, stream, defaults, links) {
    const chosen = { from, to, period, clock, start, percentile, team, type };
    const query = new URLSearchParams();
    query.set("stream", stream);
    Object.entries(chosen).forEach(function ([key, value]) {
      if (value && value !== defaults[key]) query.set(key, value);
    });
    const search = "?" + query.toString();
    if (search !== location.search && stream === defaults.stream) {
      history.replaceState(history.state, "", location.pathname + search);
    }
    return links.map(function (link) { return link.path + search; });
  },
  /* Another stream has other teams, types and dates: the page opens anew with its defaults. */
  chooseStream: function (stream, defaults) {
    if (stream && stream !== defaults.stream) {
      location.assign(location.pathname + "?stream=" + encodeURIComponent(stream));
    }
    return stream;
  },
});
