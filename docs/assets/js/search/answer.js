/**
 * One conversation with the search, wherever it runs: a worker, or the page itself on file://.
 *
 * Takes {type: "query", id, value} and gives, through `send`, {type: "result", …}, then {type: "snippets", …} when the
 * reader pauses, or {type: "failure", …}. Only the newest query is answered.
 */
import { group, snippet } from "./display.js";
import { createEngine } from "./rank.js";
import { STOP_WORDS, fold, stem } from "./text.js";

/** Snippets cost a request each: they are fetched when nobody has typed for this many milliseconds. */
const PAUSE = 120;

/** @param {(name: string) => Promise<any>} load @param {(message: object) => void} send */
export function createAnswerer(load, send) {
  const engine = createEngine(load);
  let newest = 0;
  let timer = 0;

  return async function ask({ id, value }) {
    newest = id;
    clearTimeout(timer);
    try {
      const answer = await engine.search(value);
      if (id !== newest) return;
      const marks = wordsToMark(value, answer);
      for (const hit of answer.hits) hit.marks = marks;
      send({
        type: "result", id, items: answer.hits.map((hit, at) => group(hit, at, answer.terms)), suggest: answer.suggest,
        corrected: answer.corrected, nearest: answer.nearest.map(({ title, url }) => ({ title, url })),
      });
      timer = setTimeout(() => quote(id, answer), PAUSE);
    } catch (error) {
      if (id === newest) send({ type: "failure", id, message: String(error?.message ?? error) });
    }
  };

  async function quote(id, answer) {
    const terms = new Set(answer.terms);
    await Promise.all(answer.hits.map(async (hit, at) => {
      try {
        const text = await engine.quote(hit);
        if (id === newest && text) send({ type: "snippet", id, at, html: snippet(text, terms) });
      } catch {
        // The description stays where the snippet would stand: the result itself is whole.
      }
    }));
  }
}

/** The words as typed, or as corrected, that are worth marking on the page. */
function wordsToMark(value, { corrected, terms }) {
  const known = new Set(terms);
  const fixed = new Map(corrected);
  const words = (value.slice(0, 300).match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => fixed.get(fold(word)) ?? word);
  return [...new Set(words.filter((word) => word.length > 1 && !STOP_WORDS.has(fold(word)) && (known.has(stem(fold(word))) || /\p{Script=Han}/u.test(word))))].slice(0, 8);
}
