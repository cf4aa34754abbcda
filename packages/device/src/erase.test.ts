import { expect, test } from "vitest";
import { reportUpdates } from "@tideline/device";
import { UPDATE_EVENT, updateEvent } from "@tideline/spec";
import { app, createWorld, makeRelease } from "../../../test/device-fixture.ts";

test("after an erasure no file names the install, that of what was reported of updates neither", async () => {
  const world = createWorld();
  world.publish(await makeRelease(1));
  const update = updateEvent({ purpose: "improve", retain: "90d" });
  const client = await world.start({
    app: { ...app, events: { ...app.events, [UPDATE_EVENT]: update } },
    wrap: reportUpdates,
  });
  await client.setConsent(["improve"]);
  await client.update();
  const { install } = client.diagnostics();
  const naming = (): string[] =>
    [...world.files].filter(([, bytes]) => Buffer.from(bytes).includes(install)).map(([name]) => name);
  expect(naming()).toContain("told-activity.json");
  await client.eraseMe();
  await client.close();
  expect(naming()).toEqual([]);
});
