/**
 * The arithmetic of the split picker: Gini impurity, the gain of a cut, and CART grown on top of them.
 *
 * Pure functions without DOM, used by split-picker.js and tested against scikit-learn by
 * tests/unit/test_figure_split_picker.py. Values are whole tenths of a centimeter, so that every comparison of a
 * measurement with a cut is exact. It does not prune and knows no impurity but Gini.
 */

/** Gains closer than this are a tie: above rounding (1e-16), far below the smallest real difference on 150 rows. */
export const TIE = 1e-12;

/** Which feature wins a tie: petals before sepals, as the page names them. scikit-learn draws lots. */
export const TIE_ORDER = [3, 2, 0, 1];

/** Folds of the held-out score: 15 flowers each, 5 of every species. */
export const N_FOLDS = 10;

/** Rows of each class: labels (n) and the number of classes give an array (n_classes). */
export function countClasses(labels, nClasses) {
  const counts = new Array(nClasses).fill(0);
  for (const label of labels) counts[label] += 1;
  return counts;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** One minus the sum of squared class shares; 0 for an empty pile. */
export function gini(counts) {
  const n = sum(counts);
  if (n === 0) return 0;
  return 1 - sum(counts.map((count) => (count / n) ** 2));
}

/** Halfway between neighboring distinct values, ascending. */
export function candidateCuts(values) {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  return distinct.slice(1).map((value, i) => (distinct[i] + value) / 2);
}

/** Both sides of the cut `value <= cut`: class counts, impurities and the gain. */
export function splitAt(values, labels, cut, nClasses) {
  const left = new Array(nClasses).fill(0);
  const right = new Array(nClasses).fill(0);
  values.forEach((value, i) => {
    (value <= cut ? left : right)[labels[i]] += 1;
  });
  const parent = gini(left.map((count, k) => count + right[k]));
  const [nLeft, nRight, n] = [sum(left), sum(right), values.length];
  const [giniLeft, giniRight] = [gini(left), gini(right)];
  const gain = parent - (nLeft / n) * giniLeft - (nRight / n) * giniRight;
  return { cut, left, right, nLeft, nRight, parent, giniLeft, giniRight, gain };
}

/** Every candidate cut of one feature with its gain, ascending by cut. */
export function gainCurve(values, labels, nClasses) {
  return candidateCuts(values).map((cut) => splitAt(values, labels, cut, nClasses));
}

/** The cut with the largest gain; on a tie the feature that comes first in `order`, then the smaller cut. */
export function bestSplit(rows, labels, nClasses, order) {
  let best = null;
  for (const feature of order) {
    const values = rows.map((row) => row[feature]);
    for (const split of gainCurve(values, labels, nClasses)) {
      if (best === null || split.gain > best.gain + TIE) best = { feature, ...split };
    }
  }
  return best;
}

/** CART: a node holds its class counts and, unless it is a leaf, the cut and the two nodes below it. */
export function grow(rows, labels, nClasses, maxDepth, order) {
  const counts = countClasses(labels, nClasses);
  const node = { counts, n: rows.length, prediction: counts.indexOf(Math.max(...counts)) };
  const pure = counts[node.prediction] === rows.length;
  const split = maxDepth > 0 && !pure ? bestSplit(rows, labels, nClasses, order) : null;
  if (split === null) return node;
  const goesLeft = rows.map((row) => row[split.feature] <= split.cut);
  const side = (left) => grow(
    rows.filter((_, i) => goesLeft[i] === left),
    labels.filter((_, i) => goesLeft[i] === left),
    nClasses, maxDepth - 1, order,
  );
  return { ...node, feature: split.feature, cut: split.cut, gain: split.gain, low: side(true), high: side(false) };
}

/** Class predicted for one row. */
export function predict(node, row) {
  while (node.low) node = row[node.feature] <= node.cut ? node.low : node.high;
  return node.prediction;
}

/** Leaves from left to right. */
export function leaves(node) {
  return node.low ? [...leaves(node.low), ...leaves(node.high)] : [node];
}

const correct = (tree, rows, labels) => rows.filter((row, i) => predict(tree, row) === labels[i]).length;

/** Share of the training rows that a tree of this depth gets right. */
export function trainingAccuracy(rows, labels, nClasses, maxDepth, order) {
  return correct(grow(rows, labels, nClasses, maxDepth, order), rows, labels) / rows.length;
}

/** The same for rows left out of training: row i is held out in fold i modulo nFolds. */
export function heldOutAccuracy(rows, labels, nClasses, maxDepth, order, nFolds) {
  let right = 0;
  for (let fold = 0; fold < nFolds; fold += 1) {
    const pick = (items, held) => items.filter((_, i) => (i % nFolds === fold) === held);
    const tree = grow(pick(rows, false), pick(labels, false), nClasses, maxDepth, order);
    right += correct(tree, pick(rows, true), pick(labels, true));
  }
  return right / rows.length;
}
