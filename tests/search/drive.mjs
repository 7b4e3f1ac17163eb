/**
 * Asks the site's own search module, outside a browser: `node drive.mjs FOLDER < queries`.
 *
 * FOLDER holds an index as scripts/search writes it. One JSON object a line comes in ({q, fresh}) and one goes out:
 * ranked addresses, sections, nearest concepts, milliseconds, and the bytes and files that were read for it
 * (`fresh` starts with nothing loaded, as a reader's first search does).
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { createEngine } from "../../docs/assets/js/search/rank.js";
import { snippet } from "../../docs/assets/js/search/display.js";

const folder = process.argv[2];
let read = [];
const load = async (name) => {
  const text = readFileSync(join(folder, `${name}.json`), "utf8");
  read.push([name, Buffer.byteLength(text)]);
  return JSON.parse(text);
};
let engine = createEngine(load);

for await (const line of createInterface({ input: process.stdin })) {
  const { q, fresh, quote } = JSON.parse(line);
  if (fresh) engine = createEngine(load);
  read = [];
  const start = performance.now();
  const answer = await engine.search(q);
  const milliseconds = performance.now() - start;
  const files = read;
  const hits = [];
  for (const hit of answer.hits) {
    const shown = { url: hit.url, location: hit.location, score: hit.score, title: hit.title, heading: hit.heading, kind: hit.kind };
    if (quote) shown.snippet = snippet(await engine.quote(hit), new Set(answer.terms));
    hits.push(shown);
  }
  console.log(JSON.stringify({
    q, hits, nearest: answer.nearest.map(({ url }) => url), corrected: answer.corrected, suggest: answer.suggest,
    milliseconds, files, bytes: files.reduce((sum, [, size]) => sum + size, 0),
  }));
}
