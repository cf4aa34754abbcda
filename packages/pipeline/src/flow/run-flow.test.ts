import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findFlow, listFlowSteps, openCatalog, type Catalog } from "../catalog/index.ts";
import { ownFolder } from "../catalog/owner.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { flowId, runFlow } from "./run-flow.ts";

async function newCatalog(folder = temporaryFolder(onTestFinished)): Promise<Catalog> {
  const owner = await ownFolder(folder, { command: "test" });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  onTestFinished(async () => {
    await catalog.close();
    owner.release();
  });
  return catalog;
}

/** A flow of two steps that counts what works; `b` takes what `a` gives, and fails while it is told to. */
function pair(catalog: Catalog) {
  const worked: string[] = [];
  let time = 100;
  const run = (options: { readonly a?: number; readonly fails?: boolean } = {}) =>
    runFlow({ catalog, clock: () => (time += 1) }, { name: "pair", input: { of: 1 } }, async (step) => {
      const a = await step("a", options.a ?? 1, () => {
        worked.push("a");
        return Promise.resolve({ made: options.a ?? 1 });
      });
      return step("b", a, () => {
        worked.push("b");
        return options.fails === true ? Promise.reject(new Error("no luck")) : Promise.resolve(a.made + 1);
      });
    });
  return { worked, run, id: flowId({ name: "pair", input: { of: 1 } }) };
}

test("steps that are done are not run again, and the flow keeps its beginning", async () => {
  const catalog = await newCatalog();
  const { worked, run, id } = pair(catalog);
  await expect(run()).resolves.toBe(2);
  await expect(run()).resolves.toBe(2);
  expect(worked).toEqual(["a", "b"]);
  await expect(findFlow(catalog, id)).resolves.toMatchObject({
    name: "pair",
    status: "finished",
    created_at: 101,
  });
  expect(
    (await listFlowSteps(catalog, id)).map(({ name, status, attempts }) => [name, status, attempts]),
  ).toEqual([
    ["a", "finished", 1],
    ["b", "finished", 1],
  ]);
});

test("a step that fails fails the flow with its error, and is tried again alone", async () => {
  const catalog = await newCatalog();
  const { worked, run, id } = pair(catalog);
  await expect(run({ fails: true })).rejects.toThrow("no luck");
  await expect(findFlow(catalog, id)).resolves.toMatchObject({ status: "failed" });
  const failed = (await listFlowSteps(catalog, id)).find(({ name }) => name === "b");
  expect(failed).toMatchObject({ status: "failed", attempts: 1, error: "no luck", output: null });
  await expect(run()).resolves.toBe(2);
  expect(worked).toEqual(["a", "b", "b"]);
  const tried = (await listFlowSteps(catalog, id)).find(({ name }) => name === "b");
  expect(tried).toMatchObject({ status: "finished", attempts: 2, error: null, output: 2 });
  await expect(findFlow(catalog, id)).resolves.toMatchObject({ status: "finished" });
});

test("a step whose input has changed is run again, and so is what depends on it", async () => {
  const { worked, run } = pair(await newCatalog());
  await run();
  await expect(run({ a: 5 })).resolves.toBe(6);
  expect(worked).toEqual(["a", "b", "a", "b"]);
});

test("another input is another flow; the order of its fields is not", () => {
  expect(flowId({ name: "n", input: { a: 1, b: 2 } })).toBe(flowId({ name: "n", input: { b: 2, a: 1 } }));
  expect(flowId({ name: "n", input: { a: 1 } })).not.toBe(flowId({ name: "n", input: { a: 2 } }));
  expect(flowId({ name: "n", input: 1 })).not.toBe(flowId({ name: "m", input: 1 }));
});

/** Runs the flow in a process of its own and answers how it ended. */
async function runInChild(folder: string, crashAt: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "testing/flow-process.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TIDELINE_CRASH_AT: crashAt },
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return signal ?? `${code} ${said.trim()}`;
}

test.each([
  ["flow.step.before_commit:2", "abbc", 2],
  ["flow.step.after_commit:2", "abc", 1],
])("killed at %s, the flow goes on where it was", async (point, worked, attempts) => {
  const folder = temporaryFolder(onTestFinished);
  await expect(runInChild(folder, point)).resolves.toBe("SIGKILL");
  const catalog = await openCatalog(folder);
  const id = flowId({ name: "letters", input: { of: "abc" } });
  await expect(findFlow(catalog, id)).resolves.toMatchObject({ status: "running" });
  await expect(runInChild(folder, "")).resolves.toBe("0 abc");
  await expect(readFile(join(folder, "worked"), "utf8")).resolves.toBe(worked);
  expect((await listFlowSteps(catalog, id)).map((step) => step.attempts)).toEqual([1, attempts, 1]);
  await expect(findFlow(catalog, id)).resolves.toMatchObject({ status: "finished" });
  await catalog.close();
});
