/**
 * The arithmetic of the figure "who looks at whom": attention of three tokens to each other, with keys of width four.
 *
 *     Z = Q Kᵀ · scale    A = softmax of each row of Z    O = A V
 *
 * Pure functions without DOM, used by attention.js and tested against torch by tests/unit/test_figure_attention.py.
 */

import { dot, softmax } from "./shared.math.js";

/** The tokens of the page's example: rows of queries, keys and values, each of shape (3, 4). */
export const TOKENS = {
  query: [[1, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]],
  key: [[1, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]],
  value: [[1, 2, 3, 4], [0, 1, 0, 1], [2, 0, 1, 0]],
};

/** What scores are multiplied by: one over the root of a key's width, nothing, or zero, which makes all alike. */
export const SCALES = { divided: 1 / Math.sqrt(TOKENS.key[0].length), whole: 1, none: 0 };

/** Scores as they enter the softmax, weights and outputs: shapes (3, 3), (3, 3), (3, 4). */
export function attend({ query, key, value }, scaling, causal) {
  const scores = query.map((q, i) => key.map((k, j) => (causal && j > i ? -Infinity : dot(q, k) * SCALES[scaling])));
  const weights = scores.map((row) => softmax(row));
  const outputs = weights.map((row) => value[0].map((_, column) => dot(row, value.map((v) => v[column]))));
  return { scores, weights, outputs };
}
