// Least squares on one column, for the figure "drag the line": no DOM, so that a test can run it beside scikit-learn.
// Imported by drag-the-line.js and tests/unit/test_figure_drag_the_line.py. Columns are arrays of equal length.

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A column as load_diabetes() gives it: centered, its squares summing to one. */
export function toUnitNorm(values) {
  const center = mean(values);
  const centered = values.map((value) => value - center);
  const norm = Math.sqrt(centered.reduce((sum, value) => sum + value * value, 0));
  return centered.map((value) => value / norm);
}

/**
 * The indices of twelve rows spread evenly over the order of `x`: the 24th, 61st, 98th … of the 442 patients, whose line
 * resembles that of all.
 */
export function twelveOf(x) {
  const order = x.map((_, i) => i).sort((a, b) => x[a] - x[b] || a - b);
  return order.filter((_, rank) => rank % 37 === 23);
}

/** The line with the smallest mean squared error: {intercept, slope}. */
export function leastSquares(x, y) {
  const xMean = mean(x);
  const yMean = mean(y);
  let sxy = 0;
  let sxx = 0;
  for (let i = 0; i < x.length; i += 1) {
    sxy += (x[i] - xMean) * (y[i] - yMean);
    sxx += (x[i] - xMean) ** 2;
  }
  const slope = sxy / sxx;
  return { intercept: yMean - slope * xMean, slope };
}

/** y − ŷ for each row. */
export const residuals = (x, y, { intercept, slope }) => y.map((value, i) => value - (intercept + slope * x[i]));

/** Mean of the squared residuals. */
export const meanSquaredError = (x, y, line) => mean(residuals(x, y, line).map((value) => value * value));

/** Derivatives of the mean squared error with respect to intercept and slope. */
export function gradient(x, y, line) {
  const rest = residuals(x, y, line);
  return { intercept: -2 * mean(rest), slope: -2 * mean(rest.map((value, i) => value * x[i])) };
}

/** One minus the line's squared error over that of the mean. */
export const rSquared = (x, y, line) => 1 - meanSquaredError(x, y, line) / meanSquaredError(x, y, { intercept: mean(y), slope: 0 });

/** How far the best line at row i follows row i's target: the diagonal of the hat matrix, between 1/n and 1. */
export function leverage(x, i) {
  const xMean = mean(x);
  const sxx = x.reduce((sum, value) => sum + (value - xMean) ** 2, 0);
  return 1 / x.length + (x[i] - xMean) ** 2 / sxx;
}
