/**
 * Pages to the files of the index. Pure: the same pages give the same bytes.
 *
 * Called by build.mjs; the browser's rank.js reads what it makes:
 *   index.json        counts, shared headings, places on the roadmap, where to begin
 *   words.json        vocabulary for typing errors and completion
 *   terms/<n>.json    term or name -> postings, by hash
 *   pages/<n>.json    records of a few pages: address, title, headings
 *   text/<n>.json     text to quote, a few sections each
 */
import { createHash } from "node:crypto";
import { TOP, encode, encodeWords } from "../../docs/assets/js/search/codec.js";
import { anchorOf, shardOf } from "../../docs/assets/js/search/text.js";
import { Terms, read, termTexts } from "./fields.mjs";
import { BLOCK_PAGES, COMMON_KEPT, COMMON_SHARE, FULL, KIND, LENGTH_SHARE, MOST_PAGES, OFF_THE_MAP, PACK_CHARACTERS, PROSE, PROSE_WORDS_KEPT, QUOTED_CHARACTERS, SATURATION, SHARD_BYTES, WORDS_KEPT } from "./weights.mjs";

/** A heading that stands on this many pages is written once. */
const SHARED_FROM = 3;

/**
 * @param {import("./fields.mjs").Source[]} pages in the order in which equals are shown
 * @param {string[]} places names of the roadmap's sections, the journal and the rest
 * @param {{text?: boolean}} options text: also the text to quote
 * @returns {Map<string, string>} file name without extension -> JSON
 */
export function build(pages, places, { text = true } = {}) {
  const terms = new Terms();
  const postings = []; // by term number: page, fields, prose, section, page, fields, …
  const said = new Map();
  const names = new Map();
  const words = new Map();
  const lengths = [];
  const records = [];
  const headings = new Map();
  const packs = [];
  let pack = null;

  const priors = pages.map((page) => (KIND[page.kind] ?? KIND.plain) * (page.kind === "explainer" && !page.place[1] ? OFF_THE_MAP : 1));

  pages.forEach((page, id) => {
    const found = read(page, terms);
    lengths.push(found.length);
    terms.gather((term, fields, prose, section) => (postings[term] ??= []).push(id, fields, prose, section));
    for (const word of found.said) said.set(word, (said.get(word) ?? 0) + 1);
    for (const [key, { impact, section }] of found.names) {
      const list = names.get(key);
      const posting = { page: id, impact: Math.round(impact * priors[id]), section };
      if (list) list.push(posting);
      else names.set(key, [posting]);
    }
    for (const [word, strength] of found.words) words.set(word, Math.max(words.get(word) ?? 0, strength));
    for (const { heading } of found.sections) if (heading) headings.set(heading, (headings.get(heading) ?? 0) + 1);
    const quoted = [];
    if (text) {
      pack = null; // a pack never spans two pages
      for (const section of found.sections) {
        const quote = section.text.slice(0, QUOTED_CHARACTERS);
        if (!pack || pack.size + quote.length > PACK_CHARACTERS) packs.push((pack = { size: 0, texts: [] }));
        pack.texts.push(quote);
        pack.size += quote.length;
        quoted.push(packs.length - 1);
      }
    }
    records.push({ page, found, quoted });
  });

  const written = pages.findLastIndex((page) => page.kind !== "planned") + 1;
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, written) || 1;
  const norms = lengths.map((length) => 1 - LENGTH_SHARE + LENGTH_SHARE * Math.min(4, Math.max(0.25, length / mean)));
  const entries = [];
  const common = [];
  postings.forEach((flat, term) => {
    const list = [];
    for (let at = 0; at < flat.length; at += 4) {
      const [page, fields, prose, section] = flat.slice(at, at + 4);
      const level = fields + (PROSE * prose) / (SATURATION * norms[page] + prose);
      list.push({ page, section, impact: Math.max(1, Math.round(TOP * priors[page] * Math.min(1, level / FULL))) });
    }
    if (list.length >= COMMON_SHARE * pages.length) common.push([termTexts[term], list.length]);
    entries.push([termTexts[term], encode(list.length, strongest(list))]);
  });
  for (const [key, list] of names) entries.push([key, encode(list.length, strongest(list))]);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + value.length + 6, 0);
  const count = Math.max(1, Math.ceil(size / SHARD_BYTES));
  const shards = Array.from({ length: count }, () => ({}));
  for (const [key, value] of entries) shards[shardOf(key, count)][key] = value;

  const shared = [...headings].filter(([, times]) => times >= SHARED_FROM).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 200).map(([heading]) => heading);
  const sharedAt = new Map(shared.map((heading, at) => [heading, at]));
  const more = [...said].filter(([word]) => !words.has(word)).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, PROSE_WORDS_KEPT);
  for (const [word] of more) words.set(word, 1);
  const kept = [...words].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, WORDS_KEPT).sort(([a], [b]) => (a < b ? -1 : 1));

  const files = new Map();
  const digest = createHash("sha256");
  const put = (name, value) => {
    // Nothing that is published can be taken for markup.
    const json = JSON.stringify(value).replaceAll("<", "\\u003c");
    digest.update(name).update(json);
    files.set(name, json);
  };
  shards.forEach((shard, at) => put(`terms/${at}`, shard));
  for (let at = 0; at < records.length; at += BLOCK_PAGES) {
    put(`pages/${at / BLOCK_PAGES}`, records.slice(at, at + BLOCK_PAGES).map((record) => pageRecord(record, sharedAt)));
  }
  packs.forEach(({ texts }, at) => put(`text/${at}`, texts));
  put("words", encodeWords(kept));
  const version = digest.copy().digest("hex").slice(0, 12);
  put("index", {
    version, pages: pages.length, written, shards: count, block: BLOCK_PAGES, headings: shared, places,
    common: common.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, COMMON_KEPT).map(([term]) => term),
    start: pages.map((page, id) => (page.kind === "explainer" ? id : -1)).filter((id) => id >= 0).slice(0, 3),
  });
  return files;
}

/** The strongest pages of a term, back in ascending order. */
function strongest(list) {
  if (list.length <= MOST_PAGES) return list;
  return [...list].sort((a, b) => b.impact - a.impact || a.page - b.page).slice(0, MOST_PAGES).sort((a, b) => a.page - b.page);
}

/** Short keys: records are most of what a result costs. Sections: number = shared heading, text = heading, pair = with anchor. */
function pageRecord({ page, found, quoted }, sharedAt) {
  const record = {
    u: page.anchor ? `${page.url}#${page.anchor}` : page.url, t: page.title, d: page.description, p: page.place,
    s: found.sections.slice(1).map(({ heading, anchor }) => {
      const name = sharedAt.get(heading) ?? heading;
      return anchor === anchorOf(heading) ? name : [name, anchor];
    }),
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
