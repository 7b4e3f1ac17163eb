// Figure "backpropagation graph" (deep-learning/backpropagation): step through a small graph of two inputs, values on the
// way forward, slopes on the way back. Slopes are summed where paths meet, one arrival at a time; a gate can close.

import { bracketed, button, define, formula, formulaLine, html, liveNumber, math, mi, mn, predictFirst, set, short, slider, spokenState, svg } from "./common.js";
import { N_STATES, NODES, measuredSlope, states } from "./backprop-graph.math.js";

const WIDE = 112;
const HIGH = 54;
const CENTERS = { x: [64, 30], y: [280, 30], a: [64, 152], b: [280, 152], r: [280, 244], q: [172, 336], f: [172, 426] };
// Where the local slope of an edge, parent then child, is written: beside its line, clear of the others.
const SIGNS = { xa: [56, 96, "end"], yb: [288, 96, "start"], xb: [125, 74, "start"], ya: [219, 74, "end"], br: [288, 203, "start"], aq: [94, 250, "end"], rq: [248, 301, "start"], qf: [180, 386, "start"] };
const RULES = { x: "x", y: "y", a: "a = x·y", b: "b = x + y", r: "r = max(0, b)", q: "q = a + r", f: "f = q²" };
const N_FORWARD = NODES.filter(({ parents }) => parents.length > 0).length;
const NUDGE = 0.001;
const START = { x: 3, y: -2 };

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const bar = (name) => math("mover", { accent: "true" }, mi(name), math("mo", {}, "¯"));
const bracket = (sign) => math("mo", { stretchy: "false" }, sign);
const gate = () => math("mrow", {}, bracket("["), mi("b"), math("mo", {}, ">"), mn("0"), bracket("]"));

/** One line of the list of formulas, symbols and live numbers; `tell(values, gradients, state)` gives the text or null. */
function line(name, phase, symbols, tell) {
  const live = liveNumber(phase === "forward" ? 1 : 2);
  const element = formulaLine(formula(...symbols), formula("=", live.element));
  return { name, phase, element, show: (state) => live.set(tell(state.values, state.gradients, state) ?? "…") };
}

const known = (number) => number !== undefined;

/** Two contributions to an input: the first arrives from b, the second from a. */
function collected(input, other) {
  return (v, g, state) => {
    if (!known(g[input])) return null;
    const [first, second] = [short(g.b), `${bracketed(g.a)}·${bracketed(v[other])}`];
    const all = state.phase === "backward" && state.node === "a";
    return all ? `${first} + ${second} = ${short(g[input])}` : `${first} + …`;
  };
}

function lines() {
  const f = (name, symbols, tell) => line(name, "forward", [mi(name), "=", ...symbols], (v) => (known(v[name]) ? `${tell(v)} = ${short(v[name])}` : null));
  const b = (name, symbols, tell) => line(name, "backward", [bar(name), "=", ...symbols], tell);
  return [
    f("a", [mi("x"), "·", mi("y")], (v) => `${short(v.x)}·${bracketed(v.y)}`),
    f("b", [mi("x"), "+", mi("y")], (v) => `${short(v.x)} + ${bracketed(v.y)}`),
    f("r", [mi("max"), bracket("("), mn("0"), math("mo", { separator: "true" }, ","), mi("b"), bracket(")")], (v) => `max(0, ${short(v.b)})`),
    f("q", [mi("a"), "+", mi("r")], (v) => `${short(v.a)} + ${short(v.r)}`),
    f("f", [math("msup", {}, mi("q"), mn("2"))], (v) => `${bracketed(v.q)}²`),
    line("f", "backward", [bar("f")], (v, g) => (known(g.f) ? short(g.f) : null)),
    b("q", [bar("f"), "·", mn("2"), mi("q")], (v, g) => (known(g.q) ? `${short(g.f)}·2·${bracketed(v.q)} = ${short(g.q)}` : null)),
    b("a", [bar("q")], (v, g) => (known(g.a) ? short(g.a) : null)),
    b("r", [bar("q")], (v, g) => (known(g.r) ? short(g.r) : null)),
    b("b", [bar("r"), "·", gate()], (v, g) => (known(g.b) ? `${short(g.r)}·${v.b > 0 ? 1 : 0} = ${short(g.b)}` : null)),
    b("x", [bar("b"), "+", bar("a"), "·", mi("y")], collected("x", "y")),
    b("y", [bar("b"), "+", bar("a"), "·", mi("x")], collected("y", "x")),
  ];
}

/** Where the straight line between two boxes leaves the first and meets the second, whose center is lower. */
function ends(upper, lower) {
  const [x1, y1] = CENTERS[upper];
  const [x2, y2] = CENTERS[lower];
  return { x1, y1: y1 + HIGH / 2, x2: x2 + (x1 - x2) * 0.25, y2: y2 - HIGH / 2 };
}

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: backpropagation graph");
  const inputs = { ...START };
  let at = 0;

  const edges = NODES.flatMap(({ name, parents }) => parents.map((parent) => {
    const [x, y, anchor] = SIGNS[parent + name];
    const label = svg("text", { x, y, "text-anchor": anchor, class: "kb-figure__slope" });
    return { name, parent, label, stroke: svg("line", ends(parent, name)) };
  }));
  const boxes = Object.fromEntries(NODES.map(({ name }) => {
    const [x, y] = CENTERS[name];
    const text = (dy, css) => svg("text", { x, y: y + dy, "text-anchor": "middle", class: css });
    return [name, {
      frame: svg("rect", { x: x - WIDE / 2, y: y - HIGH / 2, width: WIDE, height: HIGH, rx: 5 }),
      rule: text(-11, "kb-figure__number"),
      value: text(5, "kb-figure__number"),
      slope: text(21, "kb-figure__slope"),
    }];
  }));
  const drawing = svg(
    "svg",
    { viewBox: "0 0 344 456", role: "img", "aria-label": "The graph: x and y lead to a and b, b to r, a and r to q, q to f. Each box shows its rule, its value and its slope. The same numbers stand in the formulas and the text." },
    svg("g", { "aria-hidden": "true" }, ...edges.map(({ stroke }) => stroke), ...Object.values(boxes).flatMap(({ frame, rule, value, slope }) => [frame, rule, value, slope]), ...edges.map(({ label }) => label)),
  );
  const list = lines();
  const state = spokenState();

  const input = (name) => slider({ label: `Input ${name}`, min: -4, max: 4, step: 0.5, value: inputs[name], format: short, onInput: (v) => { inputs[name] = v; draw(); } });
  const [xSlider, ySlider] = [input("x"), input("y")];
  const step = slider({ label: "Step", min: 0, max: N_STATES - 1, step: 1, value: 0, format: place, onInput: go });
  const buttons = [button("One step back", () => go(at - 1)), button("One step on", () => go(at + 1)), button("To the end", () => go(N_STATES - 1))];

  function place(index) {
    if (index === 0) return "inputs only";
    return index <= N_FORWARD ? `forward ${index} of ${N_FORWARD}` : `backward ${index - N_FORWARD} of ${N_STATES - 1 - N_FORWARD}`;
  }

  function go(index) {
    at = Math.min(N_STATES - 1, Math.max(0, index));
    draw();
  }

  /** What the present step does, in words. */
  function words({ phase, node, values, gradients, arrivals }) {
    if (phase === "start") return `Only the inputs are known: x is ${short(values.x)}, y is ${short(values.y)}.`;
    if (phase === "forward") return `${RULES[node]} is ${short(values[node])}.${node === "f" ? " The forward pass is complete; every value is kept for the way back." : ""}`;
    if (phase === "seed") return "The way back starts at the output: the slope of f with respect to f is 1.";
    const sent = arrivals.map(({ to, gradient, slope, amount }) => `${to} gets ${short(gradient)} times ${short(slope)}, that is ${short(amount)}`).join("; ");
    let more = "";
    if (node === "r" && values.b <= 0) more = values.b < 0 ? " The gate is closed, because b is negative: nothing passes." : " b is exactly 0, on the kink: PyTorch counts the gate as closed, and so does the figure.";
    if (node === "b") more = ` So far x has ${short(gradients.x)} and y has ${short(gradients.y)}; a has still to report.`;
    if (node === "a") {
      const check = ["x", "y"].map((name) => short(Number(measuredSlope(inputs.x, inputs.y, name, NUDGE).toFixed(4)))).join(" and ");
      more = ` Added to what came through b: x has ${short(gradients.x)}, y has ${short(gradients.y)}. Nudging x and y by ${NUDGE} either way measures ${check}.`;
      if (values.b === 0) more += " On a kink a nudge sees both sides, so the two can differ.";
    }
    return `From ${node}: ${sent}.${more}`;
  }

  function draw() {
    const now = states(inputs.x, inputs.y)[at];
    const touched = new Set(now.arrivals.map(({ to }) => to));
    for (const { name } of NODES) {
      const { frame, rule, value, slope } = boxes[name];
      rule.textContent = RULES[name];
      value.textContent = known(now.values[name]) ? `value ${short(now.values[name])}` : "value …";
      slope.textContent = known(now.gradients[name]) ? `slope ${short(now.gradients[name])}` : "";
      set(frame, { class: `kb-figure__box${name === now.node ? " kb-figure__box--now" : ""}${touched.has(name) ? " kb-figure__box--reached" : ""}` });
    }
    for (const { name, parent, label, stroke } of edges) {
      const arrival = now.arrivals.find(({ from, to }) => from === name && to === parent);
      const forward = now.phase === "forward" && now.node === name;
      set(stroke, { class: arrival ? "kb-figure__line--2" : forward ? "kb-figure__line--1" : "kb-figure__edge" });
      label.textContent = arrival ? `× ${bracketed(arrival.slope)}` : "";
    }
    for (const { name, phase, element, show } of list) {
      show(now);
      const forward = now.phase === "forward" && name === now.node;
      const backward = now.phase === "seed" ? name === "f" : touched.has(name);
      element.classList.toggle("kb-figure__line--now", phase === "forward" ? forward : backward);
    }
    step.set(at);
    xSlider.set(inputs.x);
    ySlider.set(inputs.y);
    const open = at === N_STATES - 1 && now.values.b > 0;
    state.say(`${capital(place(at))}. ${words(now)}${open ? " Now find inputs that close the gate." : ""}`);
  }

  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__controls" }, step.row, html("div", { class: "kb-figure__row" }, ...buttons)),
    state.element,
    html("div", { class: "kb-figure__drawings" }, html("div", {}, drawing), html("div", {}, ...list.map(({ element }) => element))),
    html("div", { class: "kb-figure__controls" }, xSlider.row, ySlider.row),
  );
  const question = predictFirst({
    question: "With x = 3 and y = −2, two slopes come back to x: −10 through the sum b and 20 through the product a. How does f change per unit of x?",
    options: [
      ["By 20, the larger", "Step to the end and look at the box of x."],
      ["By 10, their sum", "Step to the end and look at the box of x."],
      ["By −200, their product", "Step to the end and look at the box of x."],
    ],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("backprop-graph", build);
