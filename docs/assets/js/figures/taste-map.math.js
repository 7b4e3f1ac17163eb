/**
 * The arithmetic of the figure "taste map": eight books on a plane of two factors, and a reader placed by a ridge
 * regression on the books that they rated.
 *
 *     p = (FᵀF + λI)⁻¹ Fᵀe    e = stars − mean − c    predicted stars = mean + c + p·q
 *
 * Pure functions without DOM, used by taste-map.js and tested against scikit-learn by
 * tests/unit/test_figure_taste_map.py. The books are those of the notebook's example by hand.
 */

import { dot } from "./shared.math.js";

export const MEAN = 3;

/** Name, deviation c of the book from the mean, and its two factors q. */
export const BOOKS = [
  { name: "murder", c: 0, q: [1, 0] },
  { name: "wedding", c: 0, q: [-1, 1] },
  { name: "heist", c: -0.5, q: [1, 0.5] },
  { name: "island", c: 0.8, q: [0, 0] },
  { name: "comet", c: -0.2, q: [0.5, 1.5] },
  { name: "letters", c: 0.2, q: [-1, -0.5] },
  { name: "robot", c: -0.6, q: [1.5, -1] },
  { name: "garden", c: 0.4, q: [-0.5, -1] },
];

/** Stars of each book; 0 is not rated. */
export const START = [5, 2, 0, 0, 0, 0, 0, 0];

/** FᵀF + λI as [[a, b], [b, d]] and Fᵀe as [g, h], over the rated books. */
export function system(stars, lambda) {
  const matrix = [[lambda, 0], [0, lambda]];
  const right = [0, 0];
  stars.forEach((given, i) => {
    if (!given) return;
    const { q, c } = BOOKS[i];
    const left = given - MEAN - c;
    for (const row of [0, 1]) {
      right[row] += q[row] * left;
      for (const column of [0, 1]) matrix[row][column] += q[row] * q[column];
    }
  });
  return { matrix, right };
}

/** The reader's two factors. */
export function readerOf(stars, lambda) {
  const { matrix: [[a, b], [, d]], right: [g, h] } = system(stars, lambda);
  const determinant = a * d - b * b;
  return [(d * g - b * h) / determinant, (a * h - b * g) / determinant];
}

/** Predicted stars of every book. */
export const predictions = (reader) => BOOKS.map(({ c, q }) => MEAN + c + dot(reader, q));

const NEAR = 1e-9; // closer than that is a tie, and the earlier book goes first

/** The best books that are not rated, as indices. */
export function shelf(stars, predicted, size = 3) {
  const open = BOOKS.map((_, i) => i).filter((i) => !stars[i]);
  open.sort((i, j) => (Math.abs(predicted[i] - predicted[j]) < NEAR ? i - j : predicted[j] - predicted[i]));
  return open.slice(0, size);
}

export const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
