import { expect, test } from "vitest";
import { applyFallbackRule } from "./fallback-rule.ts";

const channels = ["x", "y", "z"];
const rule = {
  when: [
    { channels: ["x", "y"], rmsAbove: 2, label: "running" },
    { channels: ["x"], rmsAbove: 1, label: "walking" },
  ],
  otherwise: "still",
};

test("the first condition that holds answers; a bound that is only reached does not hold", () => {
  const answer = (x: number, y: number) =>
    applyFallbackRule(rule, channels, Float32Array.of(x, y, 99, -x, -y, 99));
  expect(answer(0, 0)).toBe("still");
  expect(answer(1, 0)).toBe("still");
  expect(answer(1.5, 0)).toBe("walking");
  expect(answer(2, 2)).toBe("walking");
  expect(answer(2, 2.1)).toBe("running");
});
