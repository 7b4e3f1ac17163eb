/**
 * The arithmetic of the figure "threshold": counts at a threshold, rates, curves and their areas, proper scores, costs.
 *
 * Pure functions without DOM, used by threshold.js and tested against scikit-learn by
 * tests/unit/test_figure_threshold.py. `labels` hold 1 for the positive class and 0, `p` the predicted probability of
 * the positive class, both of length n. `times` counts each negative row so many times over, which changes the share of
 * positives and nothing else. A row is called positive when p >= threshold.
 */

/** The four counts of the confusion matrix. */
export function confusion(labels, p, threshold, times = 1) {
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  labels.forEach((label, i) => {
    const called = p[i] >= threshold;
    if (label === 1) counts[called ? "tp" : "fn"] += 1;
    else counts[called ? "fp" : "tn"] += times;
  });
  return counts;
}

/** Rates of a confusion matrix; precision is null when nothing is called positive. */
export function rates({ tp, fp, fn, tn }) {
  return {
    precision: tp + fp === 0 ? null : tp / (tp + fp),
    recall: tp / (tp + fn),
    falsePositiveRate: fp / (fp + tn),
    f1: (2 * tp) / (2 * tp + fp + fn),
    accuracy: (tp + tn) / (tp + fp + fn + tn),
  };
}

/** What the mistakes cost, in false alarms, when a missed positive costs `price` of them. */
export const cost = ({ fp, fn }, price) => fp + price * fn;

/** The threshold at which both answers cost the same on average, if p is right: 1 / (1 + price). */
export const ruleThreshold = (price) => 1 / (1 + price);

/** What it costs to give everyone the same answer, whichever is cheaper. */
export function noModelCost(labels, price, times = 1) {
  const positives = labels.filter((label) => label === 1).length;
  const everyone = (labels.length - positives) * times;
  const nobody = price * positives;
  return { cost: Math.min(everyone, nobody), answer: everyone <= nobody ? 1 : 0 };
}

/** Every distinct p as a threshold, from the highest down, with its counts; before them "nobody". */
export function curve(labels, p, times = 1) {
  const thresholds = [...new Set(p)].sort((a, b) => b - a);
  return [Infinity, ...thresholds].map((threshold) => confusion(labels, p, threshold, times));
}

/** The area under the ROC curve, by trapezoids. */
export function rocArea(labels, p, times = 1) {
  const points = curve(labels, p, times).map(rates);
  return points.slice(1).reduce((area, point, i) => {
    const width = point.falsePositiveRate - points[i].falsePositiveRate;
    return area + (width * (point.recall + points[i].recall)) / 2;
  }, 0);
}

/** Average precision: each step of recall times the precision reached there; no interpolation. */
export function averagePrecision(labels, p, times = 1) {
  const points = curve(labels, p, times).map(rates);
  return points.slice(1).reduce((area, point, i) => area + (point.recall - points[i].recall) * point.precision, 0);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean of minus the logarithm of the probability given to what happened. */
export const logLoss = (labels, p) => mean(labels.map((label, i) => -Math.log(label === 1 ? p[i] : 1 - p[i])));

/** The mean squared difference between probability and label. */
export const brier = (labels, p) => mean(labels.map((label, i) => (p[i] - label) ** 2));

/** The logarithm of the odds. */
export const logOdds = (p) => Math.log(p / (1 - p));
