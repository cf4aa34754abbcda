import { beforeEach, expect, test } from "vitest";
import {
  createWorld,
  gait,
  keyOf,
  platform,
  runtimeOf,
  type SmallRelease,
  type World,
} from "../../../test/device-fixture.ts";
import { deadlyRuntime, sizedRelease } from "../../../test/sized-release.ts";
import type { Client } from "./client.ts";
import type { ModelRuntime } from "./ports.ts";

const window = new Float32Array(gait.size * gait.channels.length);
window[0] = 0.8;
/** Gains of a release's files, from the smallest to the largest; the self-test agrees with the last two. */
const GAINS = [0.2, 0.5, 0.5] as const;

let world: World;
let release: SmallRelease;
beforeEach(async () => {
  world = createWorld();
  // A manifest has no order by size.
  release = await sizedRelease(1, GAINS, (variants) => variants.toReversed());
});

/** Name of a file on a tier, 0 for the smallest. */
const key = (size: number, tier: ModelRuntime["tier"]): string => keyOf(release, tier, 2 - size);
const artifactOf = (size: number): string => release.metadata.variants[2 - size]!.sha256;

/** Sizes of the model's files that were asked for, in order. */
const asked = (): readonly number[] =>
  world.requests
    .map(({ url }) => [0, 1, 2].findIndex((size) => url.endsWith(artifactOf(size))))
    .filter((size) => size >= 0);

/** A phone on which the smallest file answers as the self-test wants on some tiers. */
const honest = (tier: ModelRuntime["tier"]): ModelRuntime =>
  runtimeOf({ tier }, async (answer) =>
    answer[1]! < 0.3 ? Float32Array.of(1 - 2.5 * answer[1]!, 2.5 * answer[1]!) : answer,
  );

async function start(runtimes: readonly ModelRuntime[]): Promise<Client> {
  const client = await world.start({}, { runtimes });
  await client.setConsent(["improve"]);
  return client;
}

async function ask(client: Client): Promise<readonly (string | null)[]> {
  const { source, runtime, reason } = await client.predict(window, { session: "s", start: 0 });
  return [runtime ?? source, reason];
}

test("where the smallest file fails its self-test the next larger one runs there, before another runtime does", async () => {
  world.publish(release);
  const runtimes = [runtimeOf({ tier: "accelerator" }), honest("cpu")];
  const client = await start(runtimes);
  expect(await client.update()).toEqual({ result: "activated", version: 1, code: null });
  const reason = "accelerator/onnx:SELF_TEST_FAILED";
  expect(await ask(client)).toEqual(["accelerator/onnx", reason]);
  expect(client.diagnostics().releases["activity"]).toMatchObject({
    tests: {
      [key(0, "accelerator")]: "SELF_TEST_FAILED",
      [key(1, "accelerator")]: expect.any(Number),
      [key(0, "cpu")]: expect.any(Number),
    },
    crashed: [],
    skipped: [],
  });
  // Each once, and none that is not needed.
  expect(asked()).toEqual([0, 1]);
  await client.update();
  world.intercept = () => {
    throw new Error("no connection");
  };
  expect(await ask(await start(runtimes))).toEqual(["accelerator/onnx", reason]);
  expect(asked()).toEqual([0, 1]);
});

test("what fails on every runtime is not kept on the phone, and is no crash", async () => {
  world.publish(release);
  const client = await start([runtimeOf({ tier: "accelerator" }), runtimeOf({ tier: "cpu" })]);
  await client.update();
  expect(await ask(client)).toEqual(["accelerator/onnx", "accelerator/onnx:SELF_TEST_FAILED"]);
  expect(asked()).toEqual([0, 1]);
  const held = [0, 1, 2].filter((size) => world.files.has(`artifact-activity-${artifactOf(size)}`));
  expect(held).toEqual([1]);
});

test("while the larger file cannot be had the update waits, and what failed is not called a crash", async () => {
  world.publish(release);
  world.intercept = ({ url }) => {
    if (url.endsWith(artifactOf(1))) throw new Error("no connection");
    return undefined;
  };
  const runtimes = [runtimeOf({})];
  const client = await start(runtimes);
  expect(await client.update()).toMatchObject({ result: "offline", version: 0 });
  const told = { tests: { [key(0, "cpu")]: "SELF_TEST_FAILED" }, crashed: [] };
  expect(client.diagnostics().releases["activity"]).toMatchObject(told);
  world.intercept = null;
  const again = await start(runtimes);
  expect(await again.update()).toMatchObject({ result: "activated", version: 1 });
  expect(await ask(again)).toEqual(["cpu/onnx", "cpu/onnx:SELF_TEST_FAILED"]);
});

test("a file that takes the app down gives way to the next larger one", async () => {
  world.publish(release);
  const runtimes = [deadlyRuntime(world, "accelerator", (size) => size < 2)];
  for (let crash = 0; crash < 2; crash += 1) {
    const doomed = await start(runtimes);
    await doomed.update();
  }
  const client = await start(runtimes);
  expect(await client.update()).toMatchObject({ result: "activated", version: 1 });
  const reason = "accelerator/onnx:RUNTIME_CRASHED";
  expect(await ask(client)).toEqual(["accelerator/onnx", `${reason},${reason}`]);
  expect(client.diagnostics().releases["activity"]).toMatchObject({
    tests: { [key(2, "accelerator")]: expect.any(Number) },
    crashed: [key(0, "accelerator"), key(1, "accelerator")],
  });
  expect(asked()).toEqual([0, 1, 2]);
});

test.each([
  ["alone", []],
  ["beside another runtime", ["cpu"]],
] as const)(
  "a file that begins to take the app down, %s, gives way at the next update",
  async (_, others) => {
    world.publish(release);
    let isDeadly = false;
    const accelerator = honest("accelerator");
    const load: ModelRuntime["load"] = async (bytes, names) => {
      const fatal = deadlyRuntime(world, "accelerator", (size) => isDeadly && size === 0);
      await fatal.load(bytes, names);
      return accelerator.load(bytes, names);
    };
    const runtimes = [{ ...accelerator, load }, ...others.map((tier) => honest(tier))];
    const first = await start(runtimes);
    await first.update();
    expect(await ask(first)).toEqual(["accelerator/onnx", null]);
    expect(asked()).toEqual([0]);
    isDeadly = true;
    // Twice, where nothing else works.
    for (let crash = others.length; crash < 2; crash += 1) await world.start({}, { runtimes });
    const client = await start(runtimes);
    expect((await ask(client))[0]).toBe(others.length === 0 ? "rule" : "cpu/onnx");
    const result = others.length === 0 ? "activated" : "current";
    expect(await client.update()).toEqual({ result, version: 1, code: null });
    expect(client.diagnostics().releases["activity"]).toMatchObject({
      tests: { [key(1, "accelerator")]: expect.any(Number) },
      crashed: [key(0, "accelerator")],
    });
    expect(asked()).toEqual([0, 1]);
    isDeadly = false;
    await client.update();
    expect(asked()).toEqual([0, 1]);
  },
);

test("names from before files stood in them are no names of anything, and harm nothing", async () => {
  const client = await start([honest("cpu")]);
  world.publish(release);
  await client.update();
  const file = "release-activity-stable.json";
  const state = JSON.parse(platform.text.decode(world.files.get(file)!)) as object;
  const old = { tests: { "1/cpu/onnx/1.0.0": 3 }, attempts: { "1/cpu/onnx/1.0.0": 2 } };
  world.files.set(file, platform.text.encode(JSON.stringify({ ...state, ...old })));
  const again = await start([honest("cpu")]);
  expect(await ask(again)).toEqual(["cpu/onnx", null]);
  expect(asked()).toEqual([0]);
  expect(await again.update()).toMatchObject({ result: "current", version: 1 });
});
