import { expect, onTestFinished, test } from "vitest";
import { commit, openCatalog, recordCachedStep, type Catalog } from "./catalog/index.ts";
import { ownFolder } from "./catalog/owner.ts";
import { temporaryFolder } from "./catalog/testing/temporary-folder.ts";
import { cachedStep, stepKey, type StepContext, type StepDefinition } from "./cached-step.ts";

async function newCatalog(): Promise<Catalog> {
  const owner = await ownFolder(temporaryFolder(onTestFinished), { command: "test" });
  const catalog = await openCatalog(owner.layout.root, { epoch: owner.epoch });
  onTestFinished(async () => {
    await catalog.close();
    owner.release();
  });
  return catalog;
}

const definition: StepDefinition = { name: "double", version: 1, input: { of: [1, 2] } };
const yes = () => Promise.resolve(true);

/** A step that counts how often it works. */
function doubling(
  context: StepContext,
  of: StepDefinition = definition,
  holds = yes as (output: unknown) => Promise<boolean>,
) {
  const worked: string[] = [];
  const run = () =>
    cachedStep(context, of, holds, (key) => {
      worked.push(key);
      return Promise.resolve({
        output: { doubled: [2, 4] },
        log: { rowsIn: 2, rowsOut: 1, reasons: { odd: 1 } },
      });
    });
  return { worked, run };
}

test("a step works once for its inputs and is answered from the catalog ever after, log and all", async () => {
  const heard: unknown[] = [];
  const context = {
    catalog: await newCatalog(),
    clock: () => 7,
    onStep: (entry: unknown) => void heard.push(entry),
  };
  const { worked, run } = doubling(context);
  const key = stepKey(definition);
  await expect(run()).resolves.toEqual({ key, output: { doubled: [2, 4] }, hit: false });
  await expect(run()).resolves.toEqual({ key, output: { doubled: [2, 4] }, hit: true });
  expect(worked).toEqual([key]);
  const log = { rowsIn: 2, rowsOut: 1, reasons: { odd: 1 }, name: "double", key };
  expect(heard).toEqual([
    { ...log, hit: false },
    { ...log, hit: true },
  ]);
});

test("name, version and input make the key, whatever the order of the input's fields", () => {
  const same = stepKey({ name: "n", version: 1, input: { a: 1, b: 2 } });
  expect(stepKey({ name: "n", version: 1, input: { b: 2, a: 1 } })).toBe(same);
  const others = [
    { name: "m", version: 1, input: { a: 1, b: 2 } },
    { name: "n", version: 2, input: { a: 1, b: 2 } },
    { name: "n", version: 1, input: { a: 1, b: 3 } },
  ].map(stepKey);
  expect(new Set([same, ...others]).size).toBe(4);
});

test("an output whose file is gone is computed again, and so is every step that is wanted afresh", async () => {
  const context = { catalog: await newCatalog(), clock: () => 0 };
  let stands = true;
  const asked: unknown[] = [];
  const { worked, run } = doubling(context, definition, (output) => {
    asked.push(output);
    return Promise.resolve(stands);
  });
  await run();
  expect(asked).toEqual([]);
  stands = false;
  await expect(run()).resolves.toMatchObject({ hit: false });
  expect(asked).toEqual([{ doubled: [2, 4] }]);
  stands = true;
  await expect(run()).resolves.toMatchObject({ hit: true });
  const afresh = doubling({ ...context, fresh: true });
  await expect(afresh.run()).resolves.toMatchObject({ hit: false });
  expect([worked.length, afresh.worked.length]).toEqual([2, 1]);
});

test("a step that fails leaves nothing, and works the next time", async () => {
  const context = { catalog: await newCatalog(), clock: () => 0 };
  const fault = new Error("no");
  await expect(cachedStep(context, definition, yes, () => Promise.reject(fault))).rejects.toBe(fault);
  await expect(doubling(context).run()).resolves.toMatchObject({ hit: false });
});

test("the first output of a key stays", async () => {
  const catalog = await newCatalog();
  const row = {
    key: stepKey(definition),
    name: "double",
    created_at: 0,
    log: { rowsIn: 0, rowsOut: 0, reasons: {} },
  };
  await commit(catalog, (writer) => recordCachedStep(writer, { ...row, output: "first" }));
  await commit(catalog, (writer) => recordCachedStep(writer, { ...row, output: "second" }));
  const { run } = doubling({ catalog, clock: () => 0 });
  await expect(run()).resolves.toMatchObject({ output: "first", hit: true });
});
