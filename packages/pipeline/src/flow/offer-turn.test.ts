import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { BEGIN } from "../dataset/testing/pose-log.ts";
import { encodeLogRecord, openLog } from "../ingest/log/index.ts";
import { sampleLog } from "../lake/testing/sample-log.ts";
import type { ArtifactStore } from "../release/index.ts";
import { createLoop } from "./loop.ts";
import { progressBoard } from "./progress.ts";
import { firstStudy } from "./testing/first-study.ts";
import { openPoseLoop } from "./testing/open-pose-loop.ts";

test("what the owner asks while a training makes the next version waits for that version", async () => {
  const { context, owner, folder } = await openPoseLoop(onTestFinished, { clock: () => BEGIN + 3_600_000 });
  const durable = await openLog({ folder, epoch: owner.epoch });
  onTestFinished(() => durable.close());
  for await (const { record, attachment } of sampleLog(firstStudy().records)(null)) {
    await durable.append(encodeLogRecord(record, attachment));
  }
  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const seen = new Set<string>();
  const artifacts: ArtifactStore = {
    ...context.artifacts,
    put: async (bytes) => {
      const address = await context.artifacts.put(bytes);
      // The graph is put when it was trained, and once more when its manifest is made.
      if (seen.has(address.sha256)) {
        reached.resolve();
        await gate.promise;
      }
      seen.add(address.sha256);
      return address;
    },
  };
  const told: string[] = [];
  const loop = createLoop(
    { ...context, artifacts },
    progressBoard(() => 0),
    {
      onRelease: ({ version }) => void told.push(`release ${version}`),
      onAlert: ({ id }) => void told.push(id),
      onRejected: (reason) => void told.push(reason),
    },
  );
  await loop.turn(durable.position());
  await reached.promise;
  const asked = loop.rollout({ channel: context.channel, kind: "offer", version: 1, share: 1 });
  // Long enough for an answer that does not wait.
  const early = await Promise.race([asked.catch(() => "refused"), setTimeout(100, "waits")]);
  gate.resolve();
  expect(early).toBe("waits");
  await expect(asked).resolves.toMatchObject({ version: 2 });
  await loop.settled();
  // The console takes no version below one that it offers.
  expect(told).toEqual(["release 1", "release 2"]);
});
