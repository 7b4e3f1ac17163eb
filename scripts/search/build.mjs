/**
 * Writes the index of a site: reads {pages, places, folder, scripts, offline} as JSON from standard input.
 *
 * Called by index.py. What may be indexed and what a page's place is was decided there.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "./index.mjs";

const { pages, places, folder, offline, text } = JSON.parse(readFileSync(0, "utf8"));
const made = new Set();
for (const [name, value] of build(pages, places, { text })) {
  const path = join(folder, `${name}.${offline ? "js" : "json"}`);
  if (!made.has(dirname(path))) {
    mkdirSync(dirname(path), { recursive: true });
    made.add(dirname(path));
  }
  const json = JSON.stringify(value);
  // On file:// a shard is a script that hands its value over; U+2028 and U+2029 are legal in both.
  writeFileSync(path, offline ? `kbSearchLoaded(${JSON.stringify(name)},${json});\n` : json);
}
