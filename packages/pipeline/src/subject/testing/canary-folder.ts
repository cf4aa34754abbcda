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
import { pseudonymiser } from "../../ingest/pseudonym.ts";
import { sampleLog, type SampleRecord } from "../../lake/testing/sample-log.ts";
import type { LogPosition } from "../../log-record.ts";

/** The person who will leave: the name is that of the phone too, and starts the name of each session. */
export const CANARY = "canaryperson";

const HOUR = 3_600_000;

/** Key of pseudonyms that no fixture uses. */
const KEY = new Uint8Array(32);

/** Another id that the person had before, on the same phone, and one that they had on a shared phone. */
export const FORMER = "canary-former";
export const FORMER_SHARED = "canary-shared-former";

/** A phone that somebody else uses too, and its pseudonym while nobody is signed in. */
export const SHARED = "shared-phone";
export const NAMELESS = pseudonymiser(KEY)(null, SHARED);

/** Who shares that phone, and a stranger whose phone claims to have been the person. */
export const FRIEND = "friend";
export const STRANGER = "stranger";

/**
 * What is looked for: the phone and sessions, the pseudonyms, a refused text, and the bytes of some samples. Of others
 * nothing is among these, although they name the person.
 */
export const NEEDLES: Readonly<Record<string, string | Uint8Array>> = {
  name: CANARY,
  pseudonym: subjectOf(CANARY),
  former: subjectOf(FORMER),
  formerName: FORMER,
  formerOnShared: subjectOf(FORMER_SHARED),
  formerOnSharedName: FORMER_SHARED,
  nameless: NAMELESS,
  namelessName: "canary-nameless",
  refused: "canary-refused-content",
  samples: new Uint8Array(poseSamples("UP", { seed: 1000, samples: 8 }).buffer),
};

/** One event of somebody that says so in its session's name. */
function said(subject: string, session: string, seq: number, previous?: string) {
  return { ...annotate(session, "UP"), seq, subject, ...(previous === undefined ? {} : { previous }) };
}

/**
 * Records about the person that are not only theirs: what they sent under an id of before, a phone that a friend uses
 * too, and a stranger who names them. The first one has to come first.
 */
function namingRecords(): readonly SampleRecord[] {
  const [person, friend, stranger] = [CANARY, FRIEND, STRANGER].map(subjectOf) as [string, string, string];
  const at = { received_at: BEGIN, sent_at: BEGIN };
  const refused = { name: "annotation", code: "FIELD_UNKNOWN", field: "pose", reason: "" };
  return [
    { ...at, install: CANARY, epoch: 0, events: [said(subjectOf(FORMER), `${FORMER}-session`, 1)] },
    { ...at, install: CANARY, epoch: 0, events: [said(person, `${CANARY}-alias`, 2, subjectOf(FORMER))] },
    {
      ...at,
      install: SHARED,
      install_subject: NAMELESS,
      events: [
        said(NAMELESS, "canary-nameless-session", 1),
        said(friend, "friend-session", 2),
        said(subjectOf(FORMER_SHARED), `${FORMER_SHARED}-session`, 3),
        said(person, `${CANARY}-on-shared`, 4, subjectOf(FORMER_SHARED)),
        said(friend, "friend-again", 5, person),
      ],
    },
    { ...at, install: SHARED, epoch: 2, install_subject: NAMELESS, events: [] },
    {
      ...at,
      install: STRANGER,
      events: [said(stranger, "stranger-session", 1, person)],
      quarantined: [
        { ...refused, seq: 2, content: { subject: stranger, previous: person, text: "stranger-refused" } },
      ],
    },
  ];
}

/**
 * The log: six people and the one who will leave teach, two are watched; a friend and a stranger name the one who will
 * leave; then a record that no snapshot has yet.
 */
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
  const naming = namingRecords();
  const before = log.records.length + naming.length;
  log.send(CANARY, BEGIN + 2 * HOUR, [annotate(`${CANARY}-UP-0`, "UP")]);
  return { records: [...naming, ...log.records], before };
}

/** Fills a folder: a log in two segments, two snapshots, a trained release, and events that no snapshot has. */
export async function fillCanaryFolder(onFinished: OnFinished): Promise<string> {
  const { records, before } = canaryLog();
  const open = await openPoseLoop(onFinished, { clock: () => BEGIN + HOUR });
  const durable = await openLog({ folder: open.folder, epoch: open.owner.epoch });
  const append = async (part: readonly SampleRecord[]): Promise<void> => {
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
  await append(records.slice(0, 6));
  await turn();
  await durable.roll();
  await append(records.slice(6, before));
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

/** Brings further records into the log of a folder that nobody owns at the moment. */
export async function appendLater(folder: string, records: readonly SampleRecord[]): Promise<void> {
  const owner = await ownFolder(folder, { command: "test" });
  const durable = await openLog({ folder, epoch: owner.epoch });
  for await (const { record, attachment } of sampleLog(records)(null)) {
    await durable.append(encodeLogRecord(record, attachment));
  }
  await durable.close();
  owner.release();
}

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
