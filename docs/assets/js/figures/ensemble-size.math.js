/**
 * The arithmetic of the figure "ensemble size": votes, spread over forest seeds, the variance of an average of
 * correlated trees, and the stages of boosting.
 *
 * Pure functions without DOM, used by ensemble-size.js and tested against scikit-learn by
 * tests/unit/test_figure_ensemble_size.py. It fits no trees: what they answered is in ensemble-size.data.js.
 */

/** Votes per class among the first `size` trees; `votes` is a string with one digit for each tree. */
export function tally(votes, size, nClasses) {
  const counts = new Array(nClasses).fill(0);
  for (const vote of votes.slice(0, size)) counts[Number(vote)] += 1;
  return counts;
}

/** The class with the most votes, the smaller one on a tie, as NumPy's argmax has it. */
export const leader = (counts) => counts.indexOf(Math.max(...counts));

/** Mean, sample standard deviation (divided by n − 1), smallest and largest. */
export function spread(values) {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)), min: Math.min(...values), max: Math.max(...values) };
}

/** Errors among nTest rows as accuracies. */
export const accuracies = (errors, nTest) => errors.map((wrong) => 1 - wrong / nTest);

/** Variance of the average of `size` trees, each with this variance, any two with this correlation. */
export function averaged(variance, correlation, size) {
  const floor = correlation * variance;
  const noise = ((1 - correlation) * variance) / size;
  return { floor, noise, total: floor + noise };
}

/** The position with the smallest value; the first one on a tie. */
export const best = (values) => values.indexOf(Math.min(...values));

/** What one stage of boosting does: the prediction so far plus the learning rate times the new tree's answer. */
export const boosted = (before, rate, step) => before + rate * step;
