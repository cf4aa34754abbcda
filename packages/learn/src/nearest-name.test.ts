import { expect, test } from "vitest";
import { checks, notMissing, range, unique } from "./learn-check.ts";
import { columnNamed, frameOf } from "./learn-frame.ts";
import { nearestName, nearestRemedy } from "./nearest-name.ts";
import { boostedTrees, randomForest } from "./learn-tree.ts";
import { simpleImputer, standardScaler } from "./learn-transform.ts";

test("the nearest name is near", () => {
  expect(nearestName("Seperator", ["separator", "sample"])).toBe("separator");
  expect(nearestName("colour", ["name", "steps"])).toBeUndefined();
  expect(nearestName("x".repeat(1e6), ["x".repeat(1e6 - 1), "y"])).toBeUndefined();
  expect(nearestName("medain", ["mean", "median"])).toBe("median");
  expect(nearestRemedy(7, ["8"])).toBeUndefined();
});

test("options and names that there are not are refused with the one that may be meant, whoever reads them", () => {
  const strange = (options: object): never => options as never;
  const column = (check: object) => ({ columns: { a: [check] } }) as unknown as Parameters<typeof checks>[0];
  const cases: readonly (readonly [() => unknown, string])[] = [
    [() => checks(strange({ colums: {} })), "columns"],
    [() => notMissing(strange({ shre: 0.1 })), "share"],
    [() => range(0, 1, strange({ sverity: "warn" })), "severity"],
    [() => unique(strange({ wth: ["a"] })), "with"],
    [() => checks(column({ check: "rnge", atLeast: 1 })), "range"],
    [() => checks(column({ check: "range", atLest: 1 })), "atLeast"],
    [() => checks(column({ check: "notMissing", severity: "quarantin" })), "quarantine"],
    [() => standardScaler(strange({ columns: ["a"], withMeen: true })), "withMean"],
    [() => simpleImputer(strange({ columns: ["a"], strategy: "medain" })), "median"],
    [() => boostedTrees(strange({ leafs: 3 })), "leaves"],
    [() => randomForest(strange({ tree: 3 })), "trees"],
    [() => columnNamed(frameOf({ age: [1], spend: [2] }), "spent"), "spend"],
  ];
  for (const [use, meant] of cases) expect(use).toThrow(new RegExp(`Is ${meant} meant\\?`, "u"));
});
