/**
 * Ridge and lasso from moments, for the figure "shrinkage path": no DOM, so that a test can run it beside scikit-learn.
 *
 * The rows themselves are not needed. With Z = [1, X, y], shape (n_samples, 12), the moments Z'Z, shape (12, 12), hold
 * the count, all sums and all products: enough to fit on these rows and to score on them. Moments of two sets of rows
 * add up. Imported by shrinkage-path.js and tests/unit/test_figure_shrinkage_path.py.
 */

/** Coordinate descent stops when no weight moved further than this in a sweep; weights are of the size of hundreds. */
export const STILL = 1e-9;

const MOST_SWEEPS = 200_000; // never reached on these columns; a bound against a hang

const sum = (values) => values.reduce((total, value) => total + value, 0);
const dot = (a, b) => sum(a.map((value, i) => value * b[i]));

/** The symmetric matrix of the given size whose upper triangle is `upper`, row by row. */
export function symmetric(upper, size) {
  const matrix = Array.from({ length: size }, () => new Array(size).fill(0));
  let next = 0;
  for (let i = 0; i < size; i += 1) {
    for (let j = i; j < size; j += 1) {
      matrix[i][j] = upper[next];
      matrix[j][i] = upper[next];
      next += 1;
    }
  }
  return matrix;
}

/** The moments of two sets of rows together. */
export const together = (a, b) => a.map((row, i) => row.map((value, j) => value + b[i][j]));

/** Moments around the means: {n, xMean (10), yMean, gram (10, 10), products (10), total}. */
export function center(moments) {
  const n = moments[0][0];
  const last = moments.length - 1;
  const columns = [...moments.keys()].slice(1, last);
  const mean = moments[0].map((value) => value / n);
  const around = (i, j) => moments[i][j] - n * mean[i] * mean[j];
  return {
    n,
    xMean: columns.map((j) => mean[j]),
    yMean: mean[last],
    gram: columns.map((i) => columns.map((j) => around(i, j))),
    products: columns.map((j) => around(j, last)),
    total: around(last, last),
  };
}

/** The weights that minimize RSS + alpha * sum(w^2): Gaussian elimination on (gram + alpha I) w = products. */
export function ridge({ gram, products }, alpha) {
  const rows = gram.map((row, i) => [...row.map((value, j) => value + (i === j ? alpha : 0)), products[i]]);
  const d = rows.length;
  for (let k = 0; k < d; k += 1) {
    let pivot = k;
    for (let i = k + 1; i < d; i += 1) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = k + 1; i < d; i += 1) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= d; j += 1) rows[i][j] -= factor * rows[k][j];
    }
  }
  const w = new Array(d).fill(0);
  for (let k = d - 1; k >= 0; k -= 1) {
    const known = sum(w.map((value, j) => (j > k ? rows[k][j] * value : 0)));
    w[k] = (rows[k][d] - known) / rows[k][k];
  }
  return w;
}

/** Move c by t towards zero and stop there. */
export const softThreshold = (c, t) => Math.sign(c) * Math.max(Math.abs(c) - t, 0);

/** The weights that minimize RSS / (2n) + alpha * sum(|w|), by coordinate descent from `start`. */
export function lasso({ n, gram, products }, alpha, start = products.map(() => 0)) {
  const w = [...start];
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep += 1) {
    let moved = 0;
    for (let j = 0; j < w.length; j += 1) {
      const c = products[j] - dot(gram[j], w) + gram[j][j] * w[j];
      const next = softThreshold(c, n * alpha) / gram[j][j];
      moved = Math.max(moved, Math.abs(next - w[j]));
      w[j] = next;
    }
    if (moved < STILL) break;
  }
  return w;
}

/** The weights for every alpha, which must ascend; each lasso starts where the next stronger one ended. */
export function path(kind, centered, alphas) {
  if (kind === "ridge") return alphas.map((alpha) => ridge(centered, alpha));
  const weights = [];
  let start;
  for (const alpha of [...alphas].reverse()) {
    start = lasso(centered, alpha, start);
    weights.unshift(start);
  }
  return weights;
}

/** The intercept that belongs to the weights: it is not penalized. */
export const intercept = ({ xMean, yMean }, w) => yMean - dot(xMean, w);

/** Sum of squared residuals of b + Xw on the rows of these moments. */
export function rss(moments, b, w) {
  const v = [-b, ...w.map((value) => -value), 1];
  return dot(v, moments.map((row) => dot(row, v)));
}

/** One minus the squared error over that of the mean of the same rows. */
export const rSquared = (moments, b, w) => 1 - rss(moments, b, w) / center(moments).total;

/** Euclidean length of the weights. */
export const length = (w) => Math.sqrt(dot(w, w));

/** What the penalty counts: squares for ridge, absolute values for lasso. */
export const size = (kind, w) => (kind === "ridge" ? dot(w, w) : sum(w.map(Math.abs)));
