/**
 * The arithmetic of the figure "backpropagation graph": one scalar graph of two inputs, run forward and backward one
 * step at a time.
 *
 *     a = x·y    b = x + y    r = max(0, b)    q = a + r    f = q²
 *
 * Pure functions without DOM, used by backprop-graph.js and tested against torch.autograd by
 * tests/unit/test_figure_backprop_graph.py. It knows this graph only.
 */

/** Nodes in the order of the forward pass. `slopes` gives the local slope towards each parent from all values. */
export const NODES = [
  { name: "x", parents: [] },
  { name: "y", parents: [] },
  { name: "a", parents: ["x", "y"], value: (v) => v.x * v.y, slopes: (v) => [v.y, v.x] },
  { name: "b", parents: ["x", "y"], value: (v) => v.x + v.y, slopes: () => [1, 1] },
  { name: "r", parents: ["b"], value: (v) => Math.max(0, v.b), slopes: (v) => [v.b > 0 ? 1 : 0] },
  { name: "q", parents: ["a", "r"], value: (v) => v.a + v.r, slopes: () => [1, 1] },
  { name: "f", parents: ["q"], value: (v) => v.q ** 2, slopes: (v) => [2 * v.q] },
];

const COMPUTED = NODES.filter((node) => node.parents.length > 0);

/** Every node's value at the inputs x and y. */
export function forward(x, y) {
  const values = { x, y };
  for (const { name, value } of COMPUTED) values[name] = value(values);
  return values;
}

/** Add zero, so that −0 (a negative number times a closed gate) becomes 0. */
const plain = (number) => number + 0;

/**
 * All states of a run, from the bare inputs to the finished gradients. A state is {phase, node, values, gradients,
 * arrivals}: `values` and `gradients` hold what is known so far, `arrivals` what this step sends to each parent:
 * {from, to, gradient, slope, amount}.
 */
export function states(x, y) {
  const all = forward(x, y);
  const values = { x, y };
  const run = [{ phase: "start", node: null, values: { ...values }, gradients: {}, arrivals: [] }];
  for (const { name } of COMPUTED) {
    values[name] = all[name];
    run.push({ phase: "forward", node: name, values: { ...values }, gradients: {}, arrivals: [] });
  }
  const gradients = { f: 1 };
  run.push({ phase: "seed", node: "f", values: all, gradients: { ...gradients }, arrivals: [] });
  for (const { name, parents, slopes } of [...COMPUTED].reverse()) {
    const local = slopes(all);
    const arrivals = parents.map((to, i) => ({ from: name, to, gradient: gradients[name], slope: plain(local[i]), amount: plain(gradients[name] * local[i]) }));
    for (const { to, amount } of arrivals) gradients[to] = plain((gradients[to] ?? 0) + amount);
    run.push({ phase: "backward", node: name, values: all, gradients: { ...gradients }, arrivals });
  }
  return run;
}

/** How many states a run has. */
export const N_STATES = 2 * COMPUTED.length + 2;

/** The slope measured instead of computed: (f after a nudge up − f after a nudge down) / twice the nudge. */
export function measuredSlope(x, y, input, nudge) {
  const at = (shift) => (input === "x" ? forward(x + shift, y) : forward(x, y + shift)).f;
  return (at(nudge) - at(-nudge)) / (2 * nudge);
}
