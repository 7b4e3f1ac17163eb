/**
 * The arithmetic of the figure "dot or cosine": four words as counts beside two neighbors, compared with the first word.
 *
 *     a·b = a₁b₁ + a₂b₂    cos(a, b) = a·b / (|a||b|)    PMI = ln(count · total / (row sum · column sum))
 *
 * Pure functions without DOM, used by dot-or-cosine.js and tested against scikit-learn by
 * tests/unit/test_figure_dot_or_cosine.py.
 */

import { dot } from "./shared.math.js";

/** The words of the page's example and how often each stands beside "drink" and "drive"; the first is asked about. */
export const WORDS = ["tea", "coffee", "the", "car"];
export const COUNTS = [
  [4, 1],
  [2, 1],
  [6, 6],
  [1, 5],
];

/** How often a word occurs, and the share of that beside the first neighbor. */
export const frequencyOf = ([x, y]) => x + y;
export const shareOf = ([x, y]) => (x + y ? x / (x + y) : 0.5);

/** The counts of a word of this frequency and share. */
export const countsOf = (frequency, share) => [frequency * share, frequency * (1 - share)];

export const norm = (a) => Math.hypot(a[0], a[1]);

/** The cosine of two vectors; a vector without length has no direction, so there is none. */
export const cosine = (a, b) => (norm(a) && norm(b) ? dot(a, b) / (norm(a) * norm(b)) : null);

/** Pointwise mutual information of a table of counts; null where a pair was never seen. */
export function pmi(table) {
  const rows = table.map(([x, y]) => x + y);
  const columns = [0, 1].map((j) => table.reduce((sum, row) => sum + row[j], 0));
  const total = rows.reduce((sum, row) => sum + row, 0);
  return table.map((row, i) => row.map((value, j) => (value ? Math.log((value * total) / (rows[i] * columns[j])) : null)));
}

/** Its positive part; what rounding leaves of an exact zero is one. */
export const ppmi = (table) => pmi(table).map((row) => row.map((value) => (value > 1e-12 ? value : 0)));

const NEAR = 1e-9; // closer than that is a tie

/** Positions in falling order as groups of ties: [[2], [1, 3]]. Those without a value are left out. */
export function ranking(values) {
  const known = values.map((value, i) => [value, i]).filter(([value]) => value !== null);
  known.sort(([one, i], [other, j]) => (Math.abs(one - other) < NEAR ? i - j : other - one));
  const groups = [];
  for (const [value, i] of known) {
    const last = groups.at(-1);
    if (last && Math.abs(values[last[0]] - value) < NEAR) last.push(i);
    else groups.push([i]);
  }
  return groups;
}
