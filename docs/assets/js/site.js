// Entry of the site's own behavior, loaded once; navigation.instant replaces pages without reloading it.
import { page as figures } from "./figures/load.js";
import { frame, page as framePage } from "./frame.js";
import { receipts, page as receiptsPage } from "./receipts.js";

// What only some pages need is fetched by those pages.
const PARTS = [
  [".md-content details.success, .md-content details.predict", () => import("./exercises.js"), (part, root) => part.equip(root, location.pathname)],
  ["[data-kb-progress], [data-kb-done]", () => import("./progress.js"), (part, root) => part.equip(root)],
];

frame();
receipts();

// The theme's observable fires for the first page and for each one that instant navigation brings.
window.document$.subscribe(() => {
  framePage();
  receiptsPage();
  figures();
  const root = document.querySelector(".md-content");
  for (const [selector, load, start] of PARTS) {
    if (root && document.querySelector(selector)) load().then((part) => start(part, root));
  }
  document.documentElement.dataset.kbReady = "";
});
