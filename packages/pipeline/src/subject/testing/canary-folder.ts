import { randomUUID } from "node:crypto";
import type { Clock } from "@tideline/spec";
import { commit, recordRequest, type SubjectRequestRow } from "../../catalog/index.ts";
import type { OnFinished } from "../../catalog/testing/temporary-folder.ts";
import { annotate, BEGIN, poseLog, poseSamples, subjectOf } from "../../dataset/testing/pose-log.ts";
import { named, study } from "../../dataset/testing/pose-study.ts";
import { createLoop } from "../../flow/loop.ts";
import { openLoopContext } from "../../flow/loop-context.ts";
import { progressBoard } from "../../flow/progress.ts";
import { openPoseLoop, POSE_APP } from "../../flow/testing/open-pose-loop.ts";
import { encodeLogRecord, openLog } from "../../ingest/log/index.ts";
import { ownFolder } from "../../catalog/owner.ts";
import { sampleLog } from "../../lake/testing/sample-log.ts";
import type { LogPosition } from "../../log-record.ts";

/** The person who will leave: the name is that of the phone too, and starts the name of each session. */
export const CANARY = "canaryperson";

const HOUR = 3_600_000;

/** What is looked for: the phone and sessions, the pseudonym, a refused text, and the bytes of some samples. */
export const NEEDLES: Readonly<Record<string, string | Uint8Array>> = {
  name: CANARY,
  pseudonym: subjectOf(CANARY),
  refused: "canary-refused-content",
  samples: new Uint8Array(poseSamples("UP", { seed: 1000, samples: 8 }).buffer),
};

/** Key of pseudonyms that no fixture uses. */
const KEY = new Uint8Array(32);

/** The log: six people and the one who will leave teach, two are watched; then a record that no snapshot has yet. */
export function canaryLog() {
  const log = poseLog();
  study(log, { people: [CANARY, ...named("a", 6)], cohort: "study", at: BEGIN });
  study(log, { people: named("c", 2), cohort: "control", at: BEGIN, seed: 50 });
  log.send(CANARY, BEGIN + 200_000, [], {
    quarantined: [
      {
        seq: 9001,
        name: "annotation",
        code: "FIELD_UNKNOWN",
        field: "canary-refused-content",
        reason: "expected only declared fields",
        content: { subject: subjectOf(CANARY), properties: { text: "canary-refused-content" } },
      },
    ],
  });
  const before = log.records.length;
  log.send(CANARY, BEGIN + 2 * HOUR, [annotate(`${CANARY}-UP-0`, "UP")]);
  return { records: log.records, before };
}

/** Fills a folder: a log in two segments, two snapshots, a trained release, and events that no snapshot has. */
export async function fillCanaryFolder(onFinished: OnFinished): Promise<string> {
  const { records, before } = canaryLog();
  const open = await openPoseLoop(onFinished, { clock: () => BEGIN + HOUR });
  const durable = await openLog({ folder: open.folder, epoch: open.owner.epoch });
  const append = async (part: typeof records): Promise<void> => {
    for await (const { record, attachment } of sampleLog(part)(null)) {
      await durable.append(encodeLogRecord(record, attachment));
    }
  };
  const loop = createLoop(
    open.context,
    progressBoard(() => 0),
    { onRelease: () => undefined, onAlert: () => undefined, onRejected: () => undefined },
  );
  const turn = async (): Promise<void> => {
    await loop.turn(durable.position());
    await loop.settled();
  };
  await append(records.slice(0, 2));
  await turn();
  await durable.roll();
  await append(records.slice(2, before));
  await turn();
  await turn();
  await append(records.slice(before));
  await durable.close();
  await open.context.close();
  await open.catalog.close();
  open.owner.release();
  return open.folder;
}

/** A request of the folder's owner to erase the person. */
export const canaryRequest = (rest: Partial<SubjectRequestRow> = {}): SubjectRequestRow => ({
  id: randomUUID(),
  kind: "erase",
  install: null,
  subject: subjectOf(CANARY),
  proof: null,
  models: "keep",
  state: "accepted",
  created_at: BEGIN + 3 * HOUR,
  finished_at: null,
  error: null,
  receipt: null,
  ...rest,
});

/** The loop over a folder again, by its next owner; phones are silent. */
export async function reopenLoop(folder: string, clock: Clock = () => BEGIN + 4 * HOUR) {
  const owner = await ownFolder(folder, { command: "test" });
  const durable = await openLog({ folder, epoch: owner.epoch });
  const position: LogPosition = durable.position();
  await durable.close();
  const options = { folder, epoch: owner.epoch, appModule: POSE_APP, seed: 1, pseudonymKey: KEY };
  const context = await openLoopContext(options, { clock });
  const loop = createLoop(
    context,
    progressBoard(() => 0),
    { onRelease: () => undefined, onAlert: () => undefined, onRejected: () => undefined },
  );
  return {
    owner,
    context,
    ask: (request: SubjectRequestRow) => commit(context.catalog, (writer) => recordRequest(writer, request)),
    turn: async (): Promise<void> => {
      await loop.turn(position);
      await loop.settled();
    },
    close: async (): Promise<void> => {
      await context.close();
      owner.release();
    },
  };
}
