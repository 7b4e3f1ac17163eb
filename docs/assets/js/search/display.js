/**
 * Hits as the theme's search dialog takes them, and snippets. Everything that came from a page or a query is escaped
 * here: the theme puts titles and texts into the document as HTML.
 */
import { STOP_WORDS, fold, stem } from "./text.js";

/** Longest snippet, in characters. */
const SNIPPET = 200;
const WORD = /[\p{L}\p{N}]+/gu;
const HAN = /\p{Script=Han}/u;

export function escape(text) {
  return String(text).replace(/[&<>"']/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[sign]);
}

/** Where each word stands whose term is one of `terms`; Han characters match by the pairs they are part of. */
function matches(text, terms) {
  const found = [];
  for (const word of text.matchAll(WORD)) {
    if (HAN.test(word[0])) {
      for (const term of terms) {
        if (!HAN.test(term)) continue;
        for (let at = word[0].indexOf(term); at >= 0; at = word[0].indexOf(term, at + 1)) {
          found.push([word.index + at, word.index + at + term.length]);
        }
      }
    } else if (terms.has(stem(fold(word[0]))) && !STOP_WORDS.has(fold(word[0]))) {
      found.push([word.index, word.index + word[0].length]);
    }
  }
  found.sort((a, b) => a[0] - b[0]);
  return found.reduce((merged, [from, to]) => {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
    return merged;
  }, []);
}

/** `text` as HTML with the words that matched in <mark>. */
export function marked(text, terms) {
  let html = "";
  let end = 0;
  for (const [from, to] of matches(text, terms)) {
    html += `${escape(text.slice(end, from))}<mark data-md-highlight>${escape(text.slice(from, to))}</mark>`;
    end = to;
  }
  return html + escape(text.slice(end));
}

/** The stretch of `text` that holds most different terms, cut at words, as HTML. */
export function snippet(text, terms) {
  const found = matches(text, terms);
  let from = 0;
  let most = -1;
  for (let at = 0; at < found.length; at++) {
    const kinds = new Set();
    for (let next = at; next < found.length && found[next][1] - found[at][0] < SNIPPET - 40; next++) {
      kinds.add(stem(fold(text.slice(...found[next]))));
    }
    if (kinds.size > most) {
      most = kinds.size;
      from = found[at][0];
    }
  }
  // Begin at the sentence where it is near, else a few words before the match.
  if (from) {
    const before = text.slice(Math.max(0, from - 80), from);
    const sentence = Math.max(before.lastIndexOf(". "), before.lastIndexOf("? "), before.lastIndexOf("。") - 1);
    from = sentence >= 0 ? from - before.length + sentence + 2 : Math.max(0, text.lastIndexOf(" ", Math.max(0, from - 50)) + 1);
  }
  let to = Math.min(text.length, from + SNIPPET);
  if (to < text.length) to = Math.max(text.lastIndexOf(" ", to), from + SNIPPET / 2);
  const startsSentence = from === 0 || /[.?!。]\s?$/.test(text.slice(0, from));
  return `${startsSentence ? "" : "… "}${marked(text.slice(from, to).trim(), terms)}${to < text.length ? " …" : ""}`;
}

/** Where a hit stands: the roadmap's section and step, or the journal's date. */
export function placeOf(hit) {
  if (hit.kind === "post") return `${hit.place}, ${hit.step}`;
  return hit.step ? `${hit.place}, step ${hit.step}` : hit.place;
}

/** A page found by another name says so: the match would otherwise be nowhere to see. */
function alsoCalled({ title, aliases }, terms) {
  const all = new Set(terms);
  for (const [from, to] of matches(title, terms)) all.delete(stem(fold(title.slice(from, to))));
  const name = aliases.find((alias) => matches(alias, all).length);
  return name ? `<p class="kb-hit">Also called ${marked(name, terms)}</p>` : "";
}

/**
 * A hit as the theme's result group: the page, and under it the section where the match stands.
 * @param {number} at its place in the list, by which its snippet finds it later
 */
export function group(hit, at, terms) {
  const set = new Set(terms);
  const score = hit.score;
  const slot = (html) => `<p class="kb-hit" data-kb-hit="${at}">${html}</p>`;
  // The theme appends these words to the address, and marks them on the page that opens.
  const words = Object.fromEntries(hit.marks.map((word) => [word, true]));
  const page = {
    location: hit.url, title: marked(hit.title, set), text: "", score, terms: words, tags: [escape(placeOf(hit))],
  };
  if (hit.notebook) page.tags.push("Notebook");
  if (hit.kind === "planned") page.tags.push("Not written yet");
  if (!hit.section) return [{ ...page, text: alsoCalled(hit, set) + slot(marked(hit.description, set)) }];
  // A trace above the page's own score: Enter opens the section, and the theme does not fold it away.
  return [page, { location: hit.location, title: marked(hit.heading, set), text: slot(marked(hit.description, set)), score: score + 0.01, terms: words }];
}
