// Bundles the pages' scripts and styles into the Django app's static folder. No source maps, nothing loaded from outside.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "..", "src", "fairhearing", "web", "static", "dist");

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  sourcemap: false,
  target: "es2022",
  legalComments: "none",
  outdir: out,
  logLevel: "warning",
};

// The receipt page's script is there to be read: not minified, and with its comments. esbuild keeps none but those that
// begin as a licence's do, so they begin so on the way through it.
const readable = {
  name: "readable",
  setup(build) {
    build.onLoad({ filter: /[\\/]receipt([\\/]\w+)?\.ts$/ }, async ({ path: file }) => {
      // What is said of a type goes with the type, which JavaScript does not have.
      const text = (await readFile(file, "utf8")).replace(/^\/\*\*(?:(?!\*\/)[^])*\*\/\n(?=(?:export )?(?:interface|type) )/gm, "");
      return { loader: "ts", contents: text.replace(/^( *)\/\*\*/gm, "$1/*!").replace(/^( *)\/\/ /gm, "$1//! ") };
    });
    build.onEnd(async ({ outputFiles }) => {
      for (const { path: file, text } of outputFiles) {
        const own = text.replace(/^( *)\/\*!/gm, "$1/**").replace(/^( *)\/\/! /gm, "$1// ");
        await writeFile(file, own.replace(/^(\};?)\n(?=[^\n])/gm, "$1\n\n"));
      }
    });
  },
};

await rm(out, { recursive: true, force: true });
await build({
  ...shared,
  entryPoints: ["src/reviewer.ts", "src/speaker.ts", "src/link.ts", "src/recorder.ts"],
  format: "iife",
});
await build({
  ...shared,
  entryPoints: ["src/base.ts"],
  format: "iife",
  // htmx carries ways to run text as code. They are switched off in its settings, and taken out here as well.
  define: { eval: "noCodeFromText", Function: "noCodeFromText" },
  inject: ["src/base/no_code_from_text.ts"],
});
await mkdir(out, { recursive: true });
await build({
  ...shared,
  entryPoints: ["src/receipt.ts"],
  format: "esm",
  minify: false,
  charset: "utf8",
  legalComments: "inline",
  plugins: [readable],
  write: false,
});
await build({ ...shared, entryPoints: ["src/styles.css"] });

const forbidden = /\beval\(|\bFunction\(|https?:\/\/(?!www\.w3\.org\/)/g;
for (const name of (await readdir(out)).sort()) {
  const text = await readFile(path.join(out, name), "utf8");
  const found = text.match(forbidden);
  if (found) throw new Error(`${name} holds ${[...new Set(found)].join(", ")}: no code from text, no outside address`);
  console.log(`${name.padEnd(14)} ${String(text.length).padStart(7)} bytes`);
}
