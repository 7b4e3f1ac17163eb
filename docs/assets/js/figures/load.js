// Brings a page's interactive figures to life: a still marked data-figure="<name>" gets the custom element kb-<name>
// after it when it nears the screen. Called by site.js for each page. Without JavaScript, in print, and when a figure
// cannot be loaded, the still remains; under reduced motion the reader starts the figure.

// Written out, not composed, so that a bundler for the offline folder can follow them.
const FIGURES = {
  "attention": () => import("./attention.js"),
  "backprop-graph": () => import("./backprop-graph.js"),
  "bandit": () => import("./bandit.js"),
  "block-steps": () => import("./block-steps.js"),
  "broadcast": () => import("./broadcast.js"),
  "convolution": () => import("./convolution.js"),
  "degree": () => import("./degree.js"),
  "digit-editor": () => import("./digit-editor.js"),
  "dot-or-cosine": () => import("./dot-or-cosine.js"),
  "drag-the-line": () => import("./drag-the-line.js"),
  "ensemble-size": () => import("./ensemble-size.js"),
  "norm-axis": () => import("./norm-axis.js"),
  "one-bend": () => import("./one-bend.js"),
  "rungs": () => import("./rungs.js"),
  "shrinkage-path": () => import("./shrinkage-path.js"),
  "split-picker": () => import("./split-picker.js"),
  "step-size": () => import("./step-size.js"),
  "stop-or-decay": () => import("./stop-or-decay.js"),
  "taste-map": () => import("./taste-map.js"),
  "threshold": () => import("./threshold.js"),
  "word-evidence": () => import("./word-evidence.js"),
};

const NEAR = "500px"; // loaded this far ahead of the screen, so that nothing moves under the reader's eyes

function note(still, text) {
  const line = document.createElement("p");
  line.className = "kb-figure-note";
  line.textContent = text;
  still.after(line);
}

async function start(still, name) {
  try {
    await FIGURES[name]();
    const figure = document.createElement(`kb-${name}`);
    still.after(figure); // builds itself here; what it throws must not cost the still
    if (!figure.hasChildNodes()) throw new Error(`kb-${name} stayed empty`);
    still.classList.add("kb-still--replaced");
  } catch {
    still.parentNode.querySelector(`kb-${name}`)?.remove();
    note(still, "The interactive version of this figure did not load; the picture shows its main state.");
  }
}

function offer(still, name) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "kb-figure__button kb-figure-start";
  button.textContent = "Use the interactive figure";
  button.addEventListener("click", async () => {
    button.remove();
    await start(still, name);
    const figure = still.parentNode.querySelector(`kb-${name}`);
    figure?.setAttribute("tabindex", "-1");
    figure?.focus();
  });
  still.after(button);
}

/** Find the stills of the page that is shown now. */
export function page() {
  const waiting = new Map();
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        start(target, waiting.get(target));
      }
    },
    { rootMargin: NEAR },
  );
  for (const marked of document.querySelectorAll("[data-figure]")) {
    const name = marked.dataset.figure;
    const still = marked.closest("figure, p") ?? marked;
    if (!(name in FIGURES) || waiting.has(still) || still.dataset.kbFigure) continue;
    still.dataset.kbFigure = name;
    still.classList.add("kb-still");
    waiting.set(still, name);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) offer(still, name);
    else watcher.observe(still);
  }
}
