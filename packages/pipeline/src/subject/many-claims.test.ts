import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { annotate, BEGIN, poseLog } from "../dataset/testing/pose-log.ts";
import { MOST_CLAIMS } from "../dataset/person-link.ts";
import { encodeLogRecord, openLog } from "../ingest/log/index.ts";
import { pseudonymiser } from "../ingest/pseudonym.ts";
import { sampleLog } from "../lake/testing/sample-log.ts";
import { findPerson } from "./find-person.ts";
import type { PersonSource } from "./person-source.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const pseudonymise = pseudonymiser(new Uint8Array(32));
const user = (name: string): string => pseudonymise(name, "");
const anonymous = (install: string): string => pseudonymise(null, install);

/** Linear, this takes a second; with a search through all claims for each, ten. */
const FLOOD = 30_000;

let source: PersonSource;

beforeAll(async () => {
  const log = poseLog();
  const said = (seq: number, name: string, before?: string) => ({
    ...annotate("s", "UP"),
    seq,
    subject: user(name),
    ...(before === undefined ? {} : { previous: user(before) }),
  });
  // The flood comes first, with higher numbers: what a phone said first counts, not what arrived first.
  const flood = Array.from({ length: FLOOD }, (_, index) => said(10 + index, "eve", `stranger-${index}`));
  log.send("n", BEGIN, [], { install: "floods", events: flood });
  log.send("n", BEGIN, [], {
    install: "floods",
    events: [said(1, "eve-before"), said(2, "eve", "eve-before")],
  });
  log.send("n", BEGIN, [], {
    install: "other",
    events: [said(1, "ann-before"), said(2, "ann", "ann-before")],
  });
  const last = `stranger-${FLOOD - 1}`;
  log.send("n", BEGIN, [], { install: "stranger", events: [said(1, last)] });
  const lake = await openPoseLake(onFinished);
  const durable = await openLog({ folder: lake.folder, epoch: lake.owner.epoch });
  for await (const { record, attachment } of sampleLog(log.records)(null))
    await durable.append(encodeLogRecord(record, attachment));
  await durable.close();
  source = { folder: lake.folder, engine: lake.engine, snapshot: null, anonymous };
});

const find = (name: string) => findPerson(source, { kind: "user", subject: user(name) }, "erase");

test("of a phone that claims everybody the first claims are followed, and the rest is counted", async () => {
  const found = await find("eve");
  expect(found.installs).toEqual(["floods"]);
  expect(found.passedOver).toBe(FLOOD + 1 - MOST_CLAIMS);
  expect(found.linked).toHaveLength(MOST_CLAIMS);
  expect(found.touched).toContain(user("eve-before"));
}, 8000);

test("who is merely named is found as before, and what was computed of them is told all the same", async () => {
  const last = `stranger-${FLOOD - 1}`;
  const stranger = await find(last);
  expect(stranger).toMatchObject({ installs: ["stranger"], passedOver: 0 });
  expect(stranger.related).toContain(user("eve"));
  expect((await find("eve")).related).toContain(user(last));
}, 8000);

test("and costs nobody else's question anything", async () => {
  const found = await find("ann");
  expect(found).toMatchObject({ installs: ["other"], passedOver: 0, related: [] });
}, 8000);
