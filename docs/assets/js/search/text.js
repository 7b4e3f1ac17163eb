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
const HAN = /^\p{Script=Han}/u;
const MARKS = /\p{M}+/gu;
const CAMEL = /(\p{Ll}{2,})(?=\p{Lu}\p{Ll}{2,})/gu;
const SPLIT = /[-_‐‑–.]/u;

/** Lower case without accents and compatibility forms: "Naïve" and "naive", "R²" and "r2" are one. */
export function fold(text) {
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
    if (stems.size > 200_000) stems.clear(); // a build of a very large site keeps its memory
    stems.set(word, known);
  }
  return known;
}

/**
 * The tokens of a text in order.
 *
 * Each is {term, word, joined, han}: `word` as typed but folded, `term` its stem. A compound ("k-means",
 * "n_estimators", "LayerNorm") gives its parts and then the parts joined, with joined = how many they were; Han runs give bigrams.
 * @param {string} text
 */
export function tokens(text) {
  const found = [];
  for (const [raw] of text.replace(CAMEL, "$1-").matchAll(TOKEN)) {
    if (HAN.test(raw)) {
      const run = [...raw];
      if (run.length === 1) found.push({ term: run[0], word: run[0], joined: 0, han: true });
      for (let at = 0; at + 1 < run.length; at++) {
        const pair = run[at] + run[at + 1];
        found.push({ term: pair, word: pair, joined: 0, han: true });
      }
      continue;
    }
    const parts = fold(raw).replace(/['’]s\b/gu, "").replace(/['’]/gu, "").split(SPLIT).filter(Boolean);
    if (parts.some((part) => part.length > LONGEST_WORD)) continue;
    for (const part of parts) found.push({ term: stem(part), word: part, joined: 0, han: false });
    if (parts.length > 1) {
      const whole = parts.join("");
      if (whole.length <= LONGEST_WORD) found.push({ term: stem(whole), word: whole, joined: parts.length, han: false });
    }
  }
  return found;
}

/** The tokens that carry a concept: no stop words, unless there is nothing else. */
export function content(text) {
  const all = tokens(text);
  const kept = all.filter((token) => !STOP_WORDS.has(token.word));
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

/** The shard of a term or phrase key among `count` (FNV-1a over UTF-16 units). */
export function shardOf(key, count) {
  const first = key.startsWith("=") ? key.slice(1) : key.split("_", 1)[0];
  let hash = 0x811c9dc5;
  for (let at = 0; at < first.length; at++) hash = Math.imul(hash ^ first.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % count;
}

/** A heading's anchor as Python-Markdown's default slugify makes it. */
export function anchorOf(heading) {
  return heading.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").replace(/[^\w\s-]/g, "").trim().toLowerCase().replace(/[-\s]+/g, "-");
}
