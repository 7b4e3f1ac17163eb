/**
 * The arithmetic of the figure "broadcast": the mean squared difference of three predictions and three targets, as it was
 * meant, prediction i against target i, and as a column of shape (3, 1) minus a row of shape (3,) computes it.
 *
 *     meant    L = 1/3 Σᵢ (pᵢ − yᵢ)²       column    L = 1/9 Σᵢ Σⱼ (pᵢ − yⱼ)²
 *
 * Pure functions without DOM, used by broadcast.js and tested against torch.autograd by
 * tests/unit/test_figure_broadcast.py.
 */

export const TARGETS = [1, 2, 3];

/** The learning rate of the figure's step: it halves the distance to where the loss pulls. */
export const RATE = 0.75;

/** The squared differences, a row for each prediction; null where the shapes pair nothing. */
export const squares = (predictions, column) =>
  predictions.map((p, i) => TARGETS.map((y, j) => (column || i === j ? (p - y) ** 2 : null)));

/** How many differences the mean is taken over. */
export const count = (column) => (column ? TARGETS.length ** 2 : TARGETS.length);

/** The sum of each row of the table. */
export const rowSums = (predictions, column) => squares(predictions, column).map((row) => row.reduce((sum, value) => sum + (value ?? 0), 0));

export const loss = (predictions, column) => rowSums(predictions, column).reduce((sum, value) => sum + value, 0) / count(column);

/** The slope of the loss with respect to each prediction. */
export const slopes = (predictions, column) =>
  predictions.map((p, i) => {
    const met = column ? TARGETS : [TARGETS[i]];
    return met.reduce((sum, y) => sum + 2 * (p - y), 0) / count(column);
  });

/** The predictions after one step of gradient descent on the loss that is computed. */
export const step = (predictions, column) => {
  const down = slopes(predictions, column);
  return predictions.map((p, i) => p - RATE * down[i]);
};
