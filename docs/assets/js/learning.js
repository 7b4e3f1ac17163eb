// What a page with exercises needs, in one script instead of two. Fetched by site.js.
export { equip as exercises } from "./exercises.js";
export { equip as progress } from "./progress.js";
