// Writes plotly.min.js, bootstrap.min.css and versions.json into the folder named as argument.
// Run by build.py beside it, in a temporary copy where `npm ci` has installed the packages.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const folder = process.argv[2] ?? "../assets/vendor";
const { dependencies, traces } = JSON.parse(readFileSync("package.json", "utf8"));
const plotly = dependencies["plotly.js"];
const bootstrap = dependencies.bootstrap;

/** A script that registers the trace types in use; plotly's core always brings scatter. */
function plotlyEntry() {
  const wanted = traces.filter((trace) => trace !== "scatter");
  const modules = wanted.map((trace) => `require("plotly.js/lib/${trace}")`);
  return `
    const Plotly = require("plotly.js/lib/core");
    Plotly.register([${modules.join(", ")}]);
    module.exports = Plotly;`;
}

async function writePlotly() {
  await build({
    stdin: { contents: plotlyEntry(), resolveDir: process.cwd() },
    outfile: join(folder, "plotly.min.js"),
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "Plotly",
    target: "es2020",
    charset: "ascii",
    define: { global: "window", "define.amd": "false" },
    loader: { ".css": "empty" }, // only maplibre's, and no map is drawn
    banner: { js: `/*! plotly.js ${plotly} (MIT), with ${traces.join(", ")} */` },
    logLevel: "error",
  });
}

function writeBootstrap() {
  const css = readFileSync("node_modules/bootstrap/dist/css/bootstrap.min.css", "utf8");
  const withoutMap = css.replace(/\n?\/\*# sourceMappingURL=.*?\*\/\s*$/, "\n");
  writeFileSync(join(folder, "bootstrap.min.css"), withoutMap);
}

mkdirSync(folder, { recursive: true });
await writePlotly();
writeBootstrap();
writeFileSync(
  join(folder, "versions.json"),
  JSON.stringify({ plotly, bootstrap, traces }, null, 2) + "\n",
);
