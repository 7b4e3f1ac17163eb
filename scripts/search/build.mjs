/**
 * Writes the index of a site and bundles its client: one job as JSON in the first line of standard input.
 *
 * Called by index.py. What may be indexed and what a page's place is was decided there.
 *   {places, folder, offline, text}          the index into `folder`, of the pages in the lines that follow, one each
 *   {client: {sources, target, offline}}     the client's modules as two classic scripts into `target`
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Index } from "./index.mjs";

// JSON has no line break of its own, and index.py escapes the two other characters that readline takes for one.
const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })[Symbol.asyncIterator]();
const job = JSON.parse((await lines.next()).value);
if (job.folder) await writeIndex(job);
if (job.client) await bundle(job.client);

async function writeIndex({ places, folder, offline, text }) {
  const made = new Set();
  const index = new Index((name, json) => {
    const path = join(folder, `${name}.${offline ? "js" : "json"}`);
    if (!made.has(dirname(path))) {
      mkdirSync(dirname(path), { recursive: true });
      made.add(dirname(path));
    }
    // On file:// each file is a script that hands its value over.
    writeFileSync(path, offline ? `kbSearchLoaded(${JSON.stringify(name)},${json});\n` : json);
  }, { text });
  for await (const line of lines) index.add(JSON.parse(line));
  index.finish(places);
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
