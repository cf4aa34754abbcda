import { beforeEach, expect, test } from "vitest";
import {
  createWorld,
  keyOf,
  platform,
  runtimeOf,
  type SmallRelease,
  type World,
} from "../../../test/device-fixture.ts";
import { deadlyRuntime, sizedRelease } from "../../../test/sized-release.ts";
import type { ModelRuntime } from "./ports.ts";
import { MOST_CRASHES } from "./release-state.ts";

/** Files of the release: as many as a definition can ask for, and more. */
const FILES = 10;

let world: World;
let release: SmallRelease;
beforeEach(async () => {
  world = createWorld();
  // The self-test agrees with none of them.
  release = await sizedRelease(
    1,
    Array.from({ length: FILES }, () => 0.2),
  );
  world.publish(release);
});

const tiers = ["accelerator", "cpu", "portable"] as const;
const runtimes = tiers.map((tier) => runtimeOf({ tier }));

/** How often each file of the model was asked for. */
const asked = (): readonly number[] =>
  release.metadata.variants.map(
    ({ sha256 }) => world.requests.filter(({ url }) => url.endsWith(sha256)).length,
  );
const vectorsAsked = (): number =>
  world.requests.filter(({ url }) => url.endsWith(release.metadata.vectors.sha256)).length;

/** A day of the phone: the app starts, and looks for a newer release. */
const day = async (on: readonly ModelRuntime[] = runtimes) =>
  (await world.start({}, { runtimes: on })).update();

test("of ten files that all fail on three runtimes each is fetched once, whatever the days and restarts", async () => {
  for (let at = 0; at < 5; at += 1) {
    expect(await day()).toMatchObject({ result: "kept", code: "SELF_TEST_FAILED" });
  }
  expect(asked()).toEqual(Array.from({ length: FILES }, () => 1));
  expect(vectorsAsked()).toBe(1);
});

test("of ten files with a connection that breaks in each of them, each that came stays", async () => {
  const broken = new Set<string>();
  world.intercept = ({ url }) => {
    if (!release.metadata.variants.some(({ sha256 }) => url.endsWith(sha256)) || broken.has(url))
      return undefined;
    broken.add(url);
    throw new Error("no connection");
  };
  for (let at = 0; at < FILES; at += 1) expect(await day()).toMatchObject({ result: "offline" });
  expect(await day()).toMatchObject({ result: "kept" });
  // Once in vain.
  expect(asked()).toEqual(Array.from({ length: FILES }, () => 2));
});

test("a file with other bytes is asked for once in a look, however many runtimes take it; so are the vectors", async () => {
  const { variants, vectors } = release.metadata;
  const swap = (sha256: string): void => {
    const bytes = release.artifacts.get(sha256)!;
    world.offer.artifacts.set(sha256, new Uint8Array(bytes.length));
  };
  for (const { sha256 } of variants) swap(sha256);
  expect(await day()).toMatchObject({ result: "kept", code: "ARTIFACT_CORRUPT" });
  expect(asked()).toEqual(Array.from({ length: FILES }, () => 1));
  world.files.clear();
  swap(vectors.sha256);
  expect(await day()).toMatchObject({ result: "kept", code: "ARTIFACT_CORRUPT" });
  // Nothing can be tested without them, so nothing else is fetched.
  expect(asked()).toEqual(Array.from({ length: FILES }, () => 1));
  expect(vectorsAsked()).toBe(2);
});

test("a release of ten files ends the app a few times on a runtime, not twice for each file", async () => {
  const fatal = [deadlyRuntime(world, "cpu", () => true)];
  let days = 0;
  for (; days < 30; days += 1) {
    await day(fatal);
    // An app that was ended writes nothing.
    const state = await world.start({}, { runtimes: fatal });
    const { crashed } = state.diagnostics().releases["activity"]!;
    if (crashed.length >= MOST_CRASHES) break;
  }
  const { attempts } = JSON.parse(platform.text.decode(world.files.get("release-activity-stable.json")!)) as {
    attempts: Readonly<Record<string, number>>;
  };
  const crashes = () => Object.values(attempts).reduce((sum, one) => sum + one, 0);
  expect(crashes()).toBe(MOST_CRASHES);
  expect(await day(fatal)).toMatchObject({ result: "kept", code: "SELF_TEST_FAILED" });
  expect(crashes()).toBe(MOST_CRASHES);
  expect(asked().reduce((sum, one) => sum + one, 0)).toBe(MOST_CRASHES);
});

test("where the next file ends the app, the one that failed before it is not blamed", async () => {
  await day([deadlyRuntime(world, "cpu", (size) => size === 1)]);
  const client = await world.start({}, { runtimes });
  expect(client.diagnostics().releases["activity"]).toMatchObject({
    tests: { [keyOf(release, "cpu", 0)]: "SELF_TEST_FAILED" },
    crashed: [keyOf(release, "cpu", 1)],
  });
});
