/* What the browser does without asking the server: the theme, and charts that fit the paper.
   The functions under `vsm` are wired in Python with ClientsideFunction("vsm", name). */
(function () {
  "use strict";
  const root = document.documentElement;
  const clientside = (window.dash_clientside = window.dash_clientside || {});

  /** clicks on the button → [theme, the button's words]; what the viewer chose is remembered.
      Without a click it reports the theme that the script in the page's head has set. */
  function theme(clicks) {
    if (clicks) {
      root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      remember(root.dataset.bsTheme);
    }
    const now = root.dataset.bsTheme === "dark" ? "dark" : "light";
    return [now, now === "dark" ? "Light mode" : "Dark mode"];
  }

  function remember(value) {
    try {
      localStorage.setItem("vsm-theme", value);
    } catch {
      // Storage is forbidden here: the choice lasts until the page is left.
    }
  }

  clientside.vsm = { ...clientside.vsm, theme };

  /* A figure leaves as a picture of its own: on white, its question above it. */
  function save(graph, question, { format, name }) {
    const { width, height, margin } = graph._fullLayout;
    // A legend that stands above the picture on the page comes inside.
    const entries = graph.layout.meta?.legend ? graph.data.filter((trace) => trace.name && trace.showlegend !== false).length : 0;
    const above = ABOVE + 22 * Math.ceil((entries * 170) / width);
    const legend = entries ? { showlegend: true, legend: { ...graph.layout.legend, y: 1 - ABOVE / (height + above) } } : {};
    const layout = {
      ...graph.layout,
      ...legend,
      width,
      height: height + above,
      margin: { ...graph.layout.margin, t: margin.t + above },
      paper_bgcolor: "#fff",
      title: { text: question.replace(/[<&]/g, " "), x: 0.01, xanchor: "left", y: 1, yanchor: "top", pad: { t: 12 }, font: { size: 16 } },
    };
    const size = { width, height: height + above, scale: format === "png" ? 2 : 1 };
    window.Plotly.downloadImage({ data: graph.data, layout }, { format, filename: name, ...size });
  }

  /* The map leaves as a picture of the file that the server draws of it. A canvas has room for so many pixels a side. */
  const MOST_PIXELS = 16000;

  async function saveMap(address) {
    const drawn = await (await fetch(address)).text();
    const svg = new DOMParser().parseFromString(drawn, "image/svg+xml").documentElement;
    const [width, height] = svg.getAttribute("viewBox").split(" ").slice(2).map(Number);
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    svg.removeAttribute("style");
    const image = new Image();
    const source = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
    image.src = source;
    await image.decode();
    const scale = Math.min(2, MOST_PIXELS / Math.max(width, height));
    const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(source);
    canvas.toBlob((blob) => download(URL.createObjectURL(blob), "value-stream-map.png"));
  }

  function download(address, name) {
    Object.assign(document.createElement("a"), { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  /* The map alone on one page (style.css): the browser's print makes a PDF of it, in vectors. */
  function printMap() {
    root.classList.add("map-alone");
    window.print();
  }

  addEventListener("afterprint", () => root.classList.remove("map-alone"));

  const ABOVE = 40;
  document.addEventListener("click", ({ target }) => {
    if (target.closest("button.full-screen")) {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen();
    }
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button.picture");
    if (button?.dataset.map === "png") return saveMap(button.dataset.address);
    if (button?.dataset.map === "pdf") return printMap();
    const card = button?.closest(".card");
    const graph = card?.querySelector(".js-plotly-plot");
    if (graph) save(graph, card.querySelector(".card-question").textContent, button.dataset);
  });

  /* Plotly's drawings have a size in pixels and no viewBox, so that paper clips them. While printing they get one,
     and the frame keeps its proportions (style.css, @media print). Paper is white: the page prints in light. */
  const frames = () => document.querySelectorAll(".js-plotly-plot .svg-container");
  const drawings = (frame) => frame.querySelectorAll(".main-svg");

  function fit(frame) {
    if (!frame.offsetWidth) return; // hidden, as in a closed panel
    frame.style.setProperty("--proportions", `${frame.offsetWidth} / ${frame.offsetHeight}`);
    for (const svg of drawings(frame)) {
      svg.setAttribute("viewBox", `0 0 ${svg.width.baseVal.value} ${svg.height.baseVal.value}`);
    }
  }

  function unfit(frame) {
    frame.style.removeProperty("--proportions");
    drawings(frame).forEach((svg) => svg.removeAttribute("viewBox"));
  }

  addEventListener("beforeprint", () => {
    frames().forEach(fit);
    if (root.dataset.bsTheme !== "dark") return;
    root.dataset.bsTheme = "light";
    root.classList.add("printed-from-dark");
  });

  addEventListener("afterprint", () => {
    frames().forEach(unfit);
    if (!root.classList.contains("printed-from-dark")) return;
    root.dataset.bsTheme = "dark";
    root.classList.remove("printed-from-dark");
  });

  /* Whose sign-in has ended while a page was open is told so; reading on is possible, and the way back is one click. */
  const ask = window.fetch;
  window.fetch = async (...asked) => {
    let answer;
    try {
      answer = await ask(...asked);
    } finally {
      dispatchEvent(new CustomEvent("vsm-answered", { detail: { body: asked[1]?.body, ok: answer?.ok } }));
    }
    if (answer.status === 401 && !document.querySelector(".signed-out")) document.body.prepend(signedOut());
    return answer;
  };

  function signedOut() {
    const bar = Object.assign(document.createElement("div"), { className: "signed-out alert alert-warning m-0", role: "alert" });
    const again = Object.assign(document.createElement("a"), { href: location.href, textContent: "Sign in again", className: "alert-link" });
    bar.append("Your sign-in has ended: what you choose now is not answered. ", again, ".");
    return bar;
  }
})();
