// Figure "digit editor" (projects/digit-recognition): the page's trained network on a real test image that the reader changes
// pixel by pixel. The reader finds the two pixels that turn a 3 into an 8, pixels that change nothing, and that a blank box gets an answer too.

import { button, choice, define, fixed, formula, formulaLine, group, html, liveNumber, math, mi, mn, predictFirst, set, slider, spokenState, svg } from "./common.js";
import { IMAGES, TEMPERATURE } from "./digit-editor.data.js";
import { CLASSES, INK, SIDE, TRUSTED_FROM, answer, bestChange, changed, logits, probabilities } from "./digit-editor.math.js";

const START = { digit: 3, target: 8, row: 2, column: 2 };
const WIDTH = 344;
const EDGE = 2; // around the grid, so that outlines are whole
const CELL = (WIDTH - 2 * EDGE) / SIDE;
const BAR = { left: 24, height: 26, step: 34, wide: 250 };
const DIGITS = Array.from({ length: CLASSES }, (_, k) => [k, String(k)]);

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const sub = (name, index) => math("msub", {}, mi(name), index);
const power = (exponent) => math("msup", {}, mi("e"), exponent);
const over = (above, below) => math("mfrac", {}, above, below);

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: edit a digit");
  const now = { ...START, image: IMAGES[START.digit] };

  const cells = Array.from({ length: SIDE * SIDE }, (_, place) => {
    const at = { x: EDGE + (place % SIDE) * CELL, y: EDGE + Math.floor(place / SIDE) * CELL, width: CELL, height: CELL };
    const ink = svg("rect", { ...at, class: "kb-figure__dot--1" });
    const text = svg("text", { x: at.x + 4, y: at.y + 14, class: "kb-figure__number" });
    // A click chooses a pixel and turns it over: little ink becomes full ink, much becomes none.
    const flip = () => {
      Object.assign(now, { row: Math.floor(place / SIDE), column: place % SIDE });
      edit(place, now.image[place] < INK / 2 ? INK : 0);
    };
    return { ink, text, element: svg("g", { onclick: flip }, svg("rect", { ...at, class: "kb-figure__box" }), ink, text) };
  });
  const outline = svg("rect", { class: "kb-figure__grip", "fill-opacity": 0, "pointer-events": "none", width: CELL, height: CELL });
  const picture = svg(
    "svg", { viewBox: `0 0 ${WIDTH} ${WIDTH}`, role: "img", "aria-label": "The digit as a grid of 8 by 8 pixels. The chosen pixel and its ink stand in the text below." },
    svg("g", { "aria-hidden": "true" }, ...cells.map(({ element }) => element)), outline,
  );

  const bars = DIGITS.map(([k]) => {
    const y = k * BAR.step + 4;
    const bar = svg("rect", { x: BAR.left, y, height: BAR.height });
    const text = svg("text", { x: BAR.left + BAR.wide + 8, y: y + 18, class: "kb-figure__number" });
    return { bar, text, element: svg("g", {}, svg("rect", { x: BAR.left, y, width: BAR.wide, height: BAR.height, class: "kb-figure__box" }), bar, svg("text", { x: 8, y: y + 18 }, String(k)), text) };
  });
  const chart = svg(
    "svg", { viewBox: `0 0 ${WIDTH} ${CLASSES * BAR.step}`, role: "img", "aria-label": "Probabilities of the ten digits as bars. The two largest stand in the text below." },
    svg("g", { "aria-hidden": "true" }, ...bars.map(({ element }) => element)),
  );

  const shown = { classes: [liveNumber(2), liveNumber(2)], logit: liveNumber(2), above: liveNumber(2), below: liveNumber(), again: liveNumber(), p: liveNumber(2) };
  const toThe = (score) => power(group(score, "/", mn(TEMPERATURE)));
  const formulas = formulaLine(
    formula(sub("p", shown.classes[0].element), "=", over(toThe(sub("z", shown.classes[1].element)), group(math("msub", {}, math("mo", {}, "∑"), mi("k")), toThe(sub("z", mi("k")))))),
    formula("=", over(toThe(shown.logit.element), shown.below.element)),
    formula("=", over(shown.above.element, shown.again.element), "=", shown.p.element),
  );
  const state = spokenState();

  function edit(place, ink) {
    now.image = changed(now.image, place, ink);
    draw();
  }
  const start = (digit) => { Object.assign(now, { digit, image: IMAGES[digit] }); draw(); };
  const controls = {
    row: slider({ label: "Pixel: row", min: 0, max: SIDE - 1, step: 1, value: now.row, onInput: (row) => { now.row = row; draw(); } }),
    column: slider({ label: "Pixel: column", min: 0, max: SIDE - 1, step: 1, value: now.column, onInput: (column) => { now.column = column; draw(); } }),
    ink: slider({ label: "Its ink", min: 0, max: INK, step: 1, value: 0, onInput: (ink) => edit(now.row * SIDE + now.column, ink) }),
    target: choice({ label: "Toward:", options: DIGITS, value: now.target, onChange: (target) => { now.target = target; draw(); } }),
    digit: choice({ label: "Test image:", options: DIGITS, value: now.digit, onChange: start }),
  };

  function draw() {
    const place = now.row * SIDE + now.column;
    now.image.forEach((pixel, i) => {
      set(cells[i].ink, { "fill-opacity": (0.75 * pixel) / INK });
      cells[i].text.textContent = pixel === IMAGES[now.digit][i] ? "" : "●"; // changed by the reader
    });
    set(outline, { x: EDGE + now.column * CELL, y: EDGE + now.row * CELL });
    const scores = logits(now.image);
    const p = probabilities(scores);
    const first = answer(p);
    bars.forEach(({ bar, text }, k) => {
      set(bar, { width: BAR.wide * p[k], class: k === now.target ? "kb-figure__dot--2" : "kb-figure__dot--1" });
      text.textContent = fixed(p[k], 3);
    });
    for (const name of ["row", "column", "target", "digit"]) controls[name].set(now[name]);
    controls.ink.set(now.image[place]);

    const powers = scores.map((score) => Math.exp(score / TEMPERATURE));
    const size = (value) => fixed(value, value < 1000 ? 3 : 0);
    for (const name of shown.classes) name.set(String(now.target));
    shown.logit.set(fixed(scores[now.target], 2));
    shown.above.set(size(powers[now.target]));
    for (const part of [shown.below, shown.again]) part.set(size(powers.reduce((sum, value) => sum + value)));
    shown.p.set(fixed(p[now.target], 3));

    const second = answer(p.map((value, k) => (k === first ? -1 : value)));
    const edits = now.image.filter((pixel, i) => pixel !== IMAGES[now.digit][i]).length;
    state.say([
      `Read as ${first} with probability ${fixed(p[first], 3)}, then ${second} with ${fixed(p[second], 3)}.`,
      p[first] >= TRUSTED_FROM ? "Trusted." : "Below 0.96: a person looks.",
      `A ${now.digit} with ${plural(edits, "pixel")} changed. The pixel at row ${now.row}, column ${now.column} has ink ${now.image[place]}.`,
    ].join(" "));
  }

  const help = button("Change the one pixel that helps most", () => {
    const { place, image } = bestChange(now.image, now.target);
    Object.assign(now, { image, row: Math.floor(place / SIDE), column: place % SIDE });
    draw();
  });
  const blank = button("Clear", () => { now.image = IMAGES[now.digit].map(() => 0); draw(); });
  const again = button("Start again", () => { Object.assign(now, START); start(START.digit); });
  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, html("div", {}, html("p", {}, "Click a pixel, or use the sliders"), picture), html("div", {}, html("p", {}, "What the network answers"), chart)),
    html("div", { class: "kb-figure__controls" }, ...Object.values(controls).map(({ row }) => row), html("div", { class: "kb-figure__row" }, help, blank, again)),
    state.element, html("div", {}, formulas),
  );
  const question = predictFirst({
    question: "How many pixels, each made empty or full, until the network reads this 3 as an 8?",
    options: [
      ["One or two", "Which ones? Find them, or let the button find them. Then look for pixels that change nothing."],
      ["Three to six", "Try the left side. Where does an 8 have ink that a 3 has not?"],
      ["More than six", "Try the left side. Where does an 8 have ink that a 3 has not?"],
    ],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("digit-editor", build);
