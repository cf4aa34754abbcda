import { expect, test } from "vitest";
import { createWorld, gait, keyOf, makeRelease, tap } from "../../../test/device-fixture.ts";
import { createBudget } from "./budget.ts";
import { describeDiagnostics } from "./describe-diagnostics.ts";

test("a person of support reads what works, what waits and what to do, and nothing of anybody's events", async () => {
  const world = createWorld();
  const [first, second] = [await makeRelease(1), await makeRelease(2, { tested: 0.9 })];
  world.publish(first);
  const client = await world.start({ budget: createBudget(), user: "secret-user" });
  await client.track(tap, { target: "secret-target" });
  await client.setConsent(["improve", "analytics"]);
  await client.track(tap, { target: "secret-target" });
  await client.flush();
  await client.update();
  await client.predict(new Float32Array(gait.size * gait.channels.length), { session: "s", start: 0 });
  world.publish(second);
  await client.update();
  await client.update();
  world.intercept = () => ({ status: 401, headers: {}, body: new Uint8Array(0) });
  await client.flush();
  await client.eraseMe();
  const page = describeDiagnostics(client.diagnostics());
  expect(page).not.toContain("secret");
  const { install } = client.diagnostics();
  const day = new Date(1_700_000_000_000).toISOString().slice(0, 10);
  for (const line of [
    `Tideline SDK 0.1.0, install ${install}, epoch 1`,
    "Events: 0 recorded, 0 with the server, 0 waiting, 0 given up.",
    "  1 event not recorded for want of consent since the start.",
    "Consent: analytics, improve.",
    "Uploads: 2 batches, 0 outages, repeated 0, doubled 0 (harmless).",
    "  Stopped: the server refuses the write key or the address. Check both in the app.",
    "Model activity: version 1 on cpu/onnx.",
    "  Version 2 was offered and does not run here.",
    "  The last look for a newer one ended with SELF_TEST_FAILED.",
    `  Self-test ${keyOf(first)}: passed, 0.00 ms a window.`,
    `  Self-test ${keyOf(second)}: SELF_TEST_FAILED.`,
    `  Not tried again: ${keyOf(second)} (crashed or failed twice).`,
    "Runtimes: cpu/onnx 1.0.0.",
    "Predictions since the start: device 1.",
    `Budget of day ${day} (UTC):`,
    "  Held back: none.",
    "Requests of the person: erase (not sent yet): pending.",
  ]) {
    expect(page.split("\n")).toContain(line);
  }
  expect(page).toMatch(/^Last error: subject: .*\[UNAVAILABLE\], at 2023-11-14T/m);
});

test("a phone on which nothing has happened yet says so", async () => {
  const page = describeDiagnostics((await createWorld().start()).diagnostics());
  expect(page).toContain("Consent: to nothing; nothing is recorded.");
  expect(page).toContain("Model activity: none on this phone (none was offered).");
  expect(page).toContain("Budget: none set.");
  expect(page).toContain("Last error: none.");
});

test("events that were given up are told with the reason", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["analytics"]);
  await client.track(tap, { target: "a" });
  await client.setConsent([]);
  expect(describeDiagnostics(client.diagnostics()).split("\n")).toEqual(
    expect.arrayContaining([
      "Events: 1 recorded, 0 with the server, 0 waiting, 1 given up.",
      "  Given up because of: consent 1.",
    ]),
  );
});
