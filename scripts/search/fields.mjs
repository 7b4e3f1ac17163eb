/**
 * One page's terms with their weights and best sections, and its names.
 *
 * Called by index.mjs for each page alone, so that the work is linear. Weights stand in weights.mjs.
 */
import { STOP_WORDS, content, eachToken, nameTerms, phrase, stem, tokens } from "../../docs/assets/js/search/text.js";
import { notebookSections, sectionsOf } from "./extract.mjs";
import { FIELD, NAME } from "./weights.mjs";

/** Longest name, in terms, that is looked up as a whole. */
const LONGEST_NAME = 8;
/** Parts of a title that stand for themselves: "Ridge, lasso and elastic net". */
const PARTS = /\s*[,:;()]\s*|\s+(?:and|or|vs\.?|versus)\s+/i;

/**
 * @typedef {{url: string, kind: string, title: string, aliases: string[], zh: string, questions: string[],
 *   description: string, tags: string[], body: string, notebook: string, notebookUrl: string, place: [number, number | string]}} Source
 * @param {Source} page
 */
export function read(page) {
  const own = sectionsOf(page.body);
  const book = page.notebook ? notebookSections(page.notebook).slice(0, 90 - own.length) : [];
  const terms = new Map();
  const words = new Map();
  const names = new Map();
  let length = 0;

  const add = (text, weight, section, pull) => {
    eachToken(text, (token) => {
      if (token.stop || token.number) return;
      length += weight === FIELD.body ? 1 : 0;
      let entry = terms.get(token.term);
      if (!entry) terms.set(token.term, (entry = { weight: 0, section: 0, best: 0, current: -1, sum: 0 }));
      entry.weight += weight;
      if (entry.current !== section) {
        entry.current = section;
        entry.sum = 0;
      }
      entry.sum += pull;
      const score = entry.sum / (entry.sum + 2);
      if (score > entry.best) {
        entry.best = score;
        entry.section = section;
      }
    });
  };
  const vocabulary = (text, strength) => {
    for (const { word, han, stop } of tokens(text)) {
      if (han || stop || !/^\p{L}/u.test(word)) continue;
      words.set(word, Math.max(words.get(word) ?? 0, strength));
    }
  };
  const name = (key, impact, section = 0) => {
    const known = names.get(key);
    if (!known || known.impact < impact) names.set(key, { impact, section });
  };
  const named = (text, impact, section = 0) => {
    const list = nameTerms(text);
    if (list.length && list.length <= LONGEST_NAME) name(phrase(list), impact, section);
    return list;
  };
  const pairs = (text, impact, section = 0) => {
    const list = nameTerms(text);
    for (let at = 0; at + 1 < list.length; at++) name(phrase([list[at], list[at + 1]]), impact, section);
  };

  // A word of the title leads to the page's top unless a heading has it too; the weights of `pull` say so.
  add(page.title, FIELD.title, 0, 40);
  vocabulary(page.title, 60);
  named(page.title, NAME.title);
  pairs(page.title, NAME.pair);
  for (const part of page.title.split(PARTS)) if (part) named(part, NAME.part);
  for (const alias of [...page.aliases, page.zh].filter(Boolean)) {
    add(alias, FIELD.alias, 0, 20);
    vocabulary(alias, 50);
    named(alias, NAME.alias);
    pairs(alias, NAME.pair);
  }
  for (const one of [...page.title.split(PARTS), ...page.aliases]) {
    compounds(one, terms, words);
    const initials = initialsOf(one);
    if (!initials) continue;
    name(phrase([stem(initials)]), NAME.initials);
    if (!terms.has(stem(initials))) terms.set(stem(initials), { weight: FIELD.heading, section: 0, best: 1, current: 0, sum: 0 });
  }
  for (const question of page.questions) {
    add(question, FIELD.question, 0, 0.5);
    vocabulary(question, 5);
    named(question, NAME.question);
    pairs(question, NAME.weakPair);
  }
  add(page.description, FIELD.description, 0, 1);
  add(page.tags.join(" · "), FIELD.lead, 0, 0.2);
  own.forEach((section, at) => {
    if (section.heading) {
      add(section.heading, FIELD.heading, at, 4);
      vocabulary(section.heading, 20);
      named(section.heading.replace(/^(recall|compute|build|break it|wrong|right):\s*/i, ""), NAME.heading, at);
      pairs(section.heading, NAME.weakPair, at);
    }
    add(section.text, at ? FIELD.body : FIELD.lead, at, 1);
    if (section.code) add(section.code, FIELD.code, at, 0.1);
  });
  book.forEach((section, index) => {
    const at = own.length + index;
    add(section.heading, FIELD.notebook, at, 1);
    add(section.text, FIELD.notebook, at, 0.5);
    const once = [...new Set(section.code.match(/[A-Za-z_]{3,}/g) ?? [])].join(" ");
    add(once, FIELD.code, at, 0.1);
  });
  return { terms, names, words, length, sections: [...own, ...book], bookAt: own.length };
}

/** "cross-validation" and "cross validation" are also typed as one word. */
function compounds(text, terms, words) {
  const list = tokens(text).filter((token) => !token.joined && !token.han);
  for (let at = 0; at + 1 < list.length; at++) {
    if (list[at].stop || list[at + 1].stop) continue;
    const whole = list[at].word + list[at + 1].word;
    if (!terms.has(stem(whole))) terms.set(stem(whole), { weight: FIELD.heading, section: 0, best: 1, current: 0, sum: 0 });
    words.set(whole, Math.max(words.get(whole) ?? 0, 30));
  }
}

/** "Random forests" is also typed "RF". Nothing where the initials are a word of the language. */
function initialsOf(text) {
  const list = content(text).filter((token) => !token.joined && !token.han).map((token) => token.word);
  if (list.length < 2 || list.length > 5) return "";
  const initials = list.map((word) => word[0]).join("");
  return /^[a-z]{2,}$/.test(initials) && !STOP_WORDS.has(initials) ? initials : "";
}
