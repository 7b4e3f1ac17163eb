// Figure "split picker" (classic/decision-trees): pick a measurement of iris and move a cut, watch the two piles and the
// gain; then let the tree grow and compare its score on the flowers it saw with its score on flowers held out.
// Gains are drawn only where the reader has been, so that the best cut is found, not shown.

import { axes, button, choice, define, draggable, fixed, formula, group, html, liveNumber, math, mi, mn, predictFirst, scale, set, slider, spokenState, svg, toggle } from "./common.js";
import { FEATURES, LABELS, SPECIES, TENTHS } from "./iris.data.js";
import { N_FOLDS, TIE, TIE_ORDER, gainCurve, grow, heldOutAccuracy, leaves, trainingAccuracy } from "./split-picker.math.js";

const N_CLASSES = SPECIES.length;
const DEEPEST = 5; // every leaf is pure there
const BOX = { left: 40, right: 334, top: 24, bottom: 214 };
const ROW = (BOX.bottom - BOX.top) / N_CLASSES;
const MOST_ALIKE = 33; // room for the tallest bar: 29 setosas have a petal width of 0.2 cm
const GAIN_TOP = 0.4; // the best gain is a third
const LEVEL = 30; // height of one level of the tree's drawing

const cm = (tenths, digits = 1) => fixed(tenths / 10, digits);
const sub = (name, index) => math("msub", {}, mi(name), mi(index));

/** "50 setosa, 3 virginica": the classes that occur. */
function pile(counts) {
  const present = counts.map((count, k) => [count, SPECIES[k]]).filter(([count]) => count > 0);
  return present.map(([count, species]) => `${count} ${species}`).join(", ");
}

const capital = (words) => words[0].toUpperCase() + words.slice(1);

/** The cut as the pages write it: two digits, because it lies between two tenths. */
const cutText = (cut) => `${cm(cut, 2)} cm`;

// ---- Part one: a single cut

function firstCut() {
  const curves = FEATURES.map((_, j) => gainCurve(TENTHS.map((flower) => flower[j]), LABELS, N_CLASSES));
  const bestGain = curves.map((curve) => Math.max(...curve.map((split) => split.gain)));
  const overall = Math.max(...bestGain);
  const visited = curves.map(() => new Set());
  const start = Math.floor(curves[0].length / 2);
  let feature = 0;
  let at = start;
  let toX;

  const bars = svg("g", { "aria-hidden": "true" });
  const cutLine = svg("line", { y1: BOX.top, y2: BOX.bottom, class: "kb-figure__line--guide" });
  const grip = svg("circle", { r: 9, cy: BOX.bottom, class: "kb-figure__grip" });
  const flowers = svg("svg", { viewBox: "0 0 344 252", role: "img", "aria-label": "Flowers by the chosen measurement, one row per species, and the cut. The counts stand in the text below." });
  const trace = svg("g", { "aria-hidden": "true" });
  const here = svg("circle", { r: 6, class: "kb-figure__dot--1" });
  const gains = svg("svg", { viewBox: "0 0 344 252", role: "img", "aria-label": "Gain against the position of the cut, where you have been. The present gain stands in the text below." });
  const toGain = scale([0, GAIN_TOP], [BOX.bottom, BOX.top]);

  const side = (index) => {
    const counts = SPECIES.map(() => liveNumber(index === "L" ? 1 : 2));
    const [n, nAgain, impurity] = [liveNumber(), liveNumber(), liveNumber(index === "L" ? 1 : 2)];
    const squares = counts.flatMap((count, k) => [...(k ? ["+"] : []), math("msup", {}, count.element, mn(2))]);
    const share = math("mfrac", {}, group(...squares), math("msup", {}, n.element, mn(2)));
    return {
      element: formula(sub("G", index), "=", mn(1), "−", share, "=", impurity.element),
      set(values, total, value) {
        counts.forEach((count, k) => count.set(String(values[k])));
        n.set(String(total));
        nAgain.set(String(total));
        impurity.set(fixed(value, 4));
      },
      term: () => nAgain.element,
    };
  };
  const left = side("L");
  const right = side("R");
  const live = Object.fromEntries(["parent", "left", "right", "gain"].map((name) => [name, liveNumber(name === "left" ? 1 : name === "right" ? 2 : 0)]));
  const total = TENTHS.length;
  // Two halves, so that a narrow screen can put the second below the first.
  const gainFormula = html(
    "div", { class: "kb-figure__row kb-figure__row--centered kb-figure__row--close" },
    formula(mi("Δ"), "=", live.parent.element, "−", math("mfrac", {}, left.term(), mn(total)), "·", live.left.element),
    formula("−", math("mfrac", {}, right.term(), mn(total)), "·", live.right.element, "=", live.gain.element),
  );

  const state = spokenState();
  const pick = choice({ label: "Measurement:", options: FEATURES.map((name, j) => [j, name]), value: feature, onChange: (j) => choose(j) });
  const position = slider({ label: "Cut at", min: 0, max: curves[0].length - 1, step: 1, value: at, format: (i) => cutText(curves[feature][i].cut), onInput: (i) => move(i) });
  const all = toggle({ label: "Show the gain of every cut", onChange: () => draw() });
  const toBest = button("Best cut of this measurement", () => move(curves[feature].findIndex((split) => split.gain > bestGain[feature] - TIE)));

  function choose(next) {
    feature = next;
    at = Math.floor(curves[feature].length / 2);
    position.range(0, curves[feature].length - 1);
    frame();
    draw();
  }

  function move(next) {
    at = next;
    draw();
  }

  /** Everything that depends on the measurement alone. */
  function frame() {
    const values = TENTHS.map((flower) => flower[feature]);
    const [low, high] = [Math.min(...values) - 1, Math.max(...values) + 1];
    toX = scale([low, high], [BOX.left, BOX.right]);
    const wide = (toX(low + 1) - toX(low)) * 0.8;
    const every = high - low > 30 ? 10 : 5; // a tick each centimeter, or each half where the range is short
    const xTicks = [];
    for (let value = Math.ceil(low / every) * every; value <= high; value += every) xTicks.push([value, cm(value)]);
    const shared = { x: toX, box: BOX, xTicks, xTitle: `${FEATURES[feature]} (cm)` };
    bars.replaceChildren();
    SPECIES.forEach((species, k) => {
      const base = BOX.top + (k + 1) * ROW;
      const heights = new Map();
      values.forEach((value, i) => LABELS[i] === k && heights.set(value, (heights.get(value) ?? 0) + 1));
      for (const [value, count] of heights) {
        const height = (count / MOST_ALIKE) * ROW;
        bars.append(svg("rect", { x: toX(value) - wide / 2, y: base - height, width: wide, height, class: `kb-figure__dot--${k + 1}` }));
      }
      bars.append(svg("line", { x1: BOX.left, x2: BOX.right, y1: base, y2: base, class: "kb-figure__line--guide" }));
      bars.append(svg("text", { x: BOX.right, y: base - ROW + 14, "text-anchor": "end" }, species));
    });
    flowers.replaceChildren(axes({ ...shared, y: toGain, yTicks: [], yTitle: "Flowers" }), bars, cutLine, grip);
    const yTicks = [0, 0.1, 0.2, 0.3, 0.4].map((value) => [value, fixed(value, 1)]);
    gains.replaceChildren(axes({ ...shared, y: toGain, yTicks, yTitle: "Gain" }), trace, here);
  }

  function draw() {
    const split = curves[feature][at];
    visited[feature].add(at);
    set(cutLine, { x1: toX(split.cut), x2: toX(split.cut) });
    set(grip, { cx: toX(split.cut) });
    set(here, { cx: toX(split.cut), cy: toGain(split.gain) });
    const shown = all.get() ? [...curves[feature].keys()] : visited[feature];
    trace.replaceChildren(...[...shown].map((i) => {
      const point = curves[feature][i];
      return svg("circle", { cx: toX(point.cut), cy: toGain(point.gain), r: 3, class: "kb-figure__dot--1", "fill-opacity": 0.55 });
    }));
    position.set(at);
    left.set(split.left, split.nLeft, split.giniLeft);
    right.set(split.right, split.nRight, split.giniRight);
    live.parent.set(fixed(split.parent, 4));
    live.left.set(fixed(split.giniLeft, 4));
    live.right.set(fixed(split.giniRight, 4));
    live.gain.set(fixed(split.gain, 4));
    state.say(`${capital(FEATURES[feature])} at most ${cutText(split.cut)}. Left: ${pile(split.left)}. Right: ${pile(split.right)}. Gain ${fixed(split.gain, 4)}. ${verdict(split)}`);
  }

  function verdict(split) {
    if (split.gain < bestGain[feature] - TIE) return "Another cut of this measurement gains more.";
    if (split.gain < overall - TIE) return `The best of ${FEATURES[feature]}, but another measurement does better.`;
    const winners = FEATURES.map((_, j) => j).filter((j) => bestGain[j] > overall - TIE);
    const found = winners.filter((j) => [...visited[j]].some((i) => curves[j][i].gain > overall - TIE));
    if (found.length < winners.length) return "No cut of any measurement gains more. Does another gain as much?";
    return `A tie: ${winners.map((j) => FEATURES[j]).join(" and ")} both gain ${fixed(overall, 4)}, by cuts that give the same two piles.`;
  }

  draggable(grip, (px) => {
    const wanted = toX.invert(px);
    const near = curves[feature].map((split) => Math.abs(split.cut - wanted));
    move(near.indexOf(Math.min(...near)));
  });
  frame();
  draw();
  visited[0].clear(); // the place where the figure opens is not a try

  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, flowers, gains),
    html("div", { class: "kb-figure__controls" }, pick.row, position.row, html("div", { class: "kb-figure__row" }, toBest, all.row)),
    left.element, right.element, gainFormula, state.element,
  );
  const question = predictFirst({
    question: "Which measurement holds the best first cut?",
    options: [
      ["Petal width", "A good guess. Find its best cut, note the gain, and compare with petal length."],
      ["Petal length", "A good guess. Find its best cut, note the gain, and compare with petal width."],
      ["A sepal", "Look how the species overlap there. Note its best gain, then try a petal."],
      ["Several, equally", "Find the best cut of each and compare all four digits."],
    ],
    stage,
  });
  return [question, stage];
}

// ---- Part two: cut after cut

function keepCutting() {
  const depths = Array.from({ length: DEEPEST + 1 }, (_, depth) => depth);
  const trees = depths.map((depth) => grow(TENTHS, LABELS, N_CLASSES, depth, TIE_ORDER));
  const seen = depths.map((depth) => trainingAccuracy(TENTHS, LABELS, N_CLASSES, depth, TIE_ORDER));
  const unseen = depths.map((depth) => heldOutAccuracy(TENTHS, LABELS, N_CLASSES, depth, TIE_ORDER, N_FOLDS));
  const visited = new Set();
  let depth = 1;

  const toX = scale([0, DEEPEST], [BOX.left + 8, BOX.right - 8]);
  const toY = scale([0.3, 1], [BOX.bottom, BOX.top]);
  const marks = svg("g", { "aria-hidden": "true" });
  const chart = svg(
    "svg",
    { viewBox: "0 0 344 252", role: "img", "aria-label": "Accuracy on training and held-out flowers at the depths you have tried. The values stand in the text below." },
    axes({ x: toX, y: toY, box: BOX, xTicks: depths.map((d) => [d, d]), yTicks: [0.4, 0.6, 0.8, 1].map((v) => [v, fixed(v, 1)]), xTitle: "depth limit", yTitle: "Accuracy: circles training, squares held out" }),
    marks,
  );
  const blocks = svg("g", { "aria-hidden": "true" });
  const tree = svg("svg", { viewBox: "0 0 344 252", role: "img", "aria-label": "The tree from the root above to the leaves below; a block is as wide as its pile. The same tree stands below as text." }, ...SPECIES.map((species, k) => svg("text", { x: 5 + (k + 0.5) * (334 / N_CLASSES), y: 16, "text-anchor": "middle" }, species)), blocks);
  const text = html("div", { class: "kb-figure__text" });
  const state = spokenState();
  const limit = slider({ label: "Depth limit", min: 0, max: DEEPEST, step: 1, value: depth, onInput: (next) => { depth = next; draw(); } });

  function block(node, level, from) {
    const unit = 334 / TENTHS.length;
    const y = 24 + level * (LEVEL + 6);
    let x = 5 + from * unit;
    node.counts.forEach((count, k) => {
      if (count > 0) blocks.append(svg("rect", { x, y, width: Math.max(count * unit - 1, 1), height: LEVEL, class: `kb-figure__dot--${k + 1}` }));
      x += count * unit;
    });
    if (!node.low) return;
    block(node.low, level + 1, from);
    block(node.high, level + 1, from + node.low.n);
  }

  function lines(node, indent) {
    if (!node.low) return [node.counts[node.prediction] === node.n ? pile(node.counts) : `${SPECIES[node.prediction]} (${pile(node.counts)})`];
    const [yes, ...belowYes] = lines(node.low, `${indent}  `);
    const [no, ...belowNo] = lines(node.high, `${indent}  `);
    return [`${FEATURES[node.feature]} ≤ ${cutText(node.cut)}?`, `${indent}yes: ${yes}`, ...belowYes, `${indent}no: ${no}`, ...belowNo];
  }

  function draw() {
    visited.add(depth);
    marks.replaceChildren();
    for (const d of [...visited].sort()) {
      const now = d === depth ? 6 : 4;
      marks.append(svg("circle", { cx: toX(d), cy: toY(seen[d]), r: now, class: "kb-figure__dot--1" }));
      marks.append(svg("rect", { x: toX(d) - now, y: toY(unseen[d]) - now, width: 2 * now, height: 2 * now, class: "kb-figure__dot--2" }));
    }
    blocks.replaceChildren();
    block(trees[depth], 0, 0);
    text.textContent = lines(trees[depth], "").join("\n");
    const ends = leaves(trees[depth]);
    const smallest = Math.min(...ends.map((leaf) => leaf.n));
    const size = ends.length === 1 ? "one leaf" : `${ends.length} leaves, the smallest with ${smallest} flower${smallest === 1 ? "" : "s"}`;
    const finish = visited.size > DEEPEST ? " The training score never falls. The held-out score has stopped rising." : "";
    state.say(`Depth ${depth}: ${size}. Right on ${fixed(seen[depth], 4)} of the training flowers and ${fixed(unseen[depth], 4)} of held-out flowers in ten folds.${finish}`);
  }

  draw();
  visited.clear();
  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, tree, chart),
    html("div", { class: "kb-figure__controls" }, limit.row),
    state.element,
    html("details", {}, html("summary", {}, "The tree as text"), text),
  );
  const question = predictFirst({
    question: "Let the tree cut on. With each level it gets more of its own flowers right. And of flowers it has not seen?",
    options: [
      ["More with each level", "Try every depth and watch the squares."],
      ["It levels off", "Try every depth and watch the squares."],
      ["It drops back to one in three", "That bad? Try every depth and watch the squares."],
    ],
    stage,
  });
  return [question, stage];
}

define("split-picker", (figure) => {
  figure.setAttribute("aria-label", "Interactive figure: split picker");
  figure.append(...firstCut(), ...keepCutting());
});
