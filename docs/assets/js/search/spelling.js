/**
 * Nearest words of the vocabulary: for typing errors, for words still being typed, and for queries that find nothing.
 *
 * rank.js asks; the vocabulary (words of titles, aliases and headings) is decoded once per visit.
 */

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swapped neighbors cost one each.
 * Gives `limit` + 1 as soon as the distance exceeds `limit`.
 */
export function distance(one, other, limit) {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    let least = row;
    for (let column = 1; column <= other.length; column++) {
      let cost = Math.min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (one[row - 1] === other[column - 1] ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        cost = Math.min(cost, before[column - 2] + 1);
      }
      line.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    before = last;
    last = line;
  }
  return Math.min(last[other.length], limit + 1);
}

/** Errors forgiven in a word: in short words a changed letter makes another word. */
export function forgiven(length) {
  if (length <= 3) return 0;
  return length <= 6 ? 1 : length <= 11 ? 2 : 3;
}

/**
 * The words a misspelt one may stand for, best first.
 * @param {[string, number][]} words vocabulary with strengths
 * @returns {{word: string, cost: number}[]}
 */
export function corrections(typed, words, most = 3) {
  const limit = forgiven(typed.length);
  if (!limit) return [];
  const found = [];
  const letters = mask(typed);
  for (const [word, strength] of words) {
    if (Math.abs(word.length - typed.length) > limit || word.length < 3) continue;
    // Each error changes at most two members of a set of letters: a cheap way past most words.
    if (bits(letters ^ mask(word)) > 2 * limit) continue;
    const errors = distance(typed, word, limit);
    if (errors > limit) continue;
    // People rarely mistype the first letter; of two equally near words the better known one is meant.
    const swapped = errors === 1 && word.length === typed.length && mask(word) === letters ? 0.3 : 0;
    found.push({ word, cost: errors + (word[0] === typed[0] ? 0 : 0.6) - swapped - strength / 300 });
  }
  found.sort((a, b) => a.cost - b.cost || (a.word < b.word ? -1 : 1));
  return found.filter((one) => one.cost <= found[0].cost + 0.5).slice(0, most);
}

/** Words that begin with what is typed, strongest and shortest first. */
export function completions(typed, words, most = 4) {
  if (typed.length < 2) return [];
  const found = words.filter(([word]) => word.length > typed.length && word.startsWith(typed));
  found.sort((a, b) => b[1] - a[1] || a[0].length - b[0].length || (a[0] < b[0] ? -1 : 1));
  return found.slice(0, most).map(([word]) => word);
}

/** Words that look most like `typed`, however far: shared pairs of letters (Dice). For suggestions only. */
export function lookalikes(typed, words, most = 3) {
  const own = pairs(typed);
  if (!own.size) return [];
  const found = [];
  for (const [word, strength] of words) {
    if (word.length < 3) continue;
    const theirs = pairs(word);
    let shared = 0;
    for (const pair of theirs) if (own.has(pair)) shared++;
    if (shared) found.push({ word, score: (2 * shared) / (own.size + theirs.size) + strength / 2000 });
  }
  found.sort((a, b) => b.score - a.score || (a.word < b.word ? -1 : 1));
  return found.slice(0, most).map(({ word }) => word);
}

function pairs(word) {
  const found = new Set();
  for (let at = 0; at + 1 < word.length; at++) found.add(word.slice(at, at + 2));
  return found;
}

function mask(word) {
  let bitset = 0;
  for (let at = 0; at < word.length; at++) bitset |= 1 << (word.charCodeAt(at) % 32);
  return bitset;
}

function bits(value) {
  let count = 0;
  for (; value; value &= value - 1) count++;
  return count;
}
