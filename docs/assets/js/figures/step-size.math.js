/**
 * The arithmetic of the step-size figure: gradient descent, momentum and Adam on the bowl (x^2 + h y^2) / 2.
 *
 * Pure functions without DOM, used by step-size.js and tested against torch.optim by
 * tests/unit/test_figure_step_size.py. Momentum and Adam follow PyTorch's conventions: no dampening, bias correction,
 * epsilon outside the root. It knows no schedules and no noise.
 */

export const START = [1, 1];
export const N_STEPS = 50;
export const MOMENTUM = 0.9;
export const ADAM = { first: 0.9, second: 0.999, epsilon: 1e-8 };

/** The bowl's value at a point (x, y); curvatures are the second derivatives (along x, along y). */
export function bowl(point, curvatures) {
  return point.reduce((sum, value, j) => sum + 0.5 * curvatures[j] * value ** 2, 0);
}

export function gradient(point, curvatures) {
  return point.map((value, j) => curvatures[j] * value);
}

/** What one step multiplies each coordinate by, in plain gradient descent. */
export function factors(rate, curvatures) {
  return curvatures.map((curvature) => 1 - rate * curvature);
}

/** The step from which on the largest curvature throws the path out; Adam has no such border. */
export function longestStep(optimizer, curvatures) {
  const steepest = Math.max(...curvatures);
  return { descent: 2 / steepest, momentum: (2 * (1 + MOMENTUM)) / steepest, adam: Infinity }[optimizer];
}

/**
 * How far momentum swings to each side in the end, from 1 and at rest, when the step is exactly its border: there the
 * distance is a (-1)^k + b (-MOMENTUM)^k with a + b = 1, and the first step ends at 1 - 2 (1 + MOMENTUM).
 */
export function borderSwing() {
  return (1 + MOMENTUM) / (1 - MOMENTUM);
}

// One step: from a state to what is subtracted (`move`, to be multiplied by the rate) and the memory kept.
const RULES = {
  descent: ({ slope }) => ({ move: slope }),
  momentum({ slope, velocity = [0, 0] }) {
    const next = slope.map((g, j) => MOMENTUM * velocity[j] + g);
    return { move: next, velocity: next };
  },
  adam({ slope, time, mean = [0, 0], square = [0, 0] }) {
    const { first, second, epsilon } = ADAM;
    const nextMean = slope.map((g, j) => first * mean[j] + (1 - first) * g);
    const nextSquare = slope.map((g, j) => second * square[j] + (1 - second) * g * g);
    const meanHat = nextMean.map((m) => m / (1 - first ** time));
    const root = nextSquare.map((v) => Math.sqrt(v / (1 - second ** time)));
    const move = meanHat.map((m, j) => m / (root[j] + epsilon));
    return { move, mean: nextMean, square: nextSquare, meanHat, root };
  },
};

/** Every state from the start on, nSteps + 1 of them: the point, and what led to it. */
export function path(optimizer, rate, curvatures, nSteps = N_STEPS, start = START) {
  const states = [{ point: start }];
  for (let time = 1; time <= nSteps; time += 1) {
    const before = states[time - 1];
    const slope = gradient(before.point, curvatures);
    const rule = RULES[optimizer]({ ...before, slope, time });
    const point = before.point.map((value, j) => value - rate * rule.move[j]);
    states.push({ velocity: before.velocity, ...rule, slope, point });
  }
  return states;
}
