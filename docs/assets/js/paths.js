// Ways through the map: pure, without a DOM. Called by progress.js and its tests in Node.
// A map is a Map of slug -> {needs: [slugs], href}; `href` is empty while a page is planned.

/** Everything to read before `slug`, each after its own prerequisites, `slug` last. */
export function pathTo(map, slug) {
  const order = [...map.keys()];
  const seen = new Set();
  const visit = (name, trail) => {
    if (!map.has(name) || seen.has(name) || trail.includes(name)) return;
    for (const need of [...map.get(name).needs].sort((a, b) => order.indexOf(a) - order.indexOf(b))) visit(need, [...trail, name]);
    seen.add(name);
  };
  visit(slug, []);
  return [...seen];
}

/** The written pages that are not read and whose written prerequisites all are, in reading order. */
export function readableNext(map, read) {
  // A planned prerequisite holds nobody up: a page explains what it needs of one.
  const ready = (need) => read.has(need) || !map.get(need)?.href;
  return [...map].filter(([slug, page]) => page.href && !read.has(slug) && page.needs.every(ready)).map(([slug]) => slug);
}

/** The slugs of an exported file that are on the map, or null where the text is not such a file. */
export function readImport(text, map) {
  try {
    const { read } = JSON.parse(text);
    return Array.isArray(read) ? read.filter((slug) => typeof slug === "string" && map.has(slug)) : null;
  } catch {
    return null;
  }
}
