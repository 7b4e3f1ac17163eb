/**
 * The arithmetic of the convolution figure: a 3 × 3 kernel on scikit-learn's digits image 0, and 2 × 2 max pooling.
 *
 * Pure functions without DOM, used by convolution.js and tested against torch.nn.functional.conv2d and max_pool2d by
 * tests/unit/test_figure_convolution.py. As in PyTorch the kernel is not turned (cross-correlation) and sizes are
 * rounded down. It knows square images of one channel only.
 */

export const DIGIT = [
  [0, 0, 5, 13, 9, 1, 0, 0],
  [0, 0, 13, 15, 10, 15, 5, 0],
  [0, 3, 15, 2, 0, 11, 8, 0],
  [0, 4, 12, 0, 0, 8, 8, 0],
  [0, 5, 8, 0, 0, 9, 8, 0],
  [0, 4, 11, 0, 1, 12, 7, 0],
  [0, 2, 14, 5, 10, 12, 0, 0],
  [0, 0, 6, 13, 10, 0, 0, 0],
];

export const KERNELS = {
  upright: [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
  level: [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
  dot: [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
};

const SIDE = 3; // of every kernel
const BLOCK = 2; // of the pooling

/** Turned by 180 degrees, as convolution in mathematics turns it. */
export const turned = (kernel) => kernel.map((row) => [...row].reverse()).reverse();

/** Moved to the right by so many columns (left if negative); what leaves is lost, zeros come in. */
export const moved = (image, by) => image.map((row) => row.map((_, column) => row[column - by] ?? 0));

/** With a ring of zeros of that width around it. */
export function padded(image, padding) {
  const side = image.length + 2 * padding;
  return Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, column) => image[row - padding]?.[column - padding] ?? 0));
}

export const sideOfMap = (side, stride, padding) => Math.floor((side + 2 * padding - SIDE) / stride) + 1;

/** The pixels that place (row, column) of the map looks at, 3 × 3. */
export function windowAt(image, row, column, stride, padding) {
  const from = padded(image, padding);
  return Array.from({ length: SIDE }, (_, i) => from[row * stride + i].slice(column * stride, column * stride + SIDE));
}

/** The map: at each place the sum of products of kernel and window. */
export function convolve(image, kernel, stride, padding) {
  const side = sideOfMap(image.length, stride, padding);
  return Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, column) => {
    const pixels = windowAt(image, row, column, stride, padding);
    return pixels.flat().reduce((sum, pixel, i) => sum + pixel * kernel.flat()[i], 0);
  }));
}

/** The largest value of each block of 2 × 2; an odd last row or column is dropped. */
export function maxPool(map) {
  const side = Math.floor(map.length / BLOCK);
  return Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, column) => Math.max(
    ...map.slice(row * BLOCK, row * BLOCK + BLOCK).flatMap((line) => line.slice(column * BLOCK, column * BLOCK + BLOCK)),
  )));
}

/** Sum, smallest and largest value. */
export function summary(map) {
  const values = map.flat();
  return { sum: values.reduce((sum, value) => sum + value, 0), least: Math.min(...values), most: Math.max(...values) };
}

/** Whether `map` is `before` moved by `by` columns, compared where both have a value; false for a part of a column. */
export function movedAlong(map, before, by) {
  return Number.isInteger(by) && map.every((row, r) => row.every((value, column) => value === (before[r][column - by] ?? value)));
}
