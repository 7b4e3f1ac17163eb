/**
 * The arithmetic of the figure "one axis or the other": batch norm and layer norm of a batch of three rows and four features.
 *
 *     x̂ = (x − μ) / s    s = √(σ² + ε)    μ, σ² over the column of x for batch norm, over its row for layer norm
 *
 * Gain 1 and shift 0, as before training. Pure functions without DOM, used by norm-axis.js and tested against
 * torch.nn.functional by tests/unit/test_figure_norm_axis.py.
 */

import { moved as differing, statistics } from "./shared.math.js";

/** The batch of the page's example. */
export const BATCH = [
  [1, 2, 3, 4],
  [4, 2, 0, 2],
  [4, 8, 3, 5],
];

/** The numbers that share a mean with the one in row i, column j. */
export const companions = (batch, norm, i, j) => (norm === "batch" ? batch.map((row) => row[j]) : batch[i]);

/** All results of the batch. */
export function normalized(batch, norm, unbiased) {
  return batch.map((row, i) => row.map((value, j) => {
    const { mean, s } = statistics(companions(batch, norm, i, j), unbiased);
    return (value - mean) / s;
  }));
}

/** Where the results of a batch differ from those of the page's, as pairs of row and column. */
export const moved = (batch, norm, unbiased) => differing(normalized(batch, norm, unbiased), normalized(BATCH, norm, unbiased));

/** The largest result that any numbers of this count can have, without ε: √(N − 1), or less with the correction. */
export const limit = (n, unbiased) => (unbiased ? (n - 1) / Math.sqrt(n) : Math.sqrt(n - 1));
