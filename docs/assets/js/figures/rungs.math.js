/**
 * The arithmetic of the figure "rungs": what predictors score when positives become rarer and a miss dearer.
 *
 * Each rung is known by two rates, which stay what they are: the share of positives it flags (recall) and the share of
 * negatives it flags (false positive rate). With the prevalence π and a miss worth c false alarms,
 *
 *     accuracy = π·recall + (1 − π)·(1 − rate)        cost of a row = π·c·(1 − recall) + (1 − π)·rate
 *
 * Pure functions without DOM, used by rungs.js and tested against scikit-learn by tests/unit/test_figure_rungs.py.
 */

/** Malignant and benign tumors judged in ten repetitions of five folds, the page's own. */
export const JUDGED = { positives: 2120, negatives: 3570 };

/** The prevalence in the data: 212 malignant of 569. */
export const PREVALENCE = 212 / 569;

/** The rungs with how many of the judged they flag: [key, positives flagged, negatives flagged]. */
export const RUNGS = [
  ["nobody", 0, 0],
  ["everybody", 2120, 3570],
  ["rule", 1740, 227],
  ["logistic", 2032, 42],
  ["priced", 2107, 541],
];

/** The constants, from which the floor is taken. */
export const CONSTANTS = ["nobody", "everybody"];

const rates = new Map(RUNGS.map(([key, found, flagged]) => [key, { recall: found / JUDGED.positives, rate: flagged / JUDGED.negatives }]));

/** Recall and false positive rate of a rung. */
export const ratesOf = (key) => rates.get(key);

/** The share of right answers. */
export const accuracy = (key, prevalence) => prevalence * rates.get(key).recall + (1 - prevalence) * (1 - rates.get(key).rate);

/** The mean cost of a row, in false alarms, when a miss costs `price` of them. */
export const cost = (key, prevalence, price) => prevalence * price * (1 - rates.get(key).recall) + (1 - prevalence) * rates.get(key).rate;

/** The score of a rung by one of the two counts: "accuracy" or "cost". */
export const score = (count, key, prevalence, price) => (count === "accuracy" ? accuracy(key, prevalence) : cost(key, prevalence, price));

/** The better constant by this count, and what it scores. */
export function floor(count, prevalence, price) {
  const [nobody, everybody] = CONSTANTS.map((key) => score(count, key, prevalence, price));
  const first = count === "accuracy" ? nobody >= everybody : nobody <= everybody;
  return first ? { key: "nobody", score: nobody } : { key: "everybody", score: everybody };
}

/** Where a perfect predictor stands. */
export const perfect = (count) => (count === "accuracy" ? 1 : 0);

/** (s − s0) / (s* − s0): 0 at the better constant, 1 when perfect. */
export function skill(count, key, prevalence, price) {
  const { score: zero } = floor(count, prevalence, price);
  return (score(count, key, prevalence, price) - zero) / (perfect(count) - zero);
}
