/**
 * The forward pass of the digit network: two 3 × 3 convolutions, each with ReLU and 2 × 2 max pooling, then a linear layer.
 *
 * Pure functions without DOM, used by digit-editor.js and tested against PyTorch with the same weights by
 * tests/unit/test_figure_digit_editor.py. An image is an array of 64 pixels from 0 (paper) to INK, row by row.
 */

import { EXPONENTS, INTEGERS, TEMPERATURE } from "./digit-editor.data.js";
import { softmax } from "./shared.math.js";

export const INK = 16;
export const SIDE = 8;
export const CLASSES = 10;
export const TRUSTED_FROM = 0.96; // 1 − 1/25, the price of a look over the price of a mistake

const KERNEL = 3;

/** One tensor of weights: whole numbers from −128 to 127 in base64, over a power of two. */
const decoded = (text, exponent) => Float64Array.from(atob(text), (letter) => ((letter.charCodeAt(0) << 24) >> 24) / 2 ** exponent);

const [W1, B1, W2, B2, W3, B3] = INTEGERS.map((text, i) => decoded(text, EXPONENTS[i]));

/** Convolution with a ring of zeros, ReLU, and the largest of each block of 2 × 2. x: maps of side × side, flat; returns maps of half the side. */
function convolveAndPool(x, side, w, b) {
  const channels = x.length / side ** 2;
  const half = side / 2;
  const out = new Float64Array(b.length * half ** 2); // zeros: the largest starts where ReLU cuts
  for (let o = 0; o < b.length; o += 1) {
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        let sum = b[o];
        for (let c = 0; c < channels; c += 1) {
          for (let i = 0; i < KERNEL; i += 1) {
            const r = row + i - 1;
            if (r < 0 || r >= side) continue;
            for (let j = 0; j < KERNEL; j += 1) {
              const s = column + j - 1;
              if (s >= 0 && s < side) sum += w[((o * channels + c) * KERNEL + i) * KERNEL + j] * x[(c * side + r) * side + s];
            }
          }
        }
        const place = (o * half + (row >> 1)) * half + (column >> 1);
        out[place] = Math.max(out[place], sum);
      }
    }
  }
  return out;
}

/** Ten logits of an image. */
export function logits(image) {
  const pixels = Float64Array.from(image, (pixel) => pixel / INK);
  const features = convolveAndPool(convolveAndPool(pixels, SIDE, W1, B1), SIDE / 2, W2, B2);
  return Array.from(B3, (bias, k) => features.reduce((sum, value, i) => sum + W3[k * features.length + i] * value, bias));
}

/** Softmax of the logits over the temperature. */
export const probabilities = (scores) => softmax(scores, TEMPERATURE);

export const answer = (values) => values.indexOf(Math.max(...values));

export const changed = (image, place, ink) => image.map((pixel, i) => (i === place ? ink : pixel));

/** The one pixel which, set to 0 or to INK, raises the probability of `target` most: {place, ink, image}. */
export function bestChange(image, target) {
  const tried = image.flatMap((_, place) => [0, INK].map((ink) => ({ place, ink, image: changed(image, place, ink) })));
  const worth = tried.map((change) => probabilities(logits(change.image))[target]);
  return tried[answer(worth)];
}
