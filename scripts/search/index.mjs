/**
 * Pages to the files of the index. Pure: the same pages give the same bytes.
 *
 * Called by build.mjs; the browser's rank.js reads what it makes:
 *   index.json        counts, shared headings, places on the roadmap, where to begin
 *   words.json        vocabulary for typing errors and completion
 *   terms/<n>.json    term or name -> postings, by hash
 *   pages/<n>.json    records of a few pages: address, title, headings
 *   text/<n>.json     text to quote, a few sections each
 *
 * Pages come one at a time and are forgotten but for their postings and their record: a site of twenty thousand pages
 * has more text than a process may hold.
 */
import { createHash } from "node:crypto";
import { TOP, encode, encodeWords } from "../../docs/assets/js/search/codec.js";
import { anchorOf, shardOf } from "../../docs/assets/js/search/text.js";
import { Terms, read, termTexts } from "./fields.mjs";
import { Postings } from "./postings.mjs";
import { BLOCK_PAGES, COMMON_KEPT, COMMON_SHARE, FULL, KIND, LENGTH_SHARE, MOST_PAGES, OFF_THE_MAP, PACK_CHARACTERS, PROSE, PROSE_WORDS_KEPT, QUOTED_CHARACTERS, SATURATION, SHARD_BYTES, WORDS_KEPT } from "./weights.mjs";

/** A heading that stands on this many pages is written once. */
const SHARED_FROM = 3;
/** A name's posting as one number: page, impact and section; the last two take one digit of the codec each. */
const DIGIT = 128;

export class Index {
  #terms = new Terms();
  #postings = new Postings();
  #names = new Map(); // key -> packed postings
  #said = new Map();
  #words = new Map();
  #headings = new Map();
  #pages = []; // {prior, length, record}: the record as JSON, so that no string of it holds on to the page's text
  #start = [];
  #written = 0;
  #packs = 0;
  #digest = createHash("sha256");
  #write;
  #text;

  /**
   * @param {(name: string, json: string) => void} write takes each file, by its name without extension
   * @param {{text?: boolean}} options text: also the text to quote
   */
  constructor(write, { text = true } = {}) {
    this.#write = write;
    this.#text = text;
  }

  /** Pages are added in the order in which equals are shown. @param {import("./fields.mjs").Source} page */
  add(page) {
    const id = this.#pages.length;
    const prior = (KIND[page.kind] ?? KIND.plain) * (page.kind === "explainer" && !page.place[1] ? OFF_THE_MAP : 1);
    const found = read(page, this.#terms);
    this.#terms.gather((term, fields, prose, section) => this.#postings.add(term, fields, prose, section));
    this.#postings.close();
    for (const word of found.said) this.#said.set(word, (this.#said.get(word) ?? 0) + 1);
    for (const [key, { impact, section }] of found.names) {
      const packed = (id * DIGIT + Math.round(impact * prior)) * DIGIT + section;
      const list = this.#names.get(key);
      if (list) list.push(packed);
      else this.#names.set(key, [packed]);
    }
    for (const [word, strength] of found.words) if (!(this.#words.get(word) >= strength)) this.#words.set(word, strength);
    for (const { heading } of found.sections) if (heading) this.#headings.set(heading, (this.#headings.get(heading) ?? 0) + 1);
    const record = JSON.stringify(pageRecord(page, found, this.#text ? this.#quote(found.sections) : []));
    this.#pages.push({ prior, length: found.length, record });
    if (page.kind !== "planned") this.#written = id + 1;
    if (page.kind === "explainer" && this.#start.length < 3) this.#start.push(id);
  }

  /** Write the sections' text in packs, none of which spans two pages; the pack of each section. */
  #quote(sections) {
    const packs = [];
    const at = sections.map(({ text }) => {
      const quote = text.slice(0, QUOTED_CHARACTERS);
      let pack = packs.at(-1);
      if (!pack || pack.size + quote.length > PACK_CHARACTERS) packs.push((pack = { size: 0, texts: [] }));
      pack.texts.push(quote);
      pack.size += quote.length;
      return this.#packs + packs.length - 1;
    });
    for (const { texts } of packs) this.#put(`text/${this.#packs++}`, texts);
    return at;
  }

  /** @param {string[]} places names of the roadmap's sections, the journal and the rest */
  finish(places) {
    const count = this.#pages.length;
    const common = [];
    const entries = [];
    const norms = this.#norms();
    this.#postings.byTerm((term, list) => {
      for (const posting of list) {
        const level = posting.fields + (PROSE * posting.prose) / (SATURATION * norms[posting.page] + posting.prose);
        posting.impact = Math.max(1, Math.round(TOP * this.#pages[posting.page].prior * Math.min(1, level / FULL)));
      }
      if (list.length >= COMMON_SHARE * count) common.push([termTexts[term], list.length]);
      entries.push([termTexts[term], encode(list.length, strongest(list))]);
    });
    for (const [key, packed] of this.#names) {
      const list = packed.map((one) => ({ page: Math.floor(one / DIGIT / DIGIT), impact: Math.floor(one / DIGIT) % DIGIT, section: one % DIGIT }));
      entries.push([key, encode(list.length, strongest(list))]);
    }
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

    const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + value.length + 6, 0);
    const shards = Array.from({ length: Math.max(1, Math.ceil(size / SHARD_BYTES)) }, () => ({}));
    for (const [key, value] of entries) shards[shardOf(key, shards.length)][key] = value;
    shards.forEach((shard, at) => this.#put(`terms/${at}`, shard));

    const shared = oftenFirst([...this.#headings].filter(([, times]) => times >= SHARED_FROM)).slice(0, 200).map(([heading]) => heading);
    const sharedAt = new Map(shared.map((heading, at) => [heading, at]));
    for (let at = 0; at < count; at += BLOCK_PAGES) {
      this.#put(`pages/${at / BLOCK_PAGES}`, this.#pages.slice(at, at + BLOCK_PAGES).map(({ record }) => shortened(JSON.parse(record), sharedAt)));
    }
    for (const [word] of oftenFirst([...this.#said].filter(([word]) => !this.#words.has(word))).slice(0, PROSE_WORDS_KEPT)) this.#words.set(word, 1);
    this.#put("words", encodeWords(oftenFirst([...this.#words]).slice(0, WORDS_KEPT).sort(([a], [b]) => (a < b ? -1 : 1))));
    this.#put("index", {
      version: this.#digest.copy().digest("hex").slice(0, 12), pages: count, written: this.#written, shards: shards.length, block: BLOCK_PAGES, headings: shared, places,
      common: oftenFirst(common).slice(0, COMMON_KEPT).map(([term]) => term), start: this.#start,
    });
  }

  /** How much longer than the mean each page is, damped and bounded. */
  #norms() {
    const mean = this.#pages.reduce((sum, { length }) => sum + length, 0) / Math.max(1, this.#written) || 1;
    return this.#pages.map(({ length }) => 1 - LENGTH_SHARE + LENGTH_SHARE * Math.min(4, Math.max(0.25, length / mean)));
  }

  #put(name, value) {
    // Nothing that is published can be taken for markup.
    const json = JSON.stringify(value).replaceAll("<", "\\u003c");
    this.#digest.update(name).update(json);
    this.#write(name, json);
  }
}

/** Pairs of a text and a number, the largest number first, equals by their text. */
function oftenFirst(pairs) {
  return pairs.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** The strongest pages of a term, back in ascending order. */
function strongest(list) {
  if (list.length <= MOST_PAGES) return list;
  return [...list].sort((a, b) => b.impact - a.impact || a.page - b.page).slice(0, MOST_PAGES).sort((a, b) => a.page - b.page);
}

/** Short keys: records are most of what a result costs. Sections: heading, or heading with anchor. */
function pageRecord(page, found, quoted) {
  const record = {
    u: page.anchor ? `${page.url}#${page.anchor}` : page.url, t: page.title, d: page.description, p: page.place,
    s: found.sections.slice(1).map(({ heading, anchor }) => (anchor === anchorOf(heading) ? heading : [heading, anchor])),
  };
  const aliases = page.zh ? [...page.aliases, page.zh] : page.aliases;
  if (aliases.length) record.a = aliases;
  if (page.kind === "post") record.j = 1;
  else if (page.kind !== "explainer" && page.kind !== "project") record.k = page.kind;
  if (found.bookAt < found.sections.length) {
    record.n = found.bookAt;
    record.b = page.notebookUrl;
  }
  if (quoted.length) {
    record.x = quoted[0];
    const cuts = quoted.map((packAt, at) => (at && packAt !== quoted[at - 1] ? at : 0)).filter(Boolean);
    if (cuts.length) record.c = cuts;
  }
  return record;
}

/** The record with each heading that many pages share as its number. */
function shortened(record, sharedAt) {
  const short = (heading) => sharedAt.get(heading) ?? heading;
  return { ...record, s: record.s.map((one) => (Array.isArray(one) ? [short(one[0]), one[1]] : short(one))) };
}
