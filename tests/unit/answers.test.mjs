// The judge of answers, without a browser. Run by tests/unit/test_javascript.py.
import assert from "node:assert/strict";
import test from "node:test";

import { choiceOf, judge, judgeNumber, judgeWord, kindOf, parseNumber } from "../../docs/assets/js/answers.js";

test("numbers are read as people type them", () => {
  assert.equal(parseNumber("0.3333").value, 0.3333);
  assert.equal(parseNumber("5,929.88").value, 5929.88);
  assert.equal(parseNumber("1,234").value, 1234);
  assert.equal(parseNumber("0,35").value, 0.35);
  assert.equal(parseNumber("−46").value, -46);
  assert.equal(parseNumber("1.2e-5").value, 1.2e-5);
  assert.equal(parseNumber("1.2e-5").decimals, 6);
  assert.equal(parseNumber("1/3").value, 1 / 3);
  assert.deepEqual(parseNumber("97.4 %"), { value: 97.4, decimals: 1, percent: true });
  assert.equal(parseNumber("variance"), null);
  assert.equal(parseNumber(""), null);
  assert.equal(parseNumber("1/0"), null);
});

test("the digits shown are the tolerance", () => {
  for (const right of ["0.3333", ".3333", "0.33333", "1/3", "0.33"]) assert.equal(judgeNumber("0.3333", right), "right", right);
  assert.equal(judgeNumber("0.3333", "0.3334"), "close");
  assert.equal(judgeNumber("0.3333", "0.3"), "close", "one digit could be a guess");
  assert.equal(judgeNumber("0.3333", "0.34"), "wrong");
  assert.equal(judgeNumber("0.3333", "-0.3333"), "wrong");
  assert.equal(judgeNumber("1.2e-5", "0.000012"), "right");
  assert.equal(judgeNumber("0.045", "0.0447"), "right");
});

test("a whole number is exact", () => {
  assert.equal(judgeNumber("201", "201"), "right");
  assert.equal(judgeNumber("201", "201.0"), "right");
  assert.equal(judgeNumber("3.0", "3"), "right");
  assert.equal(judgeNumber("201", "200"), "wrong");
  assert.equal(judgeNumber("1,729", "1729"), "right");
});

test("a percentage may be typed either way", () => {
  for (const right of ["97.4", "97.4%", "0.974"]) assert.equal(judgeNumber("97.4 %", right), "right", right);
  assert.equal(judgeNumber("0.974", "97.4%"), "right");
  assert.equal(judgeNumber("97.4 %", "9.74"), "wrong");
});

test("words forgive case, articles, plural and say when a letter is off", () => {
  for (const right of ["variance", "Variance ", "the variance", "variances"]) assert.equal(judgeWord("variance", right), "right", right);
  assert.equal(judgeWord("variance", "varience"), "close");
  assert.equal(judgeWord("variance", "bias"), "wrong");
  assert.equal(judgeWord("cross-validation", "cross validation"), "right");
  assert.equal(judgeWord("L2", "L1"), "wrong", "one letter of two is another word");
  assert.equal(judgeWord("variance", "  "), "unclear");
});

test("a key is a choice only where the question lists options", () => {
  assert.equal(kindOf("2", 4), "choice");
  assert.equal(kindOf("2", 0), "number");
  assert.equal(kindOf("b", 3), "choice");
  assert.equal(kindOf("201", 4), "number");
  assert.equal(choiceOf("(c)", 3), 3);
  assert.equal(choiceOf("5", 4), 0);
  assert.equal(judge("2", "2", 4), "right");
  assert.equal(judge("2", "3", 4), "wrong");
  assert.equal(judge("2", "", 4), "unclear");
});
