// Ways through the map, without a browser. Run by tests/unit/test_javascript.py.
import assert from "node:assert/strict";
import test from "node:test";

import { pathTo, readableNext, readImport } from "../../docs/assets/js/paths.js";

const map = new Map([
  ["a", { needs: [], href: "a/" }],
  ["b", { needs: ["a"], href: "" }],
  ["c", { needs: ["a"], href: "c/" }],
  ["d", { needs: ["c", "b"], href: "d/" }],
]);

test("a path holds every prerequisite once, before what needs it", () => {
  assert.deepEqual(pathTo(map, "d"), ["a", "b", "c", "d"]);
  assert.deepEqual(pathTo(map, "a"), ["a"]);
  assert.deepEqual(pathTo(map, "unknown"), []);
});

test("a circle ends", () => {
  assert.deepEqual(pathTo(new Map([["x", { needs: ["y"] }], ["y", { needs: ["x"] }]]), "x"), ["y", "x"]);
});

test("one can read what is written, unread and prepared", () => {
  assert.deepEqual(readableNext(map, new Set()), ["a"]);
  assert.deepEqual(readableNext(map, new Set(["a"])), ["c"]);
  assert.deepEqual(readableNext(map, new Set(["a", "c"])), ["d"], "the planned page b holds nobody up");
});

test("an import keeps what is on the map and refuses other files", () => {
  assert.deepEqual(readImport('{"read": ["a", "zzz", 3]}', map), ["a"]);
  assert.equal(readImport('{"done": []}', map), null);
  assert.equal(readImport("no", map), null);
  assert.equal(readImport("null", map), null);
});
