/**
 * Text to terms, the same for pages when the index is built and for queries in the browser.
 *
 * Called by scripts/search/ (build) and rank.js (queries). Knows nothing of pages, weights or files: one
 * implementation on both sides is what makes a query meet the index.
 */
import { stemmer } from "stemmer";

/** Longest query that is read; whatever follows cannot change what a person meant. */
export const LONGEST_QUERY = 300;
/** Most terms of a query that are looked up: each may cost the reader one shard. */
export const MOST_TERMS = 16;
/** Longer tokens are digests or encoded data, never words. */
const LONGEST_WORD = 40;

const GREEK = {
  α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ϵ: "epsilon", η: "eta", θ: "theta", κ: "kappa",
  λ: "lambda", μ: "mu", ν: "nu", π: "pi", ρ: "rho", σ: "sigma", τ: "tau", φ: "phi", χ: "chi", ψ: "psi", ω: "omega",
};

/** Words that carry no concept. Words that do in this field ("not", "all", "in" do not; "when" does not) stay out of it. */
export const STOP_WORDS = new Set((
  "a about actually again all also always am an and any anyone anything are aren arent as at be because been before being best better but by " +
  "call called can cannot cant come comes could did didn didnt do does doesn doesnt doing don done dont each either else etc even ever every exactly explain " +
  "explained explanation explanations fact few for from get gets getting give gives go goes going good got had has have having he help her here him his how i if im in into is isn " +
  "isnt it its ive just keep know let like ll look lot made make makes making many may me meaning might more most much must my near need needs never no " +
  "not now of off often ok on once one only or other our out over own part please possible put quite rather re really right said same say see seem seems " +
  "shall she should shouldn shouldnt show simple simply since so some someone something still such sure take takes tell than that thats the their them then there " +
  "these they thing things think this those though to together too try trying two up upon us use used useful uses using usually ve very versus via vs want was wasn way " +
  "we well were what whats when whenever where whether which while who whole whom whose why will with within without won wont work works would yes yet you your yours"
).split(" "));

const TOKEN = /[\p{Script=Han}]+|[\p{L}\p{N}]+(?:['’][\p{L}]+)*(?:[-_‐‑–.][\p{L}\p{N}]+)*/gu;
/** Beside these, a text has no letters but ASCII ones, and needs no pattern to be taken apart: most text, and ten times faster. */
const OTHER_LETTERS = /[^\x00-\x7f\u00a0-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00d7\u00f7\u2010-\u205e\u2190-\u2211\u2213-\u22ff]/;
const ASCII = /^[\x00-\x7f]*$/;
const HAN = /^\p{Script=Han}/u;
const MARKS = /\p{M}+/gu;
const CAMEL = /([a-z]{2,})(?=[A-Z][a-z]{2,})/g;
/** What a character is in such a text: 1 a letter or digit, 2 what joins two of them into a compound, 0 anything else. */
const KIND = new Uint8Array(0x10000);
for (const [first, last] of ["az", "AZ", "09"]) KIND.fill(1, first.charCodeAt(0), last.charCodeAt(0) + 1);
for (const joiner of "-_.'’‐‑–") KIND[joiner.charCodeAt(0)] = 2;
const SPLIT = /[-_‐‑–.]/u;
/** Words met so far, so that a build reads each once. Cleared when full: a very large site keeps its memory. */
const MOST_REMEMBERED = 200_000;

/** Lower case without accents and compatibility forms: "Naïve" and "naive", "R²" and "r2" are one. */
export function fold(text) {
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(MARKS, "").toLowerCase().replace(/[α-ωϵ]/g, (letter) => GREEK[letter] ?? letter);
}

const stems = new Map();

/** The term of one folded word: British spelling made American on both sides, then Porter's stem. */
export function stem(word) {
  let known = stems.get(word);
  if (known === undefined) {
    let plain = word;
    if (plain.length >= 6) {
      plain = plain
        .replace(/is(e|ed|er|ers|es|ing|ation|ations)$/, "iz$1")
        .replace(/our(s|ed|ing|hood|hoods|ly|al)?$/, "or$1")
        .replace(/ll(ed|ing|er|ers)$/, "l$1");
    }
    known = /^[a-z]{3,}$/.test(plain) ? stemmer(plain) : plain;
    if (stems.size > MOST_REMEMBERED) stems.clear();
    stems.set(word, known);
  }
  return known;
}

/**
 * The tokens of a text in order.
 *
 * Each is {term, word, joined, han, stop, number, id}: `word` as typed but folded, `term` its stem. A compound ("k-means",
 * "n_estimators", "LayerNorm") gives its parts and then the parts joined, with joined = how many they were; Han runs give bigrams. Tokens are shared: only the index builder writes to one, its own number for the term into `id`.
 * @param {string} text
 */
export function tokens(text) {
  const found = [];
  eachToken(text, (token) => found.push(token));
  return found;
}

/** The same without a list, for the build's long texts. */
export function eachToken(text, visit) {
  const read = (raw) => {
    let list = remembered.get(raw);
    if (list === undefined) {
      list = HAN.test(raw) ? hanTokens(raw) : wordTokens(raw);
      if (remembered.size > MOST_REMEMBERED) remembered.clear();
      remembered.set(own(raw), list);
    }
    for (let at = 0; at < list.length; at++) visit(list[at]);
  };
  if (OTHER_LETTERS.test(text)) {
    for (const [raw] of text.matchAll(TOKEN)) read(raw);
    return;
  }
  const end = text.length;
  for (let at = 0; at < end; at++) {
    if (KIND[text.charCodeAt(at)] !== 1) continue;
    const from = at;
    for (;;) {
      while (at + 1 < end && KIND[text.charCodeAt(at + 1)] === 1) at++;
      if (at + 2 < end && KIND[text.charCodeAt(at + 1)] === 2 && KIND[text.charCodeAt(at + 2)] === 1) at += 2;
      else break;
    }
    read(text.slice(from, at + 1));
  }
}

const remembered = new Map();

/** A string of its own: engines keep the whole text alive for a piece of it. */
function own(piece) {
  return ` ${piece}`.slice(1);
}

function token(word, joined, han) {
  return { term: han ? word : stem(word), word, joined, han, stop: STOP_WORDS.has(word), number: /^\d{3,}$/.test(word), id: -1 };
}

function hanTokens(raw) {
  const run = [...raw];
  if (run.length === 1) return [token(raw, 0, true)];
  return run.slice(1).map((character, at) => token(run[at] + character, 0, true));
}

function wordTokens(raw) {
  const parts = fold(raw.replace(CAMEL, "$1-")).replace(/['’]s\b/gu, "").replace(/['’]/gu, "").split(SPLIT).filter(Boolean);
  if (parts.some((part) => part.length > LONGEST_WORD)) return [];
  const found = parts.map((part) => token(part, 0, false));
  const whole = parts.join("");
  if (parts.length > 1 && whole.length <= LONGEST_WORD) found.push(token(whole, parts.length, false));
  return found;
}

/** The tokens that carry a concept: no stop words, unless there is nothing else. */
export function content(text) {
  const all = tokens(text);
  const kept = all.filter((one) => !one.stop);
  return kept.length ? kept : all;
}

/** The terms of a name in order, compounds as their parts: what phrase() joins. */
export function nameTerms(text) {
  return content(text).filter((token) => !token.joined).map((token) => token.term);
}

/** The key of a phrase. It lives in the shard of its first term, so that one fetch answers all phrases that begin there. */
export function phrase(terms) {
  return terms.length === 1 ? `=${terms[0]}` : terms.join("_");
}

/**
 * The key of a name with its stop words, where it has any: "which model when" is more than "model". It lives where its
 * first content word lives, so that it costs no fetch of its own. Empty where the phrase says it all.
 */
export function literal(text) {
  const words = tokens(text).filter((token) => !token.joined);
  const first = words.find((token) => !token.stop);
  return first && words.some((token) => token.stop) ? `!${first.term}_${words.map((token) => token.term).join("_")}` : "";
}

/** The shard of a term or phrase key among `count` (FNV-1a over UTF-16 units). */
export function shardOf(key, count) {
  const first = key.startsWith("=") ? key.slice(1) : key.slice(key.startsWith("!") ? 1 : 0).split("_", 1)[0];
  let hash = 0x811c9dc5;
  for (let at = 0; at < first.length; at++) hash = Math.imul(hash ^ first.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % count;
}

/** A heading's anchor as Python-Markdown's default slugify makes it. */
export function anchorOf(heading) {
  return heading.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").replace(/[^\w\s-]/g, "").trim().toLowerCase().replace(/[-\s]+/g, "-");
}
