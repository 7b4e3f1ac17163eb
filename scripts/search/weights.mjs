/** What a word counts by where it stands, and what a name counts when the whole of it is typed. The only place of these numbers. */

/**
 * What a word counts for standing in a field at all: a title above an alias, an alias above a question or heading, those
 * above prose. However often prose repeats a word, it counts less than one heading that names it.
 */
export const FIELD = { title: 1.2, alias: 0.9, slug: 0.6, question: 0.45, heading: 0.5, description: 0.3 };
/** Prose: what it counts at most, and what an occurrence counts by where it stands. Code is read lightly, outputs not at all. */
export const PROSE = 0.48;
export const OCCURRENCE = { lead: 2, body: 1, notebook: 0.5, code: 0.06 };
/** The sum of fields and prose that gives the largest impact. */
export const FULL = 2.4;

/** Frequency saturates (BM25's k1); longer pages are brought down to the mean length by this share (its b). */
export const SATURATION = 4;
export const LENGTH_SHARE = 0.4;

/**
 * Impacts of whole names, 0..89. The order is the promise: a title, an alias or Chinese name, a part of a title
 * ("Ridge" of "Ridge, lasso and elastic net"), a question, the initials of a name, a heading, two neighboring words.
 * rank.js knows a title by its impact: above any alias, also where OFF_THE_MAP lowers it.
 */
export const NAME = { title: 89, alias: 80, part: 70, leastPart: 40, question: 60, initials: 45, heading: 40, pair: 25, weakPair: 14, prosePair: 16 };
/** Two neighboring words of prose are kept from so many times on a page. */
export const PAIR_SAID = 2;

/** Pages kept for a term: the strongest. Further ones would not reach the first ten, and would cost every reader. */
export const MOST_PAGES = 120;
/** Terms that this share of the pages has tell them apart no more; so many of them are named to the client. */
export const COMMON_SHARE = 0.6;
export const COMMON_KEPT = 150;
/** Words known for typing errors and completion: the strongest. All of them are loaded with the first search. */
export const WORDS_KEPT = 8_000;
/** Of words that stand in prose alone, so many are known too: those said often on a page, on most pages first. */
export const PROSE_WORDS_KEPT = 1_200;
export const SAID_OFTEN = 3;
/** Shorter prose words are left out: their neighbors are other words, not typing errors. */
export const SHORTEST_PROSE_WORD = 6;
/** Bytes of a shard, records in a block and characters of a pack of text to quote: what one look-up costs the reader. */
export const SHARD_BYTES = 2_000;
export const BLOCK_PAGES = 1;
export const PACK_CHARACTERS = 4_000;
/** Text of one section that can be quoted; a match further down is shown by the section's beginning. */
export const QUOTED_CHARACTERS = 6_000;

/** What a page's impacts are multiplied by: concepts come before the journal, the sections' own pages and the pages about this site. */
export const KIND = { explainer: 1, project: 1, post: 0.7, section: 0.7, plain: 0.55, planned: 0.5 };
/** An explainer that has no step on the roadmap comes after those that have one. */
export const OFF_THE_MAP = 0.92;
