// Figure "rungs" (classic/framing-a-problem): the page's predictors on a scale whose zero, the best constant, moves with
// the prevalence and the price of a miss. The reader finds that "nobody" becomes brilliant by accuracy as positives become
// rare, that by cost another constant may win, and that a rung above the floor can fall below it with nothing learned or lost.

import { axes, button, choice, define, fixed, formula, formulaLine, group, html, liveNumber, math, mi, mn, predictFirst, scale, set, slider, spokenState, svg } from "./common.js";
import { CONSTANTS, PREVALENCE, RUNGS, floor, perfect, ratesOf, score, skill } from "./rungs.math.js";

const NAMES = {
  nobody: "Nobody",
  everybody: "Everybody",
  rule: "One rule",
  logistic: "Logistic regression",
  priced: "The same, from 1/21 on",
};
const SHARES = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, PREVALENCE, 0.5];
const PRICES = [1, 2, 5, 10, 20, 50, 100]; // false alarms that a miss is worth
const START = { count: "accuracy", share: PREVALENCE, price: 20 };
const TAUGHT = RUNGS.map(([key]) => key).filter((key) => !CONSTANTS.includes(key));

const BOX = { left: 148, right: 332, top: 30, bottom: 170 };
const STEP = 28; // from rung to rung

const sub = (name, index) => math("msub", {}, mi(name), mn(index));
const star = (name) => math("msup", {}, mi(name), math("mo", {}, "*"));
const percent = (share) => `${fixed(100 * share, Number.isInteger(100 * share) ? 0 : 1)} %`;
const alarms = (price) => (price === 1 ? "one false alarm" : `${price} false alarms`);

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: rungs and their floor");
  let { count, share, price } = START;
  let subject = "rule";

  const scaleGroup = svg("g");
  const floorLine = svg("line", { y1: BOX.top - 8, y2: BOX.bottom, class: "kb-figure__line--guide" });
  const rows = RUNGS.map(([key], i) => {
    const y = BOX.top + 10 + i * STEP;
    const mark = svg("circle", { cy: y, r: 6 });
    const value = svg("text", { y: y - 9, "text-anchor": "middle" });
    return { key, mark, value, parts: [svg("text", { x: BOX.left - 10, y: y + 4, "text-anchor": "end" }, NAMES[key]), mark, value] };
  });
  const drawing = svg(
    "svg",
    { viewBox: "0 0 344 208", role: "img", "aria-label": "Five predictors on the scale that is chosen, and the floor, which is the better of the two constants, as a dashed line. The numbers stand in the table." },
    scaleGroup, floorLine, svg("g", { class: "kb-figure__axes", "aria-hidden": "true" }, ...rows.flatMap(({ parts }) => parts)),
  );

  const cells = Object.fromEntries(RUNGS.map(([key]) => [key, { score: html("td", {}), skill: html("td", {}) }]));
  const scoreHead = html("th", { scope: "col" });
  const table = html(
    "table", { class: "kb-figure__table" },
    html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Rung"), scoreHead, html("th", { scope: "col" }, "Skill"))),
    html("tbody", {}, ...RUNGS.map(([key]) => html("tr", {}, html("th", { scope: "row" }, NAMES[key]), cells[key].score, cells[key].skill))),
  );

  // A value may stand in several places of the formulas; a name's numbers are told together.
  const live = {};
  const el = (name, series = 0) => {
    const number = liveNumber(series);
    (live[name] ??= []).push(number);
    return number.element;
  };
  const [prevalence, others, recalled, flagged, worth] = ["share", "rest", "recall", "rate", "price"].map((name) => el(name));
  const terms = [math("mrow", {}), math("mrow", {})]; // of positives and of negatives, in the count that is chosen
  const formulas = html(
    "div", {},
    formulaLine(formula(mi("s"), "=", terms[0]), formula("+", terms[1]), formula("=", el("score", 1))),
    formulaLine(
      formula(math("mtext", {}, "skill"), "=", math("mfrac", {}, group(mi("s"), "−", sub("s", "0")), group(star("s"), "−", sub("s", "0")))),
      formula("=", math("mfrac", {}, group(el("score", 1), "−", el("floor", 2)), group(el("best"), "−", el("floor", 2)))),
      formula("=", el("skill", 3)),
    ),
  );
  const state = spokenState();

  const counted = choice({ label: "Count", options: [["accuracy", "right answers"], ["cost", "cost of a row"]], value: count, onChange: (next) => { count = next; draw(); } });
  const rare = slider({ label: "Positives: prevalence π", min: 0, max: SHARES.length - 1, step: 1, value: SHARES.indexOf(share), format: (i) => percent(SHARES[i]), onInput: (i) => { share = SHARES[i]; draw(); } });
  const dear = slider({ label: "A miss costs", min: 0, max: PRICES.length - 1, step: 1, value: PRICES.indexOf(price), format: (i) => alarms(PRICES[i]), onInput: (i) => { price = PRICES[i]; draw(); } });
  const spoken = choice({ label: "In the formula", options: TAUGHT.map((key) => [key, NAMES[key]]), value: subject, onChange: (next) => { subject = next; draw(); } });

  function draw() {
    const zero = floor(count, share, price);
    const scores = RUNGS.map(([key]) => score(count, key, share, price));
    // By cost the scale ends at the dearest rung but the dearer constant, which can be far away.
    const near = RUNGS.map(([key], i) => (CONSTANTS.includes(key) && key !== zero.key ? 0 : scores[i]));
    const end = count === "accuracy" ? 1 : Math.max(...near) * 1.15;
    const x = scale([0, end], [BOX.left, BOX.right]);
    const ticks = (count === "accuracy" ? [0, 0.5, 1] : [0, end / 2, end]).map((value) => [value, count === "accuracy" ? fixed(value, 1) : fixed(value, end < 1 ? 2 : 1)]);
    scaleGroup.replaceChildren(axes({ x, y: () => 0, box: BOX, xTicks: ticks, yTicks: [], xTitle: count === "accuracy" ? "accuracy, better to the right" : "cost of a row, better to the left", yTitle: "" }));
    set(floorLine, { x1: x(zero.score), x2: x(zero.score) });
    rows.forEach(({ key, mark, value }, i) => {
      const px = Math.min(BOX.right, x(scores[i]));
      set(mark, { cx: px, class: key === zero.key ? "kb-figure__dot--2" : skill(count, key, share, price) < 0 ? "kb-figure__dot--3" : "kb-figure__dot--1" });
      set(value, { x: Math.min(px, BOX.right - 12) });
      value.textContent = scores[i] > end ? `${fixed(scores[i], 2)} →` : fixed(scores[i], count === "accuracy" ? 3 : 2);
      cells[key].score.textContent = fixed(scores[i], 3);
      cells[key].skill.textContent = key === zero.key ? "0, the floor" : fixed(skill(count, key, share, price), 2);
    });
    scoreHead.textContent = count === "accuracy" ? "Right answers" : "Cost of a row";

    const { recall, rate } = ratesOf(subject);
    const s = score(count, subject, share, price);
    const rest = (number) => group("(", mn(1), "−", number, ")");
    const [ofPositives, ofNegatives] = count === "accuracy"
      ? [[prevalence, "·", recalled], [others, "·", rest(flagged)]]
      : [[prevalence, "·", worth, "·", rest(recalled)], [others, "·", flagged]];
    terms[0].replaceChildren(group(...ofPositives));
    terms[1].replaceChildren(group(...ofNegatives));
    const said = { share, rest: 1 - share, recall, rate, score: s, floor: zero.score };
    for (const [name, value] of Object.entries(said)) for (const number of live[name]) number.set(fixed(value, 3));
    live.price[0].set(String(price));
    live.best[0].set(String(perfect(count)));
    live.skill[0].set(fixed(skill(count, subject, share, price), 2));
    rare.set(SHARES.indexOf(share));
    dear.set(PRICES.indexOf(price));
    counted.set(count);
    spoken.set(subject);
    state.say(words(zero));
  }

  function words(zero) {
    const named = (key) => (key === "priced" ? "logistic regression, flagging from 1/21 on" : NAMES[key].toLowerCase());
    const below = TAUGHT.filter((key) => skill(count, key, share, price) < 0).map(named);
    const [best] = RUNGS.map(([key]) => key).sort((one, other) => skill(count, other, share, price) - skill(count, one, share, price));
    const unit = count === "accuracy" ? "right answers" : "the cost of a row";
    return [
      `Prevalence ${percent(share)}, a miss costs ${alarms(price)}, counting ${unit}. The floor is "${named(zero.key)}" with ${fixed(zero.score, 3)}.`,
      below.length ? `Below the floor: ${below.join("; ")}.` : "Every rung with a column in it is above the floor.",
      `The best is ${best === zero.key ? "the floor itself" : named(best)}.`,
    ].join(" ");
  }

  const controls = html(
    "div", { class: "kb-figure__controls" },
    counted.row, rare.row, dear.row, spoken.row,
    html("div", { class: "kb-figure__row" }, button("The page's tumors", () => { ({ count, share, price } = START); draw(); })),
  );
  const stage = html("div", {}, html("div", { class: "kb-figure__drawings" }, html("div", {}, drawing, table), controls), state.element, formulas);
  const question = predictFirst({
    question: "Of these tumors 37 % are malignant, and the one rule is right on 89 %, \"nobody\" on 63 %. In a screening, 1 % are malignant. Which is right more often there?",
    options: [
      ["The one rule, by more than here", "Move the prevalence to 1 % and read both rows of the table."],
      ["The one rule, by less", "Move the prevalence to 1 % and read both rows of the table."],
      ["Nobody", "Move the prevalence to 1 % and see by how much. Then count the cost instead."],
    ],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("rungs", build);
