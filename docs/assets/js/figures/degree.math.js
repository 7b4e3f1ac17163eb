/**
 * The arithmetic of the figure "degree": samples of a noisy sine, polynomials by least squares, their errors, and the
 * decomposition into squared bias and variance.
 *
 * Pure functions without DOM, used by degree.js and tested against NumPy and scikit-learn by
 * tests/unit/test_figure_degree.py. Two fits that differ from degree 9 on: `fitExact` is least squares as it is defined;
 * `fitTruncated` leaves out what scikit-learn's LinearRegression leaves out by default.
 */

/** Standard deviation of the noise. */
export const NOISE_SD = 0.3;
/** Rows of a sample, and points at which a fit is compared with the truth. */
export const N_SAMPLES = 30;
export const N_GRID = 200;
/** LinearRegression's default `tol`: directions whose singular value is below this share of the largest are dropped. */
export const TOL = 1e-6;
/** Samples behind the decomposition, the seed of the first, and the part of the axis it looks at. */
export const N_SETS = 200;
export const FIRST_SEED = 1000;
export const INSIDE = [0.05, 0.95];

const sum = (values) => values.reduce((total, value) => total + value, 0);
const mean = (values) => sum(values) / values.length;
const dot = (a, b) => a.reduce((total, value, i) => total + value * b[i], 0);

export const truth = (x) => Math.sin(2 * Math.PI * x);
export const GRID = Array.from({ length: N_GRID }, (_, i) => i / (N_GRID - 1));

/** numpy.random.RandomState(seed): the Mersenne Twister with NumPy's `rand` and `randn`. */
export function randomState(seed) {
  const N = 624;
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i += 1) {
    const last = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = Math.imul(1812433253, last) + i;
  }
  let at = N;
  const next = () => {
    if (at === N) {
      for (let i = 0; i < N; i += 1) {
        const joined = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
        state[i] = state[(i + 397) % N] ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let bits = state[at];
    at += 1;
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  };
  const rand = () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  let spare = null;
  const randn = () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    let [a, b, square] = [0, 0, 0];
    do {
      a = 2 * rand() - 1;
      b = 2 * rand() - 1;
      square = a * a + b * b;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    spare = factor * a;
    return factor * b;
  };
  return { rand, randn };
}

/** Thirty points: x sorted in [0, 1), y = truth + noise. */
export function draw(seed) {
  const random = randomState(seed);
  const x = Array.from({ length: N_SAMPLES }, random.rand).sort((a, b) => a - b);
  const y = x.map((value) => truth(value) + NOISE_SD * random.randn());
  return { x, y };
}

/** Chebyshev polynomials 0 … degree at x in [0, 1]: they span the same curves as the powers and are far from parallel. */
function chebyshev(x, degree) {
  const t = 2 * x - 1;
  const values = [1, t];
  for (let k = 2; k <= degree; k += 1) values.push(2 * t * values[k - 1] - values[k - 2]);
  return values.slice(0, degree + 1);
}

/** Least squares as defined. Returns the fitted function; `rank` counts coefficients besides the intercept. */
export function fitExact(x, y, degree) {
  const rows = x.map((value) => chebyshev(value, degree));
  const q = [];
  const r = [];
  for (let j = 0; j <= degree; j += 1) {
    let column = rows.map((row) => row[j]);
    const above = new Array(degree + 1).fill(0);
    for (let pass = 0; pass < 2; pass += 1) { // a second pass removes what rounding left
      q.forEach((unit, i) => {
        const along = dot(unit, column);
        above[i] += along;
        column = column.map((value, row) => value - along * unit[row]);
      });
    }
    const length = Math.sqrt(dot(column, column));
    above[j] = length;
    q.push(column.map((value) => value / length));
    r.push(above); // r[j][i]: entry in row i, column j
  }
  const coefficients = q.map((unit) => dot(unit, y));
  for (let j = degree; j >= 0; j -= 1) {
    coefficients[j] /= r[j][j];
    for (let i = 0; i < j; i += 1) coefficients[i] -= r[j][i] * coefficients[j];
  }
  return { rank: degree, predict: (value) => dot(chebyshev(value, degree), coefficients) };
}

const powers = (x, degree) => {
  const values = [x];
  while (values.length < degree) values.push(values.at(-1) * x);
  return values;
};

/** Turns columns until they are orthogonal (one-sided Jacobi): returns them with the turns, and so the singular values. */
function orthogonal(columns) {
  const u = columns.map((column) => [...column]);
  const v = columns.map((_, j) => columns.map((__, i) => Number(i === j)));
  for (let sweep = 0, largest = 1; sweep < 60 && largest > 1e-15; sweep += 1) {
    largest = 0;
    for (let i = 0; i < u.length - 1; i += 1) {
      for (let j = i + 1; j < u.length; j += 1) {
        const [a, b, c] = [dot(u[i], u[i]), dot(u[j], u[j]), dot(u[i], u[j])];
        if (Math.abs(c) <= 1e-15 * Math.sqrt(a * b)) continue;
        largest = Math.max(largest, Math.abs(c) / Math.sqrt(a * b));
        const zeta = (b - a) / (2 * c);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cos = 1 / Math.hypot(1, t);
        const sin = cos * t;
        for (const pair of [u, v]) {
          const [p, s] = [pair[i], pair[j]];
          pair[i] = p.map((value, k) => cos * value - sin * s[k]);
          pair[j] = p.map((value, k) => sin * value + cos * s[k]);
        }
      }
    }
  }
  return u.map((column, j) => ({ column, turn: v[j], size: Math.sqrt(dot(column, column)) }));
}

/** Least squares on the centered powers without the directions that are smaller than `tol` times the largest. */
export function fitTruncated(x, y, degree, tol = TOL) {
  const rows = x.map((value) => powers(value, degree));
  const centers = rows[0].map((_, j) => mean(rows.map((row) => row[j])));
  const parts = orthogonal(centers.map((center, j) => rows.map((row) => row[j] - center)));
  const yCenter = mean(y);
  const rest = y.map((value) => value - yCenter);
  const largest = Math.max(...parts.map((part) => part.size));
  const kept = parts.filter((part) => part.size > tol * largest);
  const weights = centers.map((_, j) => sum(kept.map((part) => (part.turn[j] * dot(part.column, rest)) / part.size ** 2)));
  const intercept = yCenter - dot(centers, weights);
  return { rank: kept.length, predict: (value) => intercept + dot(powers(value, degree), weights) };
}

/** Mean squared error on the sample, and to the true curve on the grid. */
export function errors({ x, y }, fitted) {
  const onSample = mean(x.map((value, i) => (fitted.predict(value) - y[i]) ** 2));
  const onTruth = mean(GRID.map((value) => (fitted.predict(value) - truth(value)) ** 2));
  return { training: onSample, truth: onTruth };
}

/** Squared bias, variance and mean squared error to the truth over `nSets` samples, inside the interval. */
export function decompose(degree, fit = fitExact, nSets = N_SETS) {
  const inside = GRID.filter((value) => value > INSIDE[0] && value < INSIDE[1]);
  const target = inside.map(truth);
  const predictions = Array.from({ length: nSets }, (_, set) => {
    const { x, y } = draw(FIRST_SEED + set);
    return inside.map(fit(x, y, degree).predict);
  });
  const average = inside.map((_, i) => mean(predictions.map((row) => row[i])));
  const squaredBias = mean(average.map((value, i) => (value - target[i]) ** 2));
  const variance = mean(predictions.map((row) => mean(row.map((value, i) => (value - average[i]) ** 2))));
  const total = mean(predictions.map((row) => mean(row.map((value, i) => (value - target[i]) ** 2))));
  return { squaredBias, variance, total };
}
