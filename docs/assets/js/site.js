// Entry of the site's own behavior, loaded once; navigation.instant replaces pages without reloading it.
import { page as figures } from "./figures/load.js";
import { frame, page as framePage, reach } from "./frame.js";
import { receipts, page as receiptsPage } from "./receipts.js";
import { theme } from "./theme.js";

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

function page() {
  framePage();
  receiptsPage();
  figures();
  equip(document.querySelector(".md-content"));
}

frame();
receipts();
page();
document.documentElement.dataset.kbReady = "";
// The theme takes code that scrolls out of the keyboard's reach where nothing hovers.
theme(reach, page);
