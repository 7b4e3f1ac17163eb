/**
 * Arithmetic that several figures share. Pure functions without DOM; the figures' own tests compare them with PyTorch,
 * NumPy and scikit-learn.
 */

/** PyTorch's ε of a normalization, inside the root. */
export const EPSILON = 1e-5;

export const dot = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);

/** Positive weights with sum 1; a score of −∞ gets none. */
export function softmax(scores, temperature = 1) {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp((score - top) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** What a normalization reads: mean, sum of squared distances from it, what that is divided by, and s. */
export function statistics(numbers, unbiased = false) {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const count = numbers.length - (unbiased ? 1 : 0);
  return { mean, squares, count, s: Math.sqrt(squares / count + EPSILON) };
}

/** Where the numbers of a table differ from those of another by more than `least`, as pairs of row and column; less is rounding. */
export const moved = (table, before, least = 1e-9) => table.flatMap((row, i) => row.flatMap((number, j) => (Math.abs(number - before[i][j]) > least ? [[i, j]] : [])));
