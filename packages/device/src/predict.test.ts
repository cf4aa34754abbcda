import { beforeEach, expect, test } from "vitest";
import { createWorld, gait, makeRelease, runtime, type World } from "../../../test/device-fixture.ts";
import type { Client } from "./client.ts";
import type { NetworkRequest, NetworkResponse } from "./ports.ts";

const size = gait.size * gait.channels.length;
const window = new Float32Array(size);
window[0] = 0.8;
const shaking = Float32Array.from({ length: size }, (_, index) => (index % 3 === 0 ? 2 : 0));
const context = { session: "s", start: 4, time: 1_700_000_000_123 };

let world: World;
beforeEach(() => {
  world = createWorld();
});

const endpoint =
  (body: unknown, status = 200) =>
  ({ url }: NetworkRequest): NetworkResponse | undefined =>
    url.endsWith("/infer")
      ? { status, headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) }
      : undefined;

const answer = {
  model_name: "activity",
  model_version: "release-of-the-server",
  outputs: [{ name: "probabilities", shape: [1, 2], datatype: "FP32", data: [0.25, 0.75] }],
};

async function reported(client: Client) {
  await client.flush();
  return [...world.collector.events.values()].filter(({ name }) => name === "prediction");
}

test("the model on the phone answers, and the answer is reported as an event", async () => {
  const release = await makeRelease(1);
  world.publish(release);
  let ms = 100;
  const client = await world.start({}, { monotonic: () => (ms += 2.5) });
  await client.setConsent(["improve", "cloud"]);
  await client.update();
  const prediction = await client.predict(window, context);
  expect(prediction).toMatchObject({
    label: "still",
    source: "device",
    reason: null,
    release: release.metadata.id,
  });
  expect(prediction.latencyMs).toBe(2.5);
  const [event] = await reported(client);
  expect(event).toMatchObject({ time: context.time, user: "ada", version: 1 });
  expect(event!.properties).toEqual({
    prediction_id: prediction.predictionId,
    session: "s",
    start: 4,
    model: "activity",
    release: release.metadata.id,
    definition: "definition-hash",
    label: "still",
    probabilities: prediction.probabilities,
    source: "device",
    latency_ms: 2.5,
  });
  expect(Float32Array.from(prediction.probabilities!)).toEqual(
    Float32Array.of(1 - window[0]! / 2, window[0]! / 2),
  );
});

test("without a model the endpoint answers, if the person consented to sending windows away", async () => {
  const client = await world.start();
  await client.setConsent(["improve", "cloud"]);
  world.intercept = endpoint(answer);
  expect(await client.predict(window, context)).toMatchObject({
    label: "moving",
    source: "endpoint",
    release: "release-of-the-server",
    reason: "device:NOT_FOUND",
    probabilities: [0.25, 0.75],
  });
  const { url, headers, body } = world.requests[0]!;
  expect(url).toBe("http://console/v2/models/activity/infer");
  expect(headers["authorization"]).toMatch(/^Basic /);
  expect(JSON.parse(new TextDecoder().decode(body))).toEqual({
    inputs: [{ name: "window", shape: [1, 8, 3], datatype: "FP32", data: [...window] }],
  });
});

test("without that consent nothing is sent and the rule answers", async () => {
  const client = await world.start();
  await client.setConsent(["improve"]);
  expect(await client.predict(shaking, context)).toMatchObject({
    label: "moving",
    source: "rule",
    release: "none",
    probabilities: null,
    reason: "device:NOT_FOUND,cloud:CONSENT_MISSING,last:NOT_FOUND",
  });
  expect(await client.predict(window, context)).toMatchObject({ label: "still", source: "rule" });
  expect(world.requests).toEqual([]);
  const events = await reported(client);
  expect(events[0]!.properties).not.toHaveProperty("probabilities");
  expect(client.diagnostics().predictions).toEqual({ device: 0, endpoint: 0, last: 0, rule: 2 });
});

test.each([
  ["answers with an error", endpoint({}, 500)],
  ["does not speak JSON", () => ({ status: 200, headers: {}, body: new TextEncoder().encode("<html>") })],
  ["gives too few probabilities", endpoint({ outputs: [{ name: "probabilities", data: [1] }] })],
  ["gives none", endpoint({ outputs: [] })],
  [
    "cannot be reached",
    (): undefined => {
      throw new Error("no connection");
    },
  ],
])("an endpoint that %s leaves the rule", async (_, intercept) => {
  const client = await world.start();
  await client.setConsent(["improve", "cloud"]);
  world.intercept = intercept;
  expect(await client.predict(window, context)).toMatchObject({
    source: "rule",
    reason: "device:NOT_FOUND,cloud:UNAVAILABLE,last:NOT_FOUND",
  });
});

test.each([
  ["fails", async () => Promise.reject(new Error("device lost"))],
  ["gives a NaN", async () => Float32Array.of(Number.NaN, 1)],
  ["gives too many numbers", async () => Float32Array.of(0, 0, 1)],
])("a model that %s while it runs is passed over", async (_, broken) => {
  world.publish(await makeRelease(1));
  let works = true;
  const moody = {
    ...runtime,
    load: async (...call: Parameters<typeof runtime.load>) => {
      const model = await runtime.load(...call);
      return {
        ...model,
        run: (...run: Parameters<typeof model.run>) => (works ? model.run(...run) : broken()),
      };
    },
  };
  const client = await world.start({}, { runtimes: [moody] });
  await client.setConsent(["improve", "cloud"]);
  await client.update();
  works = false;
  world.intercept = endpoint(answer);
  expect(await client.predict(window, context)).toMatchObject({
    source: "endpoint",
    reason: "cpu/onnx:RUNTIME_UNSUPPORTED",
  });
});

test("a phone without a runtime says so, and asks the endpoint", async () => {
  world.publish(await makeRelease(1));
  const client = await world.start({}, { runtimes: [] });
  await client.setConsent(["improve", "cloud"]);
  expect(await client.update()).toMatchObject({ result: "kept", code: "RELEASE_REQUIRES" });
  world.intercept = endpoint(answer);
  expect(await client.predict(window, context)).toMatchObject({
    source: "endpoint",
    reason: "device:RELEASE_REQUIRES",
  });
});

test("prediction ids differ, also over restarts, and fit the event", async () => {
  const ids = new Set<string>();
  for (let start = 0; start < 3; start += 1) {
    const client = await world.start();
    for (let index = 0; index < 5; index += 1) ids.add((await client.predict(window, context)).predictionId);
  }
  expect(ids.size).toBe(15);
  expect(Math.max(...[...ids].map((id) => id.length))).toBeLessThanOrEqual(64);
});

test("feedback comes back as the model's label event", async () => {
  const client = await world.start();
  await client.setConsent(["improve"]);
  const { predictionId } = await client.predict(window, context);
  await client.feedback(predictionId, "moving", { time: 1_700_000_000_999 });
  await client.flush();
  const correction = [...world.collector.events.values()].find(({ name }) => name === "correction");
  expect(correction).toMatchObject({
    time: 1_700_000_000_999,
    properties: { prediction_id: predictionId, activity: "moving" },
  });
  await expect(client.feedback(predictionId, "flying")).rejects.toMatchObject({ code: "FIELD_INVALID" });
});

test("an answer is given even when it cannot be written down", async () => {
  const client = await world.start();
  await client.setConsent(["improve"]);
  world.storage().fillUpAfter(0);
  expect(await client.predict(window, context)).toMatchObject({ source: "rule" });
  expect(client.diagnostics().lastError).toMatchObject({ code: "STORAGE_FAILED" });
});

test("a window of another size and a model that the app does not have are refused", async () => {
  const client = await world.start();
  const wrong = client.predict(new Float32Array(3), context);
  await expect(wrong).rejects.toMatchObject({ code: "ARGUMENT_INVALID", parts: { field: "window" } });
  const unknown = client.predict(window, { ...context, model: "gait" });
  await expect(unknown).rejects.toMatchObject({ code: "ARGUMENT_INVALID", parts: { field: "model" } });
});
