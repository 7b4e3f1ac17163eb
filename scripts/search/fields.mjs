/**
 * One page's terms with their weights and best sections, and its names.
 *
 * Called by index.mjs for each page alone, so that the work is linear. Weights stand in weights.mjs.
 */
import { STOP_WORDS, content, eachToken, literal, nameTerms, phrase, stem, tokens } from "../../docs/assets/js/search/text.js";
import { notebookSections, sectionsOf } from "./extract.mjs";
import { FIELD, NAME, OCCURRENCE, PAIR_SAID, SAID_OFTEN, SHORTEST_PROSE_WORD } from "./weights.mjs";

const FIELDS = Object.keys(FIELD);

/** Longest name, in terms, that is looked up as a whole. */
const LONGEST_NAME = 8;
const CONCEPTS = new Set(["explainer", "project", "planned"]);
/** Parts of a title that stand for themselves: "Ridge, lasso and elastic net". */
const PARTS = /\s*[,:;()]\s*|\s+(?:and|or|vs\.?|versus)\s+/i;

/** The kind of an exercise says nothing of the page: every page recalls, computes and builds. */
const EXERCISE = /^(?:recall|compute|build|break it):\s*/i;

/** Terms by number; tokens carry theirs, so the numbers are the process's, not one index's. The index is sorted by text. */
export const termTexts = [];
const numbers = new Map();

/** Counts pairs of numbers: a table with open addresses, since a page has thousands of pairs and a Map makes an object of each. */
class Pairs {
  #size = 1 << 14;
  #slots = new Int32Array(this.#size); // an entry's number + 1
  #entries = new Int32Array(4 * 4096); // first, second, times, section
  #count = 0;

  add(first, second, section) {
    const mask = this.#size - 1;
    let slot = (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) & mask;
    const entries = this.#entries;
    for (let entry; (entry = this.#slots[slot]); slot = (slot + 1) & mask) {
      const at = 4 * (entry - 1);
      if (entries[at] === first && entries[at + 1] === second) {
        entries[at + 2]++;
        return;
      }
    }
    const at = 4 * this.#count;
    entries[at] = first;
    entries[at + 1] = second;
    entries[at + 2] = 1;
    entries[at + 3] = section;
    this.#slots[slot] = ++this.#count;
    if (4 * this.#count === entries.length) this.#grow();
  }

  drain(visit) {
    const entries = this.#entries;
    for (let at = 0; at < 4 * this.#count; at += 4) visit(entries[at], entries[at + 1], entries[at + 2], entries[at + 3]);
    this.#slots.fill(0);
    this.#count = 0;
  }

  #grow() {
    const old = this.#entries;
    this.#size *= 2;
    this.#slots = new Int32Array(this.#size);
    this.#entries = new Int32Array(2 * old.length);
    this.#count = 0;
    for (let at = 0; at < old.length; at += 4) {
      this.add(old[at], old[at + 1], old[at + 3]);
      this.#entries[4 * this.#count - 2] = old[at + 2];
    }
  }
}

/**
 * Sums over the terms of the page being read, by term number: a page has a thousand terms and a site a thousand pages,
 * so nothing is allocated for either. `touched` names the terms to gather and to clear.
 */
export class Terms {
  #fields = new Float64Array(1024);
  #said = new Uint8Array(1024);
  #prose = new Float64Array(1024);
  #best = new Float64Array(1024);
  #sum = new Float64Array(1024);
  #current = new Int32Array(1024);
  #section = new Uint8Array(1024);
  #met = new Uint8Array(1024);
  #touched = [];
  #pairs = new Pairs();

  /** The number of a term, by which index.mjs keeps its postings. */
  number(term) {
    let id = numbers.get(term);
    if (id === undefined) {
      id = termTexts.push(term) - 1;
      numbers.set(term, id);
    }
    return id;
  }

  /** A term in a field: counted once for each field. */
  field(id, name, section, pull) {
    this.#meet(id, section, pull);
    const bit = 1 << FIELDS.indexOf(name);
    if (this.#said[id] & bit) return;
    this.#said[id] |= bit;
    this.#fields[id] += FIELD[name];
  }

  /** A term in prose or code. */
  prose(id, weight, section, pull) {
    this.#meet(id, section, pull);
    this.#prose[id] += weight;
  }

  /** Two terms that stand side by side in prose. */
  pair(first, second, section) {
    this.#pairs.add(first, second, section);
  }

  /** Give each pair of the page to `visit(first, second, times, section)`, with the section where it stands first, and forget them. */
  pairs(visit) {
    this.#pairs.drain(visit);
  }

  has(id) {
    return this.#met[id] === 1;
  }

  /** Give each term of the page to `visit(id, fields, prose, section)` and forget the page. */
  gather(visit) {
    for (const id of this.#touched) {
      visit(id, this.#fields[id], this.#prose[id], this.#section[id]);
      this.#fields[id] = this.#said[id] = this.#prose[id] = this.#best[id] = this.#sum[id] = this.#section[id] = this.#met[id] = 0;
    }
    this.#touched.length = 0;
  }

  /** `pull` draws the reader towards the section, less each time. */
  #meet(id, section, pull) {
    while (id >= this.#met.length) this.#grow();
    if (!this.#met[id]) {
      this.#met[id] = 1;
      this.#touched.push(id);
      this.#current[id] = -1;
    }
    if (this.#current[id] !== section) {
      this.#current[id] = section;
      this.#sum[id] = 0;
    }
    const sum = (this.#sum[id] += pull);
    if (sum / (sum + 2) > this.#best[id]) {
      this.#best[id] = sum / (sum + 2);
      this.#section[id] = section;
    }
  }

  #grow() {
    const larger = (old) => {
      const grown = new old.constructor(old.length * 2);
      grown.set(old);
      return grown;
    };
    [this.#fields, this.#said, this.#prose, this.#best, this.#sum, this.#current, this.#section, this.#met] =
      [this.#fields, this.#said, this.#prose, this.#best, this.#sum, this.#current, this.#section, this.#met].map(larger);
  }
}

/**
 * @typedef {{url: string, kind: string, title: string, aliases: string[], zh: string, questions: string[],
 *   description: string, tags: string[], body: string, notebook: string, notebookUrl: string, place: [number, number | string]}} Source
 * @param {Source} page
 * @param {Terms} terms takes the page's terms; the caller gathers them
 */
export function read(page, terms) {
  const own = sectionsOf(page.body);
  const book = page.notebook ? notebookSections(page.notebook).slice(0, 90 - own.length) : [];
  const words = new Map();
  const names = new Map();
  let length = 0;

  const number = (token) => (token.id < 0 ? (token.id = terms.number(token.term)) : token.id);
  const field = (text, name, section, pull) => eachToken(text, (token) => {
    if (!token.stop) terms.field(number(token), name, section, pull);
  });
  const often = new Map();
  let before = -1;
  const prose = (text, weight, section, pull) => eachToken(text, (token) => {
    if (token.stop || token.number) return;
    terms.prose(number(token), weight, section, pull);
    if (weight < OCCURRENCE.notebook) return;
    if (!token.joined && !token.han) {
      if (before >= 0) {
        terms.pair(before, token.id, section);
      }
      before = token.id;
    }
    if (weight < OCCURRENCE.body) return;
    length++;
    if (token.word.length >= SHORTEST_PROSE_WORD && !token.han) often.set(token.word, (often.get(token.word) ?? 0) + 1);
  });
  const once = (term) => {
    const id = terms.number(term);
    if (!terms.has(id)) terms.field(id, "heading", 0, 40);
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
  const whole = (text, impact) => {
    const key = literal(text);
    if (key) name(key, impact);
  };
  /** "Which model when" is not a name of "model", nor "then a network" one of "network". */
  const titled = (text, impact) => {
    const list = nameTerms(text);
    named(text, list.length === 1 && tokens(text).filter((token) => !token.joined).length > 2 ? Math.min(impact, NAME.weakPair) : impact);
  };
  const pairs = (text, impact, section = 0) => {
    const list = nameTerms(text);
    for (let at = 0; at + 1 < list.length; at++) name(phrase([list[at], list[at + 1]]), impact, section);
  };

  // A word of the title leads to the page's top unless a heading has it too; the weights of `pull` say so.
  field(page.title, "title", 0, 40);
  vocabulary(page.title, 60);
  titled(page.title, NAME.title);
  whole(page.title, NAME.title);
  pairs(page.title, NAME.pair);
  const parts = page.title.split(PARTS).filter(Boolean);
  // One of many parts is less of a name: "Train, validation, test and cross-validation".
  for (const part of parts) titled(part, Math.max(NAME.leastPart, NAME.part - 10 * Math.max(0, parts.length - 3)));
  // A folder's name is the concept's shortest: "regularization" for "Ridge, lasso and elastic net".
  if (CONCEPTS.has(page.kind)) {
    const slug = (page.slug ?? page.url.split("/").at(-2))?.replaceAll("-", " ") ?? "";
    field(slug, "slug", 0, 20);
    vocabulary(slug, 40);
    named(slug, NAME.part);
    pairs(slug, NAME.weakPair);
  }
  for (const alias of [...page.aliases, page.zh].filter(Boolean)) {
    field(alias, "alias", 0, 20);
    vocabulary(alias, 50);
    named(alias, NAME.alias);
    whole(alias, NAME.alias);
    pairs(alias, NAME.pair);
  }
  for (const one of [...parts, ...page.aliases]) {
    compounds(one, once);
    const initials = initialsOf(one);
    if (!initials) continue;
    name(phrase([stem(initials)]), NAME.initials);
    once(stem(initials));
  }
  for (const question of page.questions) {
    field(question, "question", 0, 0.5);
    vocabulary(question, 5);
    named(question, NAME.question);
    whole(question, NAME.question);
    pairs(question, NAME.weakPair);
  }
  field(page.description, "description", 0, 1);
  prose(page.tags.join(" · "), OCCURRENCE.lead, 0, 0.2);
  own.forEach((section, at) => {
    if (section.heading) {
      const heading = section.heading.replace(EXERCISE, "");
      field(heading, "heading", at, 4);
      vocabulary(heading, 20);
      named(heading, NAME.heading, at);
      pairs(heading, NAME.weakPair, at);
    }
    prose(section.text, at ? OCCURRENCE.body : OCCURRENCE.lead, at, 1);
    if (section.code) prose(section.code, OCCURRENCE.code, at, 0.1);
  });
  book.forEach((section, index) => {
    const at = own.length + index;
    prose(section.heading, OCCURRENCE.notebook, at, 1);
    prose(section.text, OCCURRENCE.notebook, at, 0.5);
    prose([...new Set(section.code.match(/[A-Za-z_]{3,}/g) ?? [])].join(" "), OCCURRENCE.code, at, 0.1);
  });
  terms.pairs((first, second, times, section) => {
    if (times >= PAIR_SAID) name(phrase([termTexts[first], termTexts[second]]), Math.round((NAME.prosePair * times) / (times + 2)), section);
  });
  const said = [...often].filter(([, times]) => times >= SAID_OFTEN).map(([word]) => word);
  return { names, words, said, length, sections: [...own, ...book], bookAt: own.length };
}

/** "cross-validation" and "cross validation" are also typed as one word, which is found but not guessed at: the vocabulary is loaded by all. */
function compounds(text, once) {
  const list = tokens(text).filter((token) => !token.joined && !token.han);
  for (let at = 0; at + 1 < list.length; at++) {
    if (list[at].stop || list[at + 1].stop) continue;
    once(stem(list[at].word + list[at + 1].word));
  }
}

/** "Random forests" is also typed "RF". Nothing where the initials are a word of the language. */
function initialsOf(text) {
  const list = content(text).filter((token) => !token.joined && !token.han).map((token) => token.word);
  if (list.length < 2 || list.length > 5) return "";
  const initials = list.map((word) => word[0]).join("");
  return /^[a-z]{2,}$/.test(initials) && !STOP_WORDS.has(initials) ? initials : "";
}
