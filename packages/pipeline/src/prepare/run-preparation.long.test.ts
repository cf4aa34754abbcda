import { writeFileSync } from "node:fs";
import { columnOfKind } from "@tideline/learn/frame";
import {
  oneHotEncoder,
  removeOutliers,
  simpleImputer,
  standardScaler,
  targetEncoder,
} from "@tideline/learn/transform";
import { expect, test } from "vitest";
import { planPreparation, prepare, runPreparation } from "./index.ts";
import { bytesOf, hitsOf, options, rowsOf, start, visits } from "./testing/visits.ts";

test("a changed option runs that step and those after it; changed bytes run all; a plan says so before", async () => {
  const { folder, file } = start();
  await runPreparation(prepare(options(file)), { folder });
  const steps = [
    simpleImputer({ columns: ["age"], strategy: "mean" }),
    standardScaler({ columns: ["age"] }),
    oneHotEncoder({ columns: ["city"] }),
  ];
  const changed = prepare(options(file, { steps }));
  const plan = await planPreparation(changed, { folder });
  const ran = await runPreparation(changed, { folder });
  const isAfter = (name: string) => /^(step [12]|check (after|every) [12]|write|chain|outcome)/u.test(name);
  expect(ran.steps.filter(({ hit }) => !hit).map(({ name }) => name)).toEqual(
    ran.steps.map(({ name }) => name).filter(isAfter),
  );
  expect(plan.filter(({ state }) => state !== "hit").map(({ name }) => name)).toEqual(
    ran.steps.map(({ name }) => name).filter((name) => isAfter(name) && name !== "outcome"),
  );
  expect(plan.find(({ state }) => state === "runs")!.name).toBe("step 1 standardScaler");
  writeFileSync(file, `${visits()}p9,Bonn,33,4,yes\n`);
  const grown = await runPreparation(changed, { folder });
  expect(grown.steps.filter(({ hit }) => hit)).toEqual([]);
  // What was there before is there yet.
  writeFileSync(file, visits());
  expect(hitsOf(await runPreparation(changed, { folder })).filter((one) => one.startsWith("-"))).toEqual([]);
});

test("what learns from labels: training rows are out of fold, others of all; rules let training rows go", async () => {
  const { folder, file } = start();
  const definition = prepare(
    options(file, {
      checks: {},
      split: { by: "group", column: "person", seed: 1 },
      steps: [
        simpleImputer({ columns: ["age"] }),
        removeOutliers({ columns: ["age"], method: "iqr" }),
        targetEncoder({ columns: ["city"] }),
        standardScaler({ columns: ["city"] }),
      ],
    }),
  );
  const ran = await runPreparation(definition, { folder });
  const rule = ran.steps.find(({ name }) => name === "step 1 removeOutliers")!;
  expect(rule.rowsIn - rule.rowsOut).toBe(1);
  const distinct = async (part: string) =>
    new Set(columnOfKind(await rowsOf(ran, part), "city", "float").values).size;
  expect([await distinct("test"), (await distinct("train")) > 3]).toEqual([3, true]);
  expect(ran.manifest.classes).toEqual(["false", "true"]);
});

test("elsewhere the outcome is the same to the byte, but for the seconds in the log", async () => {
  const { folder, file } = start();
  const definition = prepare(options(file));
  const first = await runPreparation(definition, { folder });
  const other = await runPreparation(definition, { folder: `${folder}-2` });
  const { "log.jsonl": _log, ...rest } = bytesOf(first);
  expect(bytesOf(other)).toMatchObject(rest);
  expect(other.path.slice(-64)).toBe(first.path.slice(-64));
});
