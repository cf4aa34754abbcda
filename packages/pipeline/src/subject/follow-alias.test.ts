import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { annotate, BEGIN, poseLog } from "../dataset/testing/pose-log.ts";
import { MOST_CLAIMS, readPersonLinks } from "../dataset/person-link.ts";
import type { Snapshot } from "../lake/index.ts";
import { soundClaims } from "./follow-alias.ts";
import { installUses } from "./person-source.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

/** What a phone says, one event after the other: as whom, who that was before, and whether the server takes it. */
const name = fc.constantFrom("u0", "u1", "u2", "u3");
const phone = fc.constantFrom("i0", "i1");
const event = fc.record({
  install: phone,
  user: name,
  previous: fc.option(name, { nil: undefined, freq: 2 }),
  isRefused: fc.constantFrom(false, false, false, true),
});
const worlds = fc.array(fc.array(event, { minLength: 4, maxLength: 14 }), { minLength: 40, maxLength: 40 });

let lake: Awaited<ReturnType<typeof openPoseLake>>;
beforeAll(async () => {
  lake = await openPoseLake(onFinished);
});

/** Claims that a training believes, those that an erasure believes, and how many there are. */
async function believed({ folder, engine }: Awaited<ReturnType<typeof openPoseLake>>, snapshot: Snapshot) {
  const source = { folder, engine, snapshot, anonymous: () => "nameless" };
  const uses = await installUses(source, "true", () => true);
  const sound = [...uses.values()].flatMap((use) => soundClaims(use).map(({ from, to }) => `${from} ${to}`));
  const links = (await readPersonLinks(engine, snapshot)).filter(({ nameless }) => nameless === false);
  const borne = links.filter(({ contradicted }) => contradicted !== true);
  return {
    borne: borne.map(({ from, to }) => `${from} ${to}`).sort(),
    sound: [...new Set(sound)].sort(),
    links: links.length,
  };
}

test("training and erasure believe the same claims of the same phones", async () => {
  const [drawn] = fc.sample(worlds, 1);
  const log = poseLog();
  for (const [world, said] of drawn!.entries())
    for (const [seq, { install, user, previous, isRefused }] of said.entries()) {
      const subject = `${world}-${user}`;
      const before = previous === undefined ? {} : { previous: `${world}-${previous}` };
      const at = BEGIN + seq * 1000;
      const events = isRefused ? [] : [{ ...annotate("s", "UP"), seq, subject, ...before }];
      const content = { name: "annotation", time: at, subject, ...before, properties: {} };
      const refused = {
        seq,
        name: "annotation",
        code: "FIELD_MISSING",
        field: "pose",
        reason: "none",
        content,
      };
      const quarantined = isRefused ? [refused] : [];
      log.send("n", at, [], { install: `${world}-${install}`, events, quarantined });
    }
  const snapshot = await lake.snapshot(log);
  const { borne, sound, links } = await believed(lake, snapshot);
  expect(borne).toEqual(sound);
  expect(borne.length).toBeGreaterThan(0);
  expect(borne.length).toBeLessThan(links);
});

test("of a phone that claims too many, both believe the first ones", async () => {
  const log = poseLog();
  const events = Array.from({ length: 3 + MOST_CLAIMS }, (_, index) => [
    { ...annotate("s", "UP"), seq: 1 + 2 * index, subject: `before-${index}` },
    { ...annotate("s", "UP"), seq: 2 + 2 * index, subject: `after-${index}`, previous: `before-${index}` },
  ]).flat();
  log.send("n", BEGIN, [], { install: "floods", events });
  const many = await openPoseLake(onFinished);
  const { borne, sound } = await believed(many, await many.snapshot(log));
  expect(borne).toEqual(sound);
  expect(borne).toHaveLength(MOST_CLAIMS);
});
