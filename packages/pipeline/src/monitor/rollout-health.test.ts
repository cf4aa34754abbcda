import { afterAll, beforeAll, expect, test } from "vitest";
import { openEngine, type Engine } from "../lake/index.ts";
import { temporaryFolder } from "../release/testing/temporary-folder.ts";
import { rolloutHealth } from "./rollout-health.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ temporary: temporaryFolder() });
});
afterAll(() => engine.close());

/** What a phone said of version 2: result, code, failed. */
type Told = readonly [result: string, code: string | null, failed: string | null];
/** Its predictions since: source, reason. */
type Answered = readonly (readonly [source: string, reason: string | null])[];

const text = (value: string | null): string => (value === null ? "NULL::VARCHAR" : `'${value}'`);

/** Health of a fleet of one phone. */
function healthOf([result, code, failed]: Told, answered: Answered = []) {
  const tables: Readonly<Record<string, string>> = {
    model_update: `(SELECT 'phone' AS install_id, TIMESTAMP '2026-01-01' AS time, 0 AS epoch, 0 AS seq, 'm' AS model,
      2 AS version, '${result}' AS result, ${text(code)} AS code, ${text(failed)} AS failed)`,
    prediction: `(SELECT 'phone' AS install_id, TIMESTAMP '2026-01-02' AS time, 'm' AS model, source, reason
      FROM (VALUES ${[...answered, ["", null] as const].map(([source, reason]) => `('${source}', ${text(reason)})`).join()})
      AS t(source, reason) WHERE source <> '')`,
  };
  return rolloutHealth(engine, { name: "m" }, (name) => tables[name]!, [2]);
}

const failing = { phones: 1, failing: 1, withFailedFile: 0, heldBack: 0 };
const well = { ...failing, failing: 0 };
const apart = { ...well, withFailedFile: 1 };
const file = "cpu/onnx:SELF_TEST_FAILED";

test.each<readonly [what: string, told: Told, answered: Answered, health: typeof well]>([
  ["runs it", ["activated", null, null], [["device", null]], well],
  ["runs a larger file of it", ["activated", null, file], [["device", file]], apart],
  [
    "runs it after two files ended the app or failed",
    ["activated", null, `cpu/onnx:RUNTIME_CRASHED,${file}`],
    [["device", file]],
    failing,
  ],
  ["was ended by it", ["crashed", null, null], [], failing],
  ["could not take it", ["kept", "SELF_TEST_FAILED", file], [], failing],
  ["had no room for it", ["kept", "STORAGE_FAILED", null], [], well],
  ["asks the rule", ["activated", null, null], [["rule", `${file},last:NOT_FOUND`]], failing],
  [
    "asks the rule for a tenth, and no more",
    ["activated", null, null],
    [["rule", file], ...Array.from({ length: 9 }, () => ["device", null] as const)],
    well,
  ],
  [
    "has spent its budget, and a file failed long ago",
    ["activated", null, file],
    [["rule", `${file},cpu/onnx:BUDGET_SPENT,last:NOT_FOUND`]],
    apart,
  ],
  [
    "asks the rule, since no request was left for the endpoint",
    ["activated", null, null],
    [["rule", "cpu/onnx:MODEL_MALFORMED,cloud:BUDGET_SPENT"]],
    failing,
  ],
  ["holds back", ["held-back", "RELEASE_HELD_BACK", null], [], { ...well, phones: 0, heldBack: 1 }],
])("a phone that %s", async (_, told, answered, health) => {
  expect(await healthOf(told, answered)).toEqual(health);
});
