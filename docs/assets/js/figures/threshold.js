// Figure "threshold" (classic/classification-metrics, projects/decision-making): move the threshold over the predicted
// probabilities of 143 tumors and watch the confusion matrix, the points on the ROC and the precision-recall curve and
// the cost move together; set the price of a missed tumor and the share of benign ones. Curves are drawn only where the
// reader has been, so that the cheapest threshold is found, not shown.

import { axes, button, choice, clipped, define, draggable, fixed, formula, group, html, liveNumber, math, mi, mn, predictFirst, scale, set, slider, spokenState, svg, toggle } from "./common.js";
import { IS_MALIGNANT, PROBABILITY } from "./threshold.data.js";
import { averagePrecision, confusion, cost, logOdds, noModelCost, rates, rocArea, ruleThreshold } from "./threshold.math.js";

const PRICES = [1, 2, 5, 10, 20, 50, 100]; // false alarms that one missed tumor is worth
const TIMES = [1, 10, 100];
const START = { threshold: 0.5, price: 20, times: 1 };
const ENDS = [0.001, 0.002, 0.005, 0.995, 0.998, 0.999];
const HUNDREDTHS = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
const THRESHOLDS = [...new Set([...ENDS, ...HUNDREDTHS, ...PRICES.map(ruleThreshold)])].sort((a, b) => a - b);
const FARTHEST = 9; // in log odds; the tumors beyond are drawn at the edge

const STRIP = { left: 40, right: 334, top: 24, bottom: 126 };
const COSTS = { left: 40, right: 334, top: 160, bottom: 276 };
const ROC = { left: 34, right: 164, top: 24, bottom: 154 };
const PR = { left: 204, right: 334, top: 24, bottom: 154 };
const ROWS = 8; // dots of a class lie in so many rows, so that few cover one another

const shown = (threshold) => String(Number(threshold.toFixed(4)));
const nearest = (wanted) => {
  const far = THRESHOLDS.map((threshold) => Math.abs(logOdds(threshold) - logOdds(wanted)));
  return far.indexOf(Math.min(...far));
};
const mtext = (words) => math("mtext", {}, words);
const sub = (name, index) => math("msub", {}, mi(name), mtext(index));
const plural = (count, one, many = `${one}s`) => `${fixed(count)} ${count === 1 ? one : many}`;
const digits = (value) => (value === null ? "undefined" : fixed(value, 4));

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: threshold");
  let { price, times } = START;
  let at = nearest(START.threshold);
  const visited = new Set();

  // The tumors on the axis of log odds, labelled by probability, and the cost below on the same axis
  const toX = scale([-FARTHEST, FARTHEST], [STRIP.left, STRIP.right]);
  const place = (p) => toX(Math.max(-FARTHEST, Math.min(FARTHEST, logOdds(p))));
  const xTicks = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999].map((p) => [logOdds(p), p]);
  const half = (STRIP.bottom - STRIP.top) / 2;
  const tumors = PROBABILITY.map((p, i) => {
    const height = STRIP.top + (IS_MALIGNANT[i] ? 0 : half) + 6 + ((i % ROWS) * (half - 12)) / (ROWS - 1);
    return { x: place(p), y: height, mark: svg(IS_MALIGNANT[i] ? "circle" : "rect") };
  });
  const middle = svg("line", { x1: STRIP.left, x2: STRIP.right, y1: STRIP.top + half, y2: STRIP.top + half, class: "kb-figure__line--guide" });
  const cuts = [STRIP, COSTS].map((box) => svg("line", { y1: box.top, y2: box.bottom, class: "kb-figure__line--1" }));
  const grip = svg("circle", { r: 9, cy: STRIP.bottom, class: "kb-figure__grip" });
  const costAxes = svg("g");
  const costTrace = svg("g", { "aria-hidden": "true" });
  const costHere = svg("circle", { r: 6, class: "kb-figure__dot--3" });
  const strip = svg(
    "svg",
    { viewBox: "0 0 344 314", role: "img", "aria-label": "Above, the tumors by predicted probability, malignant as circles and benign as squares, and the threshold; mistakes are larger. Below, the cost at the thresholds you have tried. The counts and the cost stand in the text." },
    axes({ x: toX, y: toX, box: STRIP, xTicks: [], yTicks: [], xTitle: "", yTitle: "Circles malignant, squares benign, large: wrong" }),
    svg("g", { "aria-hidden": "true" }, ...tumors.map(({ mark }) => mark)), middle, costAxes, ...cuts, grip,
  );

  // Two squares of rates
  const square = (box, { xTitle, yTitle }) => {
    const x = scale([0, 1], [box.left, box.right]);
    const y = scale([0, 1], [box.bottom, box.top]);
    const ticks = [0, 0.5, 1].map((value) => [value, value]);
    const trace = svg("g", { "aria-hidden": "true" });
    const here = svg("circle", { r: 6, class: "kb-figure__dot--3" });
    return { x, y, trace, here, parts: [axes({ x, y, box, xTicks: ticks, yTicks: ticks, xTitle, yTitle }), trace, here] };
  };
  const roc = square(ROC, { xTitle: "false positive rate", yTitle: "ROC: recall" });
  const pr = square(PR, { xTitle: "recall", yTitle: "PR: precision" });
  const areas = [ROC, PR].map((box) => svg("text", { x: (box.left + box.right) / 2, y: box.bottom - 10, "text-anchor": "middle" }));
  const curves = svg(
    "svg",
    { viewBox: "0 0 344 194", role: "img", "aria-label": "The ROC curve and the precision-recall curve at the thresholds you have tried, and the present point on both. The rates stand in the text." },
    ...roc.parts, ...pr.parts, ...areas,
  );

  // The confusion matrix
  const cells = Object.fromEntries(["tp", "fn", "fp", "tn"].map((name) => [name, html("td", {})]));
  const head = (scope, text) => html("th", { scope }, text);
  const table = html(
    "table", { class: "kb-figure__table" },
    html("thead", {}, html("tr", {}, html("td", {}), head("col", "called malignant"), head("col", "called benign"))),
    html(
      "tbody", {},
      html("tr", {}, head("row", "malignant"), cells.tp, cells.fn),
      html("tr", {}, head("row", "benign"), cells.fp, cells.tn),
    ),
  );

  // Formulas with live values
  const live = {};
  const el = (name, series = 0) => {
    const number = liveNumber(series);
    (live[name] ??= []).push(number);
    return number.element;
  };
  const tell = (name, text) => live[name].forEach((number) => number.set(text));
  const fraction = (top, ...bottom) => math("mfrac", {}, top, group(...bottom));
  const formulas = html(
    "div", {},
    html(
      "div", { class: "kb-figure__row kb-figure__row--centered" },
      formula(mtext("precision"), "=", fraction(el("tp"), el("tp"), "+", el("fp", 3)), "=", el("precision")),
      formula(mtext("recall"), "=", fraction(el("tp"), el("tp"), "+", el("fn", 3)), "=", el("recall")),
      formula(mtext("FPR"), "=", fraction(el("fp", 3), el("fp", 3), "+", el("tn")), "=", el("falsePositiveRate")),
      formula(sub("F", "1"), "=", fraction(group(mn(2), "·", el("tp")), mn(2), "·", el("tp"), "+", el("fp", 3), "+", el("fn", 3)), "=", el("f1")),
    ),
    html(
      "div", { class: "kb-figure__row kb-figure__row--centered" },
      formula(mtext("cost"), "=", el("fp", 3), "+", el("price"), "·", el("fn", 3), "=", el("cost")),
      formula(math("msup", {}, mi("t"), math("mo", {}, "*")), "=", fraction(mn(1), mn(1), "+", el("price")), "=", el("rule")),
    ),
  );
  const state = spokenState();

  const position = slider({ label: "Threshold", min: 0, max: THRESHOLDS.length - 1, step: 1, value: at, format: (i) => shown(THRESHOLDS[i]), onInput: move });
  const worth = slider({ label: "A missed tumor costs", min: 0, max: PRICES.length - 1, step: 1, value: PRICES.indexOf(price), format: (i) => plural(PRICES[i], "false alarm"), onInput: (i) => { price = PRICES[i]; frame(); draw(); } });
  const share = choice({ label: "Benign tumors:", options: TIMES.map((m) => [m, m === 1 ? "as here" : `${m} times as many`]), value: times, onChange: (m) => { times = m; frame(); draw(); } });
  const all = toggle({ label: "Show the whole curves", onChange: () => draw() });

  function move(next) {
    at = next;
    draw();
  }

  const countsAt = (i) => confusion(IS_MALIGNANT, PROBABILITY, THRESHOLDS[i], times);
  const costAt = (i) => cost(countsAt(i), price);
  const cheapest = () => {
    const costs = THRESHOLDS.map((_, i) => costAt(i));
    const least = Math.min(...costs);
    const ties = [...costs.keys()].filter((i) => costs[i] === least);
    return { least, ties };
  };

  /** Everything that depends on the price and the shares alone. */
  let toCost;
  function frame() {
    const without = noModelCost(IS_MALIGNANT, price, times).cost;
    toCost = scale([0, without * 1.25], [COSTS.bottom, COSTS.top]);
    costAxes.replaceChildren(
      axes({ x: toX, y: toCost, box: COSTS, xTicks, yTicks: [[0, 0], [without, fixed(without)]], xTitle: "predicted probability of malignant", yTitle: "Cost; upper line: no model" }),
      clipped(COSTS, costTrace), costHere,
    );
    areas[0].textContent = `area ${fixed(rocArea(IS_MALIGNANT, PROBABILITY, times), 4)}`;
    areas[1].textContent = `AP ${fixed(averagePrecision(IS_MALIGNANT, PROBABILITY, times), 4)}`;
  }

  function draw() {
    visited.add(at);
    const threshold = THRESHOLDS[at];
    const counts = countsAt(at);
    const now = rates(counts);
    const total = cost(counts, price);

    tumors.forEach(({ x, y, mark }, i) => {
      const wrong = PROBABILITY[i] >= threshold !== (IS_MALIGNANT[i] === 1);
      const size = wrong ? 4.5 : 2.7;
      set(mark, IS_MALIGNANT[i] ? { cx: x, cy: y, r: size } : { x: x - size, y: y - size, width: 2 * size, height: 2 * size });
      set(mark, { class: wrong ? "kb-figure__dot--3" : `kb-figure__dot--${IS_MALIGNANT[i] ? 1 : 2}`, "fill-opacity": wrong ? 1 : 0.6 });
    });
    for (const cut of cuts) set(cut, { x1: place(threshold), x2: place(threshold) });
    set(grip, { cx: place(threshold) });

    const shownAt = all.get() ? [...THRESHOLDS.keys()] : [...visited];
    const dot = (cx, cy) => svg("circle", { cx, cy, r: 2.4, class: "kb-figure__dot--1", "fill-opacity": 0.6 });
    const tried = shownAt.map((i) => [THRESHOLDS[i], countsAt(i)]).map(([t, c]) => ({ t, ...rates(c), cost: cost(c, price) }));
    costTrace.replaceChildren(...tried.map((point) => dot(place(point.t), toCost(point.cost))));
    roc.trace.replaceChildren(...tried.map((point) => dot(roc.x(point.falsePositiveRate), roc.y(point.recall))));
    pr.trace.replaceChildren(...tried.filter((point) => point.precision !== null).map((point) => dot(pr.x(point.recall), pr.y(point.precision))));
    set(costHere, { cx: place(threshold), cy: Math.max(toCost(total), COSTS.top) });
    set(roc.here, { cx: roc.x(now.falsePositiveRate), cy: roc.y(now.recall) });
    set(pr.here, { cx: pr.x(now.recall), cy: pr.y(now.precision ?? 1) });

    position.set(at);
    const { tp, fp, fn, tn } = counts;
    cells.tp.textContent = `${fixed(tp)} found`;
    cells.fn.textContent = `${fixed(fn)} missed`;
    cells.fp.textContent = plural(fp, "false alarm");
    cells.tn.textContent = `${fixed(tn)} spared`;
    for (const [name, value] of Object.entries({ ...counts, price, cost: total })) tell(name, fixed(value));
    for (const name of ["precision", "recall", "falsePositiveRate", "f1"]) tell(name, digits(now[name]));
    tell("rule", digits(ruleThreshold(price)));
    state.say(
      `Threshold ${shown(threshold)}: ${fixed(tp)} malignant tumors found, ${fixed(fn)} missed, ${plural(fp, "false alarm")}, ${fixed(tn)} benign spared. ` +
      `Precision ${digits(now.precision)}, recall ${digits(now.recall)}, F1 ${digits(now.f1)}, accuracy ${digits(now.accuracy)}. Cost ${fixed(total)}. ${verdict(total)}`,
    );
  }

  function verdict(total) {
    const { least, ties } = cheapest();
    const without = noModelCost(IS_MALIGNANT, price, times);
    const everyone = `Calling every tumor ${without.answer === 1 ? "malignant" : "benign"} would cost ${fixed(without.cost)}`;
    const words = [];
    if (total === least) words.push("No threshold is cheaper on these tumors.");
    else if (total >= without.cost) words.push(`${everyone}, which is no more than this.`);
    else words.push(`A ${ties[0] > at ? "higher" : "lower"} threshold is cheaper.`);
    if (THRESHOLDS[at] === ruleThreshold(price)) words.push("This is where the cost rule cuts.");
    if (times > 1) words.push("The probabilities were learned with fewer benign tumors and are now too high: the cost rule no longer fits.");
    return words.join(" ");
  }

  draggable(grip, (px) => move(nearest(1 / (1 + Math.exp(-toX.invert(px))))));
  frame();
  draw();
  visited.clear(); // the place where the figure opens is not a try

  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, strip, html("div", {}, curves, table)),
    html(
      "div", { class: "kb-figure__controls" },
      position.row, worth.row, share.row,
      html("div", { class: "kb-figure__row" }, button("Cut where the cost rule says", () => move(THRESHOLDS.indexOf(ruleThreshold(price)))), button("Cheapest on these tumors", () => move(cheapest().ties[0])), all.row),
    ),
    formulas, state.element,
  );
  const question = predictFirst({
    question: "A missed tumor costs as much as 20 false alarms. Which threshold is cheapest?",
    options: [
      ["0.5", "There the cost is 63. Move the threshold both ways and watch it."],
      ["Near 0.9", "That avoids false alarms, the cheap mistake. Move there, then the other way, and compare the costs."],
      ["Near 0.1 or below", "Move there step by step. Where does the cost stop falling?"],
    ],
    stage,
  });
  figure.append(question, stage);
}

define("threshold", build);
