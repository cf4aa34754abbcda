import { expect, test } from "vitest";
import { ONLINE_SHOPPERS } from "./online-shoppers-example.ts";

test("each fold is trained by what its own training part chose", () => {
  expect([1, 2, 3, 4, 5].map((fold) => ONLINE_SHOPPERS.chosen(`fold-${fold}`))).toEqual([
    "slow_small",
    "slow_small",
    "slow_small_drawn",
    "small",
    "slow_small",
  ]);
});
