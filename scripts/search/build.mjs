/**
 * Writes the index of a site and bundles its client: one job as JSON from standard input.
 *
 * Called by index.py. What may be indexed and what a page's place is was decided there.
 *   {pages, places, folder, offline, text}   the index into `folder`
 *   {client: {sources, target, offline}}     the client's modules as two classic scripts into `target`
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "./index.mjs";

const job = JSON.parse(readFileSync(0, "utf8"));
if (job.folder) writeIndex(job);
if (job.client) await bundle(job.client);

function writeIndex({ pages, places, folder, offline, text }) {
  const made = new Set();
  for (const [name, json] of build(pages, places, { text })) {
    const path = join(folder, `${name}.${offline ? "js" : "json"}`);
    if (!made.has(dirname(path))) {
      mkdirSync(dirname(path), { recursive: true });
      made.add(dirname(path));
    }
    // On file:// each file is a script that hands its value over.
    writeFileSync(path, offline ? `kbSearchLoaded(${JSON.stringify(name)},${json});\n` : json);
  }
}

/** Classic scripts: the theme starts no module workers, and file:// refuses modules. The modules they were made of are not published. */
async function bundle({ sources, target, offline }) {
  const { build: esbuild } = await import("esbuild");
  const entries = ["client.js", offline ? "offline.js" : "worker.js"];
  for (const name of readdirSync(target)) rmSync(join(target, name));
  await esbuild({
    entryPoints: entries.map((name) => join(sources, name)), outdir: target, bundle: true, minify: true, format: "iife",
    target: "es2023", charset: "utf8", legalComments: "inline", logLevel: "warning",
  });
}
