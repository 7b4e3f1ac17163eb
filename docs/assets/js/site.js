// Entry of the site's own behavior, loaded once; navigation.instant replaces pages without reloading it.
import { page as figures } from "./figures/load.js";
import { frame, page as framePage } from "./frame.js";

frame();

// The theme's observable fires for the first page and for each one that instant navigation brings.
window.document$.subscribe(() => {
  framePage();
  figures();
});
