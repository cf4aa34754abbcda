import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { targetsText } from "../scripts/targets.ts";

test("docs/targets.md says of each estimator and transform what its export says", async () => {
  const text = await targetsText();
  expect(readFileSync(new URL("../docs/targets.md", import.meta.url), "utf8")).toBe(text);
  expect(text.match(/^\| /gm)!.length).toBeGreaterThan(50);
  expect(text).toMatch(
    /^\| boostedTrees \| yes \| yes \| yes \| yes \| yes \| yes \| no \[\d+\] \| yes \|$/m,
  );
});
