/**
 * The search itself: a query to ranked pages with their best section.
 *
 * The only implementation: the browser's worker, the offline folder, the tests and the benchmark drive this module.
 * It fetches nothing by itself: `load(name)` gives the JSON of one file of the index (scripts/search/index.mjs
 * says what they hold). It makes no HTML; display.js does.
 */
import { TOP, decode, decodeWords } from "./codec.js";
import { completions, corrections, lookalikes } from "./spelling.js";
import { LONGEST_QUERY, MOST_TERMS, anchorOf, content, literal, phrase, shardOf, stem, tokens } from "./text.js";

/** Results that are shown: few scroll further, and each costs a page's record. */
export const MOST_RESULTS = 8;
/** In a question of more words than this, those that most pages have are not looked up: each would cost a shard and decide nothing. */
const LONG_QUESTION = 4;
/** What a whole name is worth against the words it is made of, and what one is worth that is the whole query. */
const NAME_WEIGHT = 2.5;
const WHOLE_WEIGHT = 2.5;
/** From this impact on a name is a title (NAME in scripts/search/weights.mjs): what is typed as a page's title finds that page first. */
const TITLE = 81;
/** How far a page counts that holds few of the query's words: the exponent on the share of their weight. */
const COVERAGE = 1;
/** A page is an answer when it holds this share of what the query says, weighed by how rare the words are, or this share of the words. */
const LEAST_SHARE = 0.2;
const LEAST_COUNT = 0.5;
/** A single letter or digit says little. */
const LETTER = 0.25;
/** A corrected or completed word is a guess. */
const GUESS = { correction: 0.85, completion: 0.6 };
/** Longest name looked up, in terms. */
const LONGEST_NAME = 8;
/** Pages that are only planned are shown when the query names one, and no more than this many. */
const MOST_PLANNED = 2;

/** @param {(name: string) => Promise<any>} load rejects when a file cannot be had; asked again on the next query */
export function createEngine(load) {
  const files = new Map();
  const file = (name) => {
    let promise = files.get(name);
    if (!promise) {
      promise = load(name);
      files.set(name, promise);
      promise.catch(() => files.delete(name));
    }
    return promise;
  };
  const lists = new Map();
  let vocabulary = null;

  async function head() {
    const [index, words] = await Promise.all([file("index"), file("words")]);
    if (!vocabulary) {
      vocabulary = decodeWords(words);
      vocabulary.known = new Set(vocabulary.map(([word]) => word));
    }
    return index;
  }

  /** Load the shards that hold these keys; afterwards `list` answers for them without waiting. */
  async function fetchTerms(keys, count) {
    const wanted = new Set([...keys].map((key) => shardOf(key, count)));
    await Promise.all([...wanted].map((at) => file(`terms/${at}`).then((shard) => lists.set(at, shard))));
  }
  const decoded = new Map();
  function list(key, count) {
    let found = decoded.get(key);
    if (found === undefined) {
      const text = lists.get(shardOf(key, count));
      if (!text) return null; // not loaded: nothing is known of it yet
      found = Object.hasOwn(text, key) ? decode(text[key]) : null;
      if (decoded.size > 2_000) decoded.clear();
      decoded.set(key, found);
    }
    return found;
  }

  async function record(id, index) {
    const block = await file(`pages/${Math.floor(id / index.block)}`);
    return block[id % index.block];
  }

  /**
   * @param {string} query as typed
   * @returns {Promise<{hits: Hit[], terms: string[], suggest: string[], corrected: [string, string][], nearest: Hit[]}>}
   *   `nearest` only where there are no hits
   */
  async function search(query) {
    const index = await head();
    const text = readable(query);
    const asked = telling(unique(content(text)), index.common).slice(0, MOST_TERMS);
    const answer = { hits: [], terms: [], suggest: [], corrected: [], nearest: [] };
    if (!asked.length) {
      answer.nearest = await describe(index.start.map((id) => ({ id, section: 0, score: 0 })), index, []);
      return answer;
    }
    const typing = !/\s$/.test(query);
    const last = asked.findLast((token) => !token.joined);
    // "over fitting": neighbors that the vocabulary knows as one word.
    const parts = asked.filter((token) => !token.joined);
    const joins = [];
    for (let at = 0; at + 1 < parts.length; at++) {
      const whole = parts[at].word + parts[at + 1].word;
      if (vocabulary.known.has(whole)) joins.push({ at, term: stem(whole) });
    }
    const whole = literal(text);
    await fetchTerms([...asked.map((token) => token.term), ...joins.map((join) => join.term), ...(whole ? [whole] : [])], index.shards);

    // What each word may stand for.
    const groups = [];
    for (const token of asked) {
      const known = list(token.term, index.shards);
      if (token.joined) {
        // The parts are asked for too: the compound only adds.
        if (known) groups.push({ token, options: [{ term: token.term, weight: 0.7 }], extra: true });
        continue;
      }
      const group = { token, options: known ? [{ term: token.term, weight: 1 }] : [] };
      groups.push(group);
      if (token.han) continue;
      const strong = known && vocabulary.known.has(token.word);
      if (typing && token === last && !strong) {
        for (const word of completions(token.word, vocabulary)) {
          if (stem(word) !== token.term) group.options.push({ term: stem(word), weight: GUESS.completion, word });
        }
      }
      if (!known && !(group.options.length && token.word.length < 5)) {
        for (const { word, cost } of corrections(token.word, vocabulary)) {
          group.options.push({ term: stem(word), weight: GUESS.correction / (1 + 0.2 * Math.max(0, cost)), word, corrected: true });
        }
        group.options.sort((a, b) => b.weight - a.weight);
      }
    }
    for (const { term } of joins) if (list(term, index.shards)) groups.push({ token: { term }, options: [{ term, weight: 0.8 }], extra: true });
    await fetchTerms(groups.flatMap((group) => group.options.map((option) => option.term)), index.shards);

    // Sum what each page has of each word.
    const pages = new Map();
    const page = (id) => {
      let found = pages.get(id);
      if (!found) pages.set(id, (found = { id, words: 0, mass: 0, count: 0, names: 0, sections: new Map() }));
      return found;
    };
    const matched = new Set();
    const unseen = Math.log(2 + 2 * index.pages);
    let mass = 0;
    let count = 0;
    for (const group of groups) {
      const best = new Map();
      group.mass = 0;
      for (const option of group.options) {
        const found = list(option.term, index.shards);
        if (!found) continue;
        const rarity = (Math.log(1 + (index.pages - found.frequency + 0.5) / (found.frequency + 0.5)) + 0.05) * trust(group.token);
        group.mass = Math.max(group.mass, rarity * option.weight);
        matched.add(option.term);
        found.pages.forEach((id, at) => {
          const score = (option.weight * rarity * found.impacts[at]) / TOP;
          if (!(best.get(id)?.score >= score)) best.set(id, { score, section: found.sections[at] });
        });
      }
      // A word that no page has is as telling as the rarest that one has.
      if (!group.extra) mass += group.mass || trust(group.token) * unseen;
      if (!group.extra) count += trust(group.token);
      for (const [id, { score, section }] of best) {
        const own = page(id);
        own.words += score;
        if (!group.extra) own.mass += group.mass;
        if (!group.extra) own.count += trust(group.token);
        own.sections.set(section, (own.sections.get(section) ?? 0) + score);
      }
    }

    // Names: every run of neighboring words, each word as its likeliest reading.
    const plain = groups.filter((group) => !group.extra);
    for (let from = 0; from < plain.length; from++) {
      for (let to = from + 1; to <= Math.min(plain.length, from + LONGEST_NAME); to++) {
        const run = plain.slice(from, to);
        const weight = run.reduce((sum, group) => sum + group.mass, 0);
        for (const { key, trust } of readings(run)) {
          const found = list(key, index.shards);
          if (!found) continue;
          const all = run.length === plain.length;
          const said = mass ? Math.min(1, weight / mass) : 1;
          found.pages.forEach((id, at) => {
            const own = page(id);
            const value = (trust * weight * found.impacts[at]) / TOP;
            const title = found.impacts[at] >= TITLE ? weight : 0;
            const bonus = NAME_WEIGHT * value * Math.sqrt(said) + (all ? WHOLE_WEIGHT * value + found.impacts[at] / TOP + title : 0);
            // Runs overlap: the best counts, the others a little.
            own.names = Math.max(own.names, bonus) + 0.15 * Math.min(own.names, bonus);
            if (found.impacts[at] > 25) own.sections.set(found.sections[at], (own.sections.get(found.sections[at]) ?? 0) + value);
          });
        }
      }
    }
    for (const { at, term } of joins) {
      const found = list(phrase([term]), index.shards);
      const all = parts.length === 2 && at === 0;
      found?.pages.forEach((id, k) => { page(id).names += ((all ? 2 : 1) * NAME_WEIGHT * found.impacts[k]) / TOP; });
    }

    const exact = whole ? list(whole, index.shards) : null;
    exact?.pages.forEach((id, at) => {
      const own = page(id);
      own.names += (WHOLE_WEIGHT * Math.max(1, mass) * exact.impacts[at]) / TOP;
      own.sections.set(0, (own.sections.get(0) ?? 0) + mass);
    });

    const ranked = [];
    for (const own of pages.values()) {
      const share = mass ? own.mass / mass : 1;
      own.score = own.words * share ** COVERAGE + own.names;
      const half = share >= 0.5 || own.count > 0.5 * count;
      const answers = own.id < index.written ? share >= LEAST_SHARE || own.count >= LEAST_COUNT * count || own.names : share > 0.99 || (own.names && half);
      if (answers) ranked.push(own);
    }
    ranked.sort((a, b) => b.score - a.score || a.id - b.id);
    let planned = 0;
    const shown = ranked.filter(({ id }) => id < index.written || ++planned <= MOST_PLANNED).slice(0, MOST_RESULTS);
    answer.hits = await describe(shown, index, tokens(text));
    answer.terms = [...matched];
    for (const group of groups) {
      const first = group.options[0];
      if (first?.corrected && first.word !== group.token.word) answer.corrected.push([group.token.word, first.word]);
    }
    if (typing && last && !last.han) answer.suggest = completions(last.word, vocabulary, 1);
    if (!answer.hits.length) answer.nearest = await nearest(asked, index);
    return answer;
  }

  /** Pages whose names look like what was typed; the first concepts where nothing does. */
  async function nearest(asked, index) {
    const words = asked.filter((token) => !token.han).slice(0, 3).flatMap((token) => lookalikes(token.word.slice(0, 40), vocabulary));
    const keys = words.map((word) => stem(word));
    await fetchTerms(keys, index.shards);
    const best = new Map();
    keys.forEach((key) => {
      const found = list(key, index.shards);
      if (!found) return;
      let top = 0;
      found.impacts.forEach((impact, at) => { if (impact > found.impacts[top]) top = at; });
      best.set(found.pages[top], Math.max(best.get(found.pages[top]) ?? 0, found.impacts[top]));
    });
    const ids = [...best].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([id]) => id).slice(0, 3);
    return describe((ids.length ? ids : index.start).map((id) => ({ id, section: 0, score: 0 })), index, []);
  }

  /** Records of pages joined with their section. */
  async function describe(found, index, asked) {
    const records = await Promise.all(found.map(({ id }) => record(id, index)));
    return records.map((entry, at) => {
      const { id, score, sections } = found[at];
      const kind = entry.j ? "post" : entry.k ?? "concept";
      const names = entry.s.map((one) => (typeof one === "object" ? one[0] : one)).map((one) => (typeof one === "number" ? index.headings[one] : one));
      const section = sections ? landing(sections, names, asked, entry.n ?? Infinity) : 0;
      const one = entry.s[section - 1];
      const heading = section ? names[section - 1] : "";
      const anchor = section ? (typeof one === "object" ? one[1] : anchorOf(heading)) : "";
      const inBook = section >= (entry.n ?? Infinity);
      return {
        id, kind, url: entry.u, title: entry.t, description: entry.d, aliases: entry.a ?? [], score,
        place: index.places[entry.p[0]], step: entry.p[1], section, heading, notebook: inBook,
        location: section ? `${inBook ? entry.b : entry.u}#${anchor}` : entry.u, pack: packOf(entry, section),
      };
    });
  }

  /** The text of a hit's section, for a snippet. */
  async function quote(hit) {
    if (!hit.pack) return "";
    const texts = await file(`text/${hit.pack[0]}`);
    return texts[hit.pack[1]] ?? "";
  }

  return { search, quote };
}

/** Control, format and private characters and markup never mean anything here, and what follows LONGEST_QUERY is not read. */
function readable(query) {
  return String(query).slice(0, LONGEST_QUERY).replace(/<\/?[a-z][^>]*>/gi, " ").replace(/\p{C}/gu, " ");
}

function telling(list, common) {
  if (list.length <= LONG_QUESTION) return list;
  const known = new Set(common);
  const kept = list.filter(({ term }) => !known.has(term));
  return kept.length >= 2 ? kept : list;
}

function trust({ term, han }) {
  return term.length > 1 || han ? 1 : LETTER;
}

function unique(list) {
  const seen = new Set();
  return list.filter(({ term, joined }) => !seen.has(`${term} ${joined > 0}`) && seen.add(`${term} ${joined > 0}`));
}

/** The keys a run of words may be the name of: the first reading of all, then each single other reading. */
function readings(run) {
  const first = run.map((group) => group.options[0]);
  if (first.some((option) => !option)) return [];
  const belief = (options) => options.reduce((product, option) => product * option.weight, 1);
  const found = [{ key: phrase(first.map((option) => option.term)), trust: belief(first) }];
  run.forEach((group, at) => {
    for (const option of group.options.slice(1)) {
      const options = first.with(at, option);
      found.push({ key: phrase(options.map((one) => one.term)), trust: belief(options) });
    }
  });
  return found;
}

/**
 * The section to land on: a heading that the query names ("when not to use …"), else where its words are densest,
 * else the top of the page.
 */
function landing(sections, headings, asked, bookAt) {
  const spoken = new Set(asked.map((token) => token.term));
  let named = 0;
  let best = 0;
  headings.forEach((heading, at) => {
    const own = [...new Set(tokens(heading).filter((token) => !token.joined && !EMPTY.has(token.word)).map((token) => token.term))];
    const said = own.filter((term) => spoken.has(term)).length;
    const share = own.length ? said / own.length : 0;
    const all = share === 1 && (own.length > 1 || at + 1 < bookAt) ? said : share >= 0.75 ? said - 1 : 0;
    if (all > best) {
      best = all;
      named = at + 1;
    }
  });
  let dense = 0;
  let most = (sections.get(0) ?? 0) * 1.1;
  for (const [at, score] of sections) {
    if (at && score > most) {
      most = score;
      dense = at;
    }
  }
  return named || dense;
}

/** Words of the fixed headings that any question has. */
const EMPTY = new Set(["it", "the", "a", "an", "of", "and", "to", "is", "in", "for"]);

function packOf(entry, section) {
  if (entry.x === undefined) return null;
  const cuts = entry.c ?? [];
  const before = cuts.filter((cut) => cut <= section);
  return [entry.x + before.length, section - (before.at(-1) ?? 0)];
}
