/**
 * The arithmetic of the figure "the words of one paragraph": evidence of TF-IDF and a linear model with three sections.
 *
 *     x = v / |v|    z = b + W x    p = softmax(z)
 *
 * Pure functions without DOM, used by word-evidence.js and tested against scikit-learn by tests/unit/test_figure_word_evidence.py.
 */

import { softmax } from "./shared.math.js";

/** The vector of the words that are on, of length one; without any word all zeros. */
export function scaled(values, on) {
  const kept = values.map((value, j) => (on[j] ? value : 0));
  const length = Math.hypot(...kept);
  return kept.map((value) => (length ? value / length : 0));
}

/** What each word brings for each section (words, 3), the scores and the probabilities of the sections. */
export function decide({ values, weights, intercepts }, on) {
  const x = scaled(values, on);
  const evidence = x.map((value, j) => weights[j].map((weight) => weight * value));
  const scores = intercepts.map((b, s) => b + evidence.reduce((sum, row) => sum + row[s], 0));
  return { x, evidence, scores, shares: softmax(scores), answer: scores.indexOf(Math.max(...scores)) };
}
