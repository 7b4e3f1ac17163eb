/**
 * The arithmetic of the figure "what each part does": three tokens of width two through one block, with any part left out.
 *
 *     before: M = X + Att(LN(X))    Y = M + FF(LN(M))        after: M = LN(X + Att(X))    Y = LN(M + FF(M))
 *
 * One head; all projections and W₁ are the identity, biases 0. Pure functions without DOM, used by block-steps.js and
 * tested against torch.nn.TransformerEncoderLayer by tests/unit/test_figure_block_steps.py.
 */

import { dot, moved as movedBy, softmax, statistics } from "./shared.math.js";

/** The tokens of the page's example, shape (3, 2). */
export const TOKENS = [[3, 1], [0, 2], [5, 1]];

/** What each of the two inner units writes: W₂ transposed. */
export const WRITES = [[0, 1], [1, 1]];

/** Everything in place, the norm before each part. */
export const WHOLE = { attention: true, feed: true, stream: true, norm: "before" };

const MOVED = 1e-3; // less is ε, not a change

/** Minus its mean, over its deviation, which divides by the width. */
export function normed(token) {
  const { mean, s } = statistics(token);
  return token.map((value) => (value - mean) / s);
}

/** Weights (3, 3) and averages (3, 2) of tokens that attend to each other. */
export function attended(tokens) {
  const weights = tokens.map((query) => softmax(tokens.map((key) => dot(query, key) / Math.sqrt(query.length))));
  return { weights, averages: weights.map((row) => tokens[0].map((_, column) => dot(row, tokens.map((token) => token[column])))) };
}

/** What the units write for one token. */
export const fed = (token) => WRITES[0].map((_, column) => token.reduce((sum, value, unit) => sum + Math.max(0, value) * WRITES[unit][column], 0));

const ALONE = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];

/** The stream after each part, what was read and written there, and who was heard. */
export function run(tokens, { attention, feed, stream, norm }) {
  const read = (rows) => (norm === "before" ? rows.map(normed) : rows);
  const joined = (rows, updates) => rows.map((row, i) => row.map((value, j) => (stream ? value : 0) + updates[i][j]));
  const closed = (rows) => (norm === "after" ? rows.map(normed) : rows);
  const heard = attended(read(tokens));
  const middle = attention ? closed(joined(tokens, heard.averages)) : tokens;
  const writes = read(middle).map(fed);
  const end = feed ? closed(joined(middle, writes)) : middle;
  return { weights: attention ? heard.weights : ALONE, averages: heard.averages, middle, writes, end };
}

/** Numbers of a table that differ from those of another, as pairs of row and column. */
export const moved = (table, before) => movedBy(table, before, MOVED);

/** Pairs of tokens that have become equal. */
export const twins = (table) => [[0, 1], [0, 2], [1, 2]].filter(([a, b]) => moved([table[a]], [table[b]]).length === 0);
