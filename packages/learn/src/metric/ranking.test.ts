import { expect, test } from "vitest";
import { ndcgAtK, recallAtK } from "./ranking.ts";

const rows = {
  recommended: [["a", "b", "c"], ["x", "y"], ["q", "q"], []],
  relevant: [["b", "c", "z"], ["y"], ["q", "r"], []],
};

test("recall counts what is found of what is relevant, rows without any left out", () => {
  expect(recallAtK(rows, 2)).toBeCloseTo((1 / 3 + 1 + 1 / 2) / 3, 12);
  expect(recallAtK(rows, 1)).toBeCloseTo((0 + 0 + 1 / 2) / 3, 12);
});

test("NDCG discounts by place, and 1 is the best order", () => {
  const second = 1 / Math.log2(3);
  expect(ndcgAtK(rows, 2)).toBeCloseTo((second / (1 + second) + second + 1 / (1 + second)) / 3, 12);
  expect(ndcgAtK({ recommended: [["b", "a", "c"]], relevant: [["a", "b"]] }, 3)).toBe(1);
});

test("what makes no sense is refused", () => {
  expect(() => recallAtK(rows, 0)).toThrow(/k: expected an integer of at least 1, received 0/);
  expect(() => ndcgAtK({ recommended: [["a"]], relevant: [] }, 1)).toThrow(/relevant: expected 1 rows/);
  expect(() => recallAtK({ recommended: [["a"]], relevant: [[]] }, 1)).toThrow(
    /a row with something relevant/,
  );
});
