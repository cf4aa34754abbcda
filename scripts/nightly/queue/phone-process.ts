/**
 * A phone that is killed: opens the client on the folder of its arguments, records and sends, and ends itself with
 * SIGKILL at the n-th pass of a named point. Prints a line for each event once `track` has resolved: what was printed
 * must not be lost.
 */
import { writeSync } from "node:fs";
import { app } from "@tideline/example-activity";
import { createClient, type CrashPoint, type DevicePorts } from "@tideline/device";
import { fileStorage } from "../../../apps/fleet/src/adapter/file-storage.ts";
import { nodeCrypto } from "../../../apps/fleet/src/adapter/node-crypto.ts";
import { nodeNetwork } from "../../../apps/fleet/src/adapter/node-network.ts";
import { secureFile } from "../../../apps/fleet/src/adapter/secure-file.ts";
import type { PhoneOrder } from "./order.ts";

const order = JSON.parse(process.argv[2]!) as PhoneOrder;
const { folder, collect, instance, label, dieAt, pass, events } = order;

let passes = 0;
const storage = await fileStorage(folder);
const ports: DevicePorts = {
  ...nodeCrypto,
  storage,
  secure: secureFile(storage),
  network: nodeNetwork(),
  clock: Date.now,
  monotonic: () => performance.now(),
  timer: { wait: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20))) },
  runtimes: [],
  instance,
  crashPoint: (point: CrashPoint) => {
    if (point !== dieAt) return;
    passes += 1;
    if (passes === pass) process.kill(process.pid, "SIGKILL");
  },
};

const client = await createClient({
  app,
  ports,
  collect,
  console: "http://127.0.0.1:9",
  writeKey: "test-write-key",
  user: "person-1",
  // Small, so that batches, files and acknowledgements come often.
  limits: { batchEvents: 3, segmentBytes: 600, attempts: 3 },
});

const tap = app.events["tap"]!;
const analytics = ["analytics"];
await client.setConsent(["analytics", "improve_product"]);
for (let index = 0; index < events; index += 1) {
  const target = `${label}-${index}`;
  const both = [target, `${target}b`];
  await Promise.all(
    both.map(async (name) => {
      const id = await client.track(tap, { target: name, screen: "home" } as never);
      if (id !== null) writeSync(1, `${name}\n`);
    }),
  );
  // Consent that comes and goes takes nothing away that still has its own.
  if (index % 3 === 1) await client.setConsent(analytics);
  if (index % 2 === 1) await client.flush();
}
const { pending } = await client.flush();
// Nothing here is old, too much or withdrawn: what a phone gives up is lost, even where nobody was told of it.
const { dropped, drops } = client.diagnostics().events;
if (dropped > 0) throw new Error(`${folder} gave up ${JSON.stringify(drops)}`);
// EX_TEMPFAIL: a server that was being started took nothing; the folder still holds what waits.
process.exit(pending === 0 ? 0 : 75);
