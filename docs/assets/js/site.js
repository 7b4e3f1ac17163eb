// Entry of the site's own behavior, loaded once; navigation.instant replaces pages without reloading it.
import { page as figures } from "./figures/load.js";
import { frame, page as framePage } from "./frame.js";
import { receipts, page as receiptsPage } from "./receipts.js";

// What only some pages need is fetched by those pages.
const EXERCISES = ".md-content details.success, .md-content details.predict";
const PROGRESS = "[data-kb-progress], [data-kb-done]";

async function equip(root) {
  const [exercises, progress] = [EXERCISES, PROGRESS].map((selector) => root && document.querySelector(selector));
  if (exercises) {
    const parts = await import("./learning.js");
    parts.exercises(root, location.pathname);
    if (progress) parts.progress(root);
  } else if (progress) {
    (await import("./progress.js")).equip(root);
  }
}

frame();
receipts();

// The theme's observable fires for the first page and for each one that instant navigation brings.
window.document$.subscribe(() => {
  framePage();
  receiptsPage();
  figures();
  equip(document.querySelector(".md-content"));
  document.documentElement.dataset.kbReady = "";
});
