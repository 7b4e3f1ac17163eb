/**
 * The arithmetic of the figure "one bend": a network of two hidden units on the four rows of XOR.
 *
 *     s = x1 + x2    z = first·g(s) + second·g(s − opens) + bias    g(s) = max(0, s) with the bend, s without
 *
 * Pure functions without DOM, used by one-bend.js and tested against torch.nn by tests/unit/test_figure_one_bend.py.
 */

/** The rows of XOR: x1, x2 and the class. */
export const ROWS = [
  [0, 0, 0],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 0],
];

/** The weights of the page's example, which get all four rows right. */
export const SOLVED = { bend: true, opens: 1, first: 2, second: -4, bias: -1 };

/** What the two hidden units give at the sum s. */
export function hidden(s, { bend, opens }) {
  const scores = [s, s - opens];
  return bend ? scores.map((score) => Math.max(0, score)) : scores;
}

/** The logit at the sum s. */
export function logit(s, weights) {
  const [h1, h2] = hidden(s, weights);
  return weights.first * h1 + weights.second * h2 + weights.bias;
}

export const probability = (z) => 1 / (1 + Math.exp(-z));

/** Mean log loss over the four rows, written so that large logits do not overflow. */
export function logLoss(weights) {
  const softplus = (t) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
  const losses = ROWS.map(([x1, x2, y]) => softplus((1 - 2 * y) * logit(x1 + x2, weights)));
  return losses.reduce((sum, loss) => sum + loss, 0) / ROWS.length;
}

/** Is the row on its side? A logit of exactly 0 decides for class 0, as in "class 1 if the probability is above a half". */
export const isRight = ([x1, x2, y], weights) => (logit(x1 + x2, weights) > 0 ? 1 : 0) === y;

export const countRight = (weights) => ROWS.filter((row) => isRight(row, weights)).length;
