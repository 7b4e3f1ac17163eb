// Figure "bandit" (projects/decision-making): four letters with hidden shares of answers and 500 people. The reader sends
// letters, uncovers the shares and the regret, sees four rules on the same coins, and looks at fifty machines at once: the
// rule with the best median has, with another, the worst mean.

import { axes, button, choice, clipped, define, fixed, formula, formulaLine, html, liveNumber, math, mi, mn, predictFirst, scale, set, spokenState, svg, toggle } from "./common.js";
import { N_LETTERS, RULES, average, bonus, choose, fresh, machineShares, play, regret, send, total } from "./bandit.math.js";

const LETTERS = ["A", "B", "C", "D"];
const NAMES = { greedy: "Greedy", epsilon: "Epsilon-greedy", ucb: "UCB1", thompson: "Thompson" };
const LINES = { greedy: "kb-figure__line--truth", epsilon: "kb-figure__line--guide", ucb: "kb-figure__line--3", thompson: "kb-figure__line--2" };
const FIFTY = Array.from({ length: 50 }, (_, i) => i + 1);
const FIRST_MACHINE = 3;
const BOX = { left: 40, right: 270, top: 24, bottom: 224 };
const APART = 14; // of two words at the ends of lines, in the drawing's units
const LEAST_TOP = 20; // of the axis of regret

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: bandit");
  let machine = FIRST_MACHINE;
  let shares = machineShares(machine);
  let state = fresh();
  let lost = []; // the reader's regret after each letter
  let many = 1;
  let shown = 0; // the letter in the formula
  let last = "";
  let fifty = null; // computed when first asked for
  const played = new Map(); // by machine, likewise

  // The drawing of regret
  const lines = Object.fromEntries(RULES.map((rule) => [rule, svg("path", { class: LINES[rule] })]));
  const mine = svg("path", { class: "kb-figure__line--1" });
  const frame = svg("g", { "aria-hidden": "true" });
  const words = svg("g", { "aria-hidden": "true" });
  const covered = svg("text", { x: (BOX.left + BOX.right) / 2, y: (BOX.top + BOX.bottom) / 2, "text-anchor": "middle" }, "covered: send, then uncover");
  const chart = svg(
    "svg",
    { viewBox: "0 0 364 262", role: "img", "aria-label": "Answers lost against letters sent, for you and the four rules. The values stand in the table and the text." },
    frame, clipped(BOX, ...RULES.map((rule) => lines[rule]), mine), words, covered,
  );

  // The letters
  const arms = LETTERS.map((name, arm) => ({
    send: button(`Send ${name}`, () => sendSome(arm)), sent: html("td", {}), answered: html("td", {}), mean: html("td", {}), share: html("td", {}),
  }));
  const head = (scope, text) => html("th", { scope }, text);
  const letters = html(
    "table", { class: "kb-figure__table" },
    html("thead", {}, html("tr", {}, head("col", "letter"), head("col", "sent"), head("col", "answers"), head("col", "share"), head("col", "truth"))),
    html("tbody", {}, ...arms.map((arm) => html("tr", {}, html("th", { scope: "row" }, arm.send), arm.sent, arm.answered, arm.mean, arm.share))),
  );
  const ends = Object.fromEntries(["you", ...RULES].map((who) => [who, [html("td", {}), html("td", {})]]));
  const result = html(
    "table", { class: "kb-figure__table" },
    html("thead", {}, html("tr", {}, head("col", "answers lost"), head("col", "this machine"), head("col", "50 machines: mean (median)"))),
    html("tbody", {}, ...Object.entries(ends).map(([who, cells]) => html("tr", {}, head("row", NAMES[who] ?? "You"), ...cells))),
  );

  // Formulas with live values
  const live = Object.fromEntries(["wins", "n", "t", "n2", "index", ...LETTERS, "regret"].map((name) => [name, liveNumber(1)]));
  const indexName = math("mtext", {}, "");
  const root = math("msqrt", {}, math("mfrac", {}, math("mrow", {}, mn(2), math("mo", {}, "·"), mi("ln"), math("mo", {}, "\u2061"), live.t.element), live.n2.element));
  const gapNumbers = LETTERS.map(() => liveNumber());
  const lostBy = (arm) => [gapNumbers[arm].element, "·", live[LETTERS[arm]].element];
  const formulas = html(
    "div", {},
    formulaLine(formula(indexName), formula("=", math("mfrac", {}, live.wins.element, live.n.element), "+", root), formula("=", live.index.element)),
    formulaLine(formula(mi("R"), "=", ...lostBy(0), "+", ...lostBy(1)), formula("+", ...lostBy(2), "+", ...lostBy(3)), formula("=", live.regret.element)),
  );
  const told = spokenState();

  const uncovered = toggle({ label: "Uncover the shares and the regret", onChange: draw });
  const fiftyAtOnce = toggle({ label: "Mean of 50 machines", onChange: () => { if (fiftyAtOnce.get()) uncovered.set(true); draw(); } });
  const perClick = choice({ label: "A press sends:", options: [[1, "1 letter"], [10, "10"], [50, "50"]], value: many, onChange: (n) => { many = Number(n); } });

  /** What each rule loses on this machine, letter by letter. */
  function runs() {
    if (!played.has(machine)) played.set(machine, Object.fromEntries(RULES.map((rule) => [rule, play(rule, machine).lost])));
    return played.get(machine);
  }

  function record(arm) {
    const answer = send(state, machine, arm, shares);
    lost.push(regret(state, shares));
    shown = arm;
    return answer;
  }

  function sendSome(arm) {
    const n = Math.min(many, N_LETTERS - total(state));
    let answers = 0;
    for (let i = 0; i < n; i += 1) answers += record(arm);
    last = n === 0 ? "All 500 letters are sent." : `Letter ${LETTERS[arm]}: ${n} sent, ${answers} answered.`;
    draw();
  }

  function letRulePlay(rule) {
    const n = Math.min(50, N_LETTERS - total(state));
    for (let i = 0; i < n; i += 1) record(choose(rule, state, machine));
    last = n === 0 ? "All 500 letters are sent." : `${NAMES[rule]} sent ${n} for you.`;
    draw();
  }

  function startOver(next) {
    machine = next;
    shares = machineShares(machine);
    state = fresh();
    lost = [];
    shown = 0;
    last = `Machine ${machine}.`;
    uncovered.set(false);
    fiftyAtOnce.set(false);
    draw();
  }

  const path = (values, x, y) => (values.length ? `M${x(0).toFixed(1)},${y(0).toFixed(1)}L${values.map((v, t) => `${x(t + 1).toFixed(1)},${y(v).toFixed(1)}`).join("L")}` : "");

  /** Words at the ends of the lines, moved apart. */
  function label(entries) {
    const sorted = [...entries].sort((a, b) => a.y - b.y);
    sorted.forEach((entry, i) => { if (i) entry.y = Math.max(entry.y, sorted[i - 1].y + APART); });
    const over = sorted.length ? sorted[sorted.length - 1].y - BOX.bottom : 0;
    words.replaceChildren(...sorted.map(({ text, y }) => svg("text", { x: BOX.right + 4, y: y + 4 - Math.max(over, 0) }, text)));
  }

  function drawRegret() {
    const open = uncovered.get();
    const averaged = fiftyAtOnce.get();
    const curves = {};
    if (open) for (const rule of RULES) curves[rule] = averaged ? fifty[rule].lost : runs()[rule];
    const own = open && !averaged ? lost : [];
    const most = Math.max(LEAST_TOP, ...Object.values(curves).map((values) => values[N_LETTERS - 1]), ...own.slice(-1));
    const x = scale([0, N_LETTERS], [BOX.left, BOX.right]);
    const y = scale([0, most * 1.05], [BOX.bottom, BOX.top]);
    const tick = most > 100 ? 50 : most > 40 ? 20 : 10;
    const yTicks = Array.from({ length: Math.floor((most * 1.05) / tick) + 1 }, (_, i) => [i * tick, i * tick]);
    frame.replaceChildren(axes({ x, y, box: BOX, xTicks: [0, 250, 500].map((v) => [v, v]), yTicks, xTitle: "letters sent", yTitle: averaged ? "Answers lost, mean of 50 machines" : `Answers lost, machine ${machine}` }));
    for (const rule of RULES) set(lines[rule], { d: path(curves[rule] ?? [], x, y) });
    set(mine, { d: path(own, x, y) });
    covered.textContent = open ? "" : "covered: send, then uncover";
    const entries = Object.entries(curves).map(([rule, values]) => ({ text: NAMES[rule], y: y(values[N_LETTERS - 1]) }));
    if (own.length) entries.push({ text: "You", y: y(own[own.length - 1]) });
    label(entries);
    for (const who of ["you", ...RULES]) {
      const here = who === "you" ? (open && lost.length ? `${fixed(lost[lost.length - 1], 1)} after ${lost.length}` : "") : open ? fixed(runs()[who][N_LETTERS - 1], 1) : "";
      ends[who][0].textContent = here || "–";
      ends[who][1].textContent = who !== "you" && fifty ? `${fixed(fifty[who].mean, 1)} (${fixed(fifty[who].median, 1)})` : "–";
    }
  }

  function draw() {
    if (!uncovered.get()) fiftyAtOnce.set(false);
    if (fiftyAtOnce.get()) fifty ??= Object.fromEntries(RULES.map((rule) => [rule, average(rule, FIFTY)]));
    const open = uncovered.get();
    const t = total(state);
    arms.forEach(({ sent, answered, mean, share }, arm) => {
      sent.textContent = fixed(state.sent[arm]);
      answered.textContent = fixed(state.answered[arm]);
      mean.textContent = state.sent[arm] ? fixed(state.answered[arm] / state.sent[arm], 2) : "–";
      share.textContent = open ? fixed(shares[arm], 2) : "?";
    });
    drawRegret();
    const n = state.sent[shown];
    indexName.textContent = `UCB1 index of ${LETTERS[shown]}`;
    live.wins.set(fixed(state.answered[shown]));
    live.n.set(fixed(n));
    live.n2.set(fixed(n));
    live.t.set(fixed(t));
    live.index.set(n ? fixed(state.answered[shown] / n + bonus(t, n), 3) : "∞");
    LETTERS.forEach((name, arm) => {
      live[name].set(fixed(state.sent[arm]));
      gapNumbers[arm].set(open ? fixed(Math.max(...shares) - shares[arm], 2) : "?");
    });
    live.regret.set(open ? fixed(regret(state, shares), 2) : "?");
    told.say(`${last} ${t} of ${N_LETTERS} letters sent, ${state.answered.reduce((a, b) => a + b, 0)} answered. ${verdict(open)}`.trim());
  }

  function verdict(open) {
    if (!open) return "The shares are covered.";
    if (fiftyAtOnce.get()) {
      const each = RULES.map((rule) => `${NAMES[rule]} ${fixed(fifty[rule].mean, 1)} on average, median ${fixed(fifty[rule].median, 1)}, worst ${fixed(fifty[rule].worst, 0)}`);
      return `Answers lost on 50 machines: ${each.join("; ")}.`;
    }
    const each = RULES.map((rule) => `${NAMES[rule]} ${fixed(runs()[rule][N_LETTERS - 1], 1)}`);
    const best = LETTERS[shares.indexOf(Math.max(...shares))];
    return `The best letter is ${best}. You lost ${fixed(regret(state, shares), 2)} answers so far; after all 500: ${each.join(", ")}.`;
  }

  draw();
  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, chart, html("div", {}, letters)),
    html(
      "div", { class: "kb-figure__controls" },
      perClick.row,
      html("div", { class: "kb-figure__row" }, button("Let Thompson send 50", () => letRulePlay("thompson")), button("Let greedy send 50", () => letRulePlay("greedy")), button("Next machine", () => startOver((machine % 50) + 1))),
      html("div", { class: "kb-figure__row" }, uncovered.row, fiftyAtOnce.row),
    ),
    formulas, result, told.element,
  );
  const question = predictFirst({
    question: "Fifty machines, 500 letters each. Greedy always sends the letter with the best share so far. What happens?",
    options: [
      ["It loses least on nearly every machine", "Uncover this machine, then a few others, then look at all fifty."],
      ["It loses little on half of them and much on others", "Uncover this machine, then look at the mean and the median of all fifty."],
      ["It loses more than the others on every machine", "Uncover this machine, then the next ones: is it always the worst?"],
    ],
    stage,
  });
  figure.append(question, stage);
}

define("bandit", build);
