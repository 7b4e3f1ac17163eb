// Figure "dot or cosine" (architectures/embeddings): four words as arrows, compared with tea by dot product and by
// cosine. The reader makes a word more frequent and sees its dot product grow while its cosine stands still; PPMI takes
// the frequency out of the arrows themselves.

import { axes, button, choice, clipped, define, draggable, fixed, formula, formulaLine, group, html, liveNumber, math, mi, mo, predictFirst, scale, set, short, slider, spokenState, svg } from "./common.js";
import { COUNTS, WORDS, cosine, countsOf, frequencyOf, norm, ppmi, ranking, shareOf } from "./dot-or-cosine.math.js";
import { dot } from "./shared.math.js";

const BOX = { left: 34, right: 334, top: 24, bottom: 324 }; // square, so that angles are true
const MOST = { counts: 12, ppmi: 1.2 }; // the ends of the axes
const TICKS = { counts: [0, 2, 4, 6, 8, 10, 12], ppmi: [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2] };
const ASKED = 0;
const OTHERS = [1, 2, 3];
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: dot product or cosine");
  let counts = COUNTS.map((row) => [...row]);
  let chosen = 1;
  let kind = "counts";

  const frame = svg("g");
  const arrows = WORDS.map((word, i) => ({
    line: svg("line", { class: i === ASKED ? "kb-figure__line--1" : "kb-figure__line--2" }),
    tip: svg("circle", { r: 7, class: "kb-figure__grip" }),
    name: svg("text", {}, word),
  }));
  const drawing = svg(
    "svg",
    { viewBox: "0 0 344 362", role: "img", "aria-label": "The four words as arrows from the origin: tea, coffee, the and car. The numbers stand in the table and the text." },
    frame,
    clipped({ left: BOX.left, right: BOX.right, top: BOX.top - 8, bottom: BOX.bottom + 1 }, ...arrows.map(({ line }) => line)),
    ...arrows.flatMap(({ name, tip }) => [name, tip]),
  );

  const cells = OTHERS.map(() => [html("td", {}), html("td", {})]);
  const table = html(
    "table", { class: "kb-figure__table" },
    html("thead", {}, html("tr", {}, ...["Like tea?", "Dot product, place", "Cosine, place"].map((text) => html("th", { scope: "col" }, text)))),
    html("tbody", {}, ...OTHERS.map((word, row) => html("tr", {}, html("th", { scope: "row" }, WORDS[word]), ...cells[row]))),
  );

  const live = Object.fromEntries(["products", "dot", "again", "lengths", "cosine"].map((name, i) => [name, liveNumber([1, 2, 2, 1, 3][i])]));
  const length = (name) => group(mo("‖"), mi(name), mo("‖"));
  const formulas = html(
    "div", {},
    formulaLine(formula(mi("a"), "·", mi("b"), "=", live.products.element), formula("=", live.dot.element)),
    formulaLine(
      formula(math("mi", {}, "cos"), "=", math("mfrac", {}, group(mi("a"), "·", mi("b")), group(length("a"), length("b")))),
      formula("=", math("mfrac", {}, live.again.element, live.lengths.element)),
      formula("=", live.cosine.element),
    ),
  );
  const state = spokenState();

  const subject = choice({ label: "Word b:", options: WORDS.slice(1).map((word, i) => [i + 1, word]), value: chosen, onChange: (word) => { chosen = word; draw(); } });
  const often = slider({ label: "Frequency", min: 1, max: 12, step: 0.5, value: 3, format: short, onInput: (frequency) => place(chosen, countsOf(frequency, shareOf(counts[chosen]))) });
  const company = slider({ label: "Share beside drink", min: 0, max: 1, step: 0.01, value: 0.67, format: (share) => `${fixed(100 * share)} %`, onInput: (share) => place(chosen, countsOf(frequencyOf(counts[chosen]), share)) });
  const numbers = choice({ label: "Arrows show", options: [["counts", "counts"], ["ppmi", "PPMI"]], value: kind, onChange: (next) => { kind = next; draw(); } });

  function place(word, next) {
    counts[word] = next;
    draw();
  }

  OTHERS.forEach((word) => draggable(arrows[word].tip, (px, py) => {
    if (kind !== "counts") return; // PPMI follows from counts and cannot be pulled
    const at = (pixel, from, to) => clamp(scale([0, MOST.counts], [from, to]).invert(pixel), 0, 12);
    const pulled = [at(px, BOX.left, BOX.right), at(py, BOX.bottom, BOX.top)];
    chosen = word;
    place(word, countsOf(clamp(frequencyOf(pulled), 1, 12), shareOf(pulled)));
  }));

  function draw() {
    const vectors = kind === "counts" ? counts : ppmi(counts);
    const toX = scale([0, MOST[kind]], [BOX.left, BOX.right]);
    const toY = scale([0, MOST[kind]], [BOX.bottom, BOX.top]);
    const ticks = TICKS[kind].map((value) => [value, short(value)]);
    const what = kind === "counts" ? "times" : "PPMI";
    frame.replaceChildren(axes({ x: toX, y: toY, box: BOX, xTicks: ticks, yTicks: ticks, xTitle: `${what} beside drink`, yTitle: `${what} beside drive` }));
    arrows.forEach(({ line, tip, name }, i) => {
      const [x, y] = vectors[i].map((value) => Math.min(value, MOST[kind]));
      set(line, { x1: toX(0), y1: toY(0), x2: toX(x), y2: toY(y), class: i === ASKED ? "kb-figure__line--1" : i === chosen ? "kb-figure__line--3" : "kb-figure__line--2" });
      tip.classList.toggle("kb-figure__grip--chosen", i === chosen);
      set(tip, { cx: toX(x), cy: toY(y) });
      const far = x > 0.85 * MOST[kind]; // the name stays inside the drawing
      set(name, { x: toX(x) + (far ? -10 : 10), y: Math.max(toY(y) - 8, BOX.top + 4), "text-anchor": far ? "end" : "start" });
    });

    const dots = OTHERS.map((word) => dot(vectors[ASKED], vectors[word]));
    const cosines = OTHERS.map((word) => cosine(vectors[ASKED], vectors[word]));
    const places = (groups, row) => groups.findIndex((tied) => tied.includes(row)) + 1;
    const orders = [ranking(dots), ranking(cosines)];
    cells.forEach(([byDot, byCosine], row) => {
      byDot.textContent = `${short(dots[row])}, ${places(orders[0], row)}`;
      byCosine.textContent = cosines[row] === null ? "none" : `${fixed(cosines[row], 4)}, ${places(orders[1], row)}`;
    });

    const [a, b] = [vectors[ASKED], vectors[chosen]];
    live.products.set(`${short(a[0])}·${short(b[0])} + ${short(a[1])}·${short(b[1])}`);
    live.dot.set(short(dot(a, b)));
    live.again.set(short(dot(a, b)));
    live.lengths.set(`${short(norm(a))} · ${short(norm(b))}`);
    const angle = cosine(a, b);
    live.cosine.set(angle === null ? "none" : fixed(angle, 4));
    subject.set(chosen);
    often.set(frequencyOf(counts[chosen]));
    company.set(shareOf(counts[chosen]));
    numbers.set(kind);
    state.say(words(orders, vectors));
  }

  function words(orders, vectors) {
    const named = (groups) => (groups.length ? groups.map((tied) => tied.map((row) => WORDS[OTHERS[row]]).join(" and ") + (tied.length > 1 ? " (a tie)" : "")).join(", then ") : "nobody, as tea has no direction");
    const silent = OTHERS.filter((word) => !norm(vectors[word])).map((word) => WORDS[word]);
    const parts = [`Arrows show ${kind === "counts" ? "counts" : "PPMI"}. Most like tea by dot product: ${named(orders[0])}. By cosine: ${named(orders[1])}.`];
    if (silent.length) parts.push(`Without length, so without a direction: ${silent.join(", ")}.`);
    else if (JSON.stringify(orders[0]) === JSON.stringify(orders[1])) parts.push("The two agree.");
    else parts.push("The two disagree: the dot product counts length, the cosine direction only.");
    return parts.join(" ");
  }

  function restore() {
    counts = COUNTS.map((row) => [...row]);
    kind = "counts";
    draw();
  }

  const controls = html(
    "div", { class: "kb-figure__controls" },
    subject.row, often.row, company.row, numbers.row,
    html("div", { class: "kb-figure__row" }, button("The counts of the page", restore)),
  );
  const stage = html("div", {}, html("div", { class: "kb-figure__drawings" }, html("div", {}, drawing), html("div", {}, controls, table)), state.element, formulas);
  const reply = "Move the frequency of coffee to 12 and watch both columns of its row.";
  const question = predictFirst({
    question: "Coffee becomes four times as frequent, in the same company. Which of its two similarities with tea changes?",
    options: [["The dot product", reply], ["The cosine", reply], ["Both", reply]],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("dot-or-cosine", build);
