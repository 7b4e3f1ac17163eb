/**
 * The arithmetic of the figure "stop or decay": gradient descent and weight decay on a bowl of two directions.
 *
 *     training loss = ½ Σ h (w − bottom)²     test loss = ½ Σ h (w − TRUE)²     h = CURVATURES
 *
 * The bottom of the training loss lies off the truth by the noise of few rows, mostly along the flat direction.
 * Pure functions without DOM, used by stop-or-decay.js and tested against torch.optim and scikit-learn's Ridge by
 * tests/unit/test_figure_stop_or_decay.py. It knows no start but zero.
 */

export const CURVATURES = [1, 0.05];
export const TRUE = [1, 1];
export const RATE = 0.5;
export const MOST_STEPS = 200;

/** Where the training loss has its bottom, for each amount of noise. */
export const BOTTOMS = { none: [1, 1], some: [1.05, 1.6], much: [1.1, 2.2] };

/** The share of its way that each direction has gone after t steps of gradient descent from zero. */
export const sharesAfter = (t) => CURVATURES.map((h) => 1 - (1 - RATE * h) ** t);

/** The share that decay of this strength leaves of each direction. */
export const sharesWith = (strength) => CURVATURES.map((h) => h / (h + strength));

export const weights = (shares, bottom) => shares.map((share, j) => share * bottom[j]);

/** The bowl around `center`: the training loss around a bottom, the test loss around TRUE. */
export function loss(w, center) {
  return w.reduce((sum, value, j) => sum + 0.5 * CURVATURES[j] * (value - center[j]) ** 2, 0);
}

/** The step with the lowest test loss; the earliest of equals. */
export function bestStep(bottom) {
  let best = 0;
  for (let t = 1; t <= MOST_STEPS; t += 1) {
    if (loss(weights(sharesAfter(t), bottom), TRUE) < loss(weights(sharesAfter(best), bottom), TRUE)) best = t;
  }
  return best;
}
