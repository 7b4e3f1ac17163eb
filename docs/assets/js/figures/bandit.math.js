/**
 * The arithmetic of the figure "bandit": four arms with hidden shares, a reader's pulls, and four rules on the same coins.
 *
 * Pure functions without DOM, used by bandit.js and tested by tests/unit/test_figure_bandit.py against the NumPy code of
 * docs/projects/decision-making/notebook.py. A machine is a whole number; every coin is a function of the machine, the
 * arm and how often the arm was pulled, so that all players meet the same ones.
 */

export const SHARES = [0.2, 0.3, 0.4, 0.55];
export const N_ARMS = SHARES.length;
export const N_LETTERS = 500;
export const RULES = ["greedy", "epsilon", "ucb", "thompson"];
export const EPSILON = 0.1;
const BEST = Math.max(...SHARES);
const ARMS = [0, 1, 2, 3];
const [ORDER, COIN, TIE, EXPLORE, SAMPLE] = [0, 1, 2, 3, 4]; // what a uniform number is for

/** A uniform number in (0, 1) that depends on four whole numbers alone. */
export function uniform(machine, use, a, b) {
  let h = 0x9e3779b9;
  for (const key of [machine, use, a, b]) {
    h = Math.imul(h ^ key, 0x85ebca6b) >>> 0;
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
    h = (h ^ (h >>> 16)) >>> 0;
  }
  return (h + 0.5) / 2 ** 32;
}

/** The four shares in an order of the machine's own. */
export function machineShares(machine) {
  const key = (arm) => uniform(machine, ORDER, arm, 0);
  return [...ARMS].sort((a, b) => key(a) - key(b)).map((arm) => SHARES[arm]);
}

export const fresh = () => ({ sent: ARMS.map(() => 0), answered: ARMS.map(() => 0) });

/** Send one letter of a kind; changes the state and returns whether it was answered. */
export function send(state, machine, arm, shares = machineShares(machine)) {
  const answer = uniform(machine, COIN, arm, state.sent[arm]) < shares[arm];
  state.sent[arm] += 1;
  if (answer) state.answered[arm] += 1;
  return answer;
}

export const total = (state) => state.sent.reduce((sum, n) => sum + n, 0);

/** The part of the UCB1 index that is not the mean: sqrt(2 ln t / n). */
export const bonus = (t, n) => Math.sqrt((2 * Math.log(Math.max(t, 1))) / n);

/** Answers lost on average against always sending the best letter: the gaps times the letters. */
export const regret = ({ sent }, shares) => sent.reduce((sum, n, arm) => sum + n * (BEST - shares[arm]), 0);

/** A draw from Beta(1 + answered, 1 + unanswered): of two sums of exponentials the first's part. */
export function betaSample(machine, t, arm, sent, answered) {
  let first = 0;
  let both = 0;
  for (let k = 0; k < sent + 2; k += 1) {
    both -= Math.log(uniform(machine, SAMPLE + arm, t, k));
    if (k === answered) first = both;
  }
  return first / both;
}

/** The arm a rule sends next, the one with the highest score; equal ones by lot. */
export function choose(rule, state, machine) {
  const t = total(state);
  const { sent, answered } = state;
  const explore = rule === "epsilon" && uniform(machine, EXPLORE, t, 0) < EPSILON;
  const score = (arm) => {
    if (rule === "thompson") return betaSample(machine, t, arm, sent[arm], answered[arm]);
    if (explore) return 0;
    if (sent[arm] === 0) return Infinity;
    return answered[arm] / sent[arm] + (rule === "ucb" ? bonus(t, sent[arm]) : 0);
  };
  const scores = ARMS.map(score);
  const best = Math.max(...scores);
  const lots = ARMS.map((arm) => (scores[arm] === best ? uniform(machine, TIE, t, arm) : -1));
  return lots.indexOf(Math.max(...lots));
}

/** The regret of a rule after each of its letters. */
export function play(rule, machine, nLetters = N_LETTERS) {
  const state = fresh();
  const shares = machineShares(machine);
  const lost = [];
  const arms = [];
  for (let t = 0; t < nLetters; t += 1) {
    const arm = choose(rule, state, machine);
    send(state, machine, arm, shares);
    arms.push(arm);
    lost.push((lost[t - 1] ?? 0) + BEST - shares[arm]);
  }
  return { lost, arms, state };
}

/** Over several machines: the mean regret after each letter, and mean and median at the end. */
export function average(rule, machines, nLetters = N_LETTERS) {
  const runs = machines.map((machine) => play(rule, machine, nLetters).lost);
  const lost = runs[0].map((_, t) => runs.reduce((sum, run) => sum + run[t], 0) / runs.length);
  const ends = runs.map((run) => run[nLetters - 1]).sort((a, b) => a - b);
  const middle = ends.length / 2;
  const median = (ends[Math.ceil(middle) - 1] + ends[Math.floor(middle)]) / 2;
  return { lost, mean: lost[nLetters - 1], median, worst: ends[ends.length - 1] };
}
