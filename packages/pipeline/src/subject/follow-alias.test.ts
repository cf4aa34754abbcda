import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUpLater, openPoseLake } from "../dataset/testing/open-pose-lake.ts";
import { annotate, BEGIN, poseLog } from "../dataset/testing/pose-log.ts";
import { readPersonLinks } from "../dataset/person-link.ts";
import { soundClaims } from "./follow-alias.ts";
import { installUses } from "./person-source.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

/** What a phone says, one event after the other: as whom, and who that was before. */
const name = fc.constantFrom("u0", "u1", "u2", "u3");
const phone = fc.constantFrom("i0", "i1");
const event = fc.record({
  install: phone,
  user: name,
  previous: fc.option(name, { nil: undefined, freq: 2 }),
});
const worlds = fc.array(fc.array(event, { minLength: 4, maxLength: 14 }), { minLength: 40, maxLength: 40 });

let lake: Awaited<ReturnType<typeof openPoseLake>>;
beforeAll(async () => {
  lake = await openPoseLake(onFinished);
});

test("training and erasure believe the same claims of the same phones", async () => {
  const [drawn] = fc.sample(worlds, 1);
  const log = poseLog();
  for (const [world, said] of drawn!.entries())
    for (const [seq, { install, user, previous }] of said.entries()) {
      const subject = `${world}-${user}`;
      const before = previous === undefined ? {} : { previous: `${world}-${previous}` };
      const events = [{ ...annotate("s", "UP"), seq, subject, ...before }];
      log.send("n", BEGIN + seq * 1000, [], { install: `${world}-${install}`, events });
    }
  const snapshot = await lake.snapshot(log);
  const source = { folder: lake.folder, engine: lake.engine, snapshot, anonymous: () => "nameless" };
  const uses = await installUses(source, "true", () => true);
  const sound = [...uses.values()].flatMap((use) => soundClaims(use).map(({ from, to }) => `${from} ${to}`));
  const links = (await readPersonLinks(lake.engine, snapshot)).filter(({ nameless }) => nameless === false);
  const borne = links.filter(({ contradicted }) => contradicted !== true);
  expect(borne.map(({ from, to }) => `${from} ${to}`).sort()).toEqual([...new Set(sound)].sort());
  expect(borne.length).toBeGreaterThan(0);
  expect(borne.length).toBeLessThan(links.length);
});
