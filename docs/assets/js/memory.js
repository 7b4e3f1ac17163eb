// What the reader's own browser remembers, and nobody else: ticks, answers, predictions. Called by exercises.js and progress.js.
// Where storage is refused (private windows, file addresses) it lasts as long as the page.

const PREFIX = "knowledge.";
// One for the page, however many of our scripts hold a copy of this module (scripts/publishing/scripts.py).
const fallback = (globalThis.kbMemory ??= new Map());

/** The value kept under `name`, or `otherwise` where there is none or it cannot be read. */
export function recall(name, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + name) ?? fallback.get(name) ?? null;
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return fallback.has(name) ? JSON.parse(fallback.get(name)) : otherwise;
  }
}

/** Keeps `value` under `name`; an empty one is forgotten. */
export function keep(name, value) {
  const empty = value === null || (typeof value === "object" && Object.keys(value).length === 0);
  const text = JSON.stringify(value);
  if (empty) fallback.delete(name);
  else fallback.set(name, text);
  try {
    if (empty) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
  } catch {
    // The fallback holds it.
  }
}
