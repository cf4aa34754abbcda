import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { readPersonLinks } from "../dataset/person-link.ts";
import { soundClaims } from "../subject/follow-alias.ts";
import { installUses } from "../subject/person-source.ts";
import { NOW } from "./testing/retained-folder.ts";
import { openStanding, type Batch, type Sent } from "./testing/standing-folder.ts";

const name = fc.constantFrom<string>("u0", "u0", "u1", "u1", "u2");

/** What a phone says: in the order of its numbers, days before now on which it came, by the server's clock and its own. */
const said = fc.record({
  kind: fc.constantFrom("tap", "tap", "tap", "note"),
  subject: name,
  previous: fc.option(name, { nil: undefined, freq: 2 }),
  arrived: fc.integer({ min: 2, max: 9 }),
  ago: fc.integer({ min: 2, max: 30 }),
});
type Said = typeof said extends fc.Arbitrary<infer One> ? One : never;
const worlds = fc.array(fc.array(said, { minLength: 3, maxLength: 12 }), { minLength: 200, maxLength: 200 });

const tap = (subject: string, arrived: number, more: Partial<Said> = {}): Said => ({
  kind: "tap",
  subject,
  previous: undefined,
  arrived,
  ago: arrived,
  ...more,
});
const alias = { previous: "u0" };

/** Worlds that chance seldom makes: in each a row counts that is neither the first nor the last to arrive. */
const RARE: readonly (readonly Said[])[] = [
  // A phone that goes back to the earlier user, by a slow clock.
  [tap("u0", 9), tap("u1", 8, alias), tap("u0", 5, { ago: 20 })],
  // One that was the later user before.
  [tap("u0", 9), tap("u1", 7), tap("u1", 8, alias), tap("u1", 9), tap("u1", 3)],
  // A claim that counts only from when the earlier user was heard of.
  [tap("u1", 9, alias), tap("u0", 7), tap("u1", 5, alias), tap("u1", 3, alias)],
];

/** Batches of many worlds, oldest first; each has its own phone and users. */
function batchesOf(drawn: readonly (readonly Said[])[]): readonly Batch[] {
  const batches = new Map<string, { days: number; install: string; sent: Sent[] }>();
  for (const [world, events] of drawn.entries())
    for (const [seq, { kind, subject, previous, arrived, ago }] of events.entries()) {
      const phone = `phone-${world}`;
      const batch = batches.get(`${phone} ${arrived}`) ?? { days: arrived, install: phone, sent: [] };
      batches.set(`${phone} ${arrived}`, batch);
      const before = previous === undefined ? {} : { previous: `${world}-${previous}` };
      batch.sent.push({ seq, name: kind, at: "x", subject: `${world}-${subject}`, ago, ...before });
    }
  const sorted = [...batches.values()].sort((left, right) => right.days - left.days);
  return sorted.map(({ days, install, sent }) => [days, install, sent]);
}

test("links and claims that phones bear out are the same before and after events are gone", async () => {
  const [drawn] = fc.sample(worlds, 1);
  const folder = await openStanding(batchesOf([...RARE, ...drawn!]), onTestFinished);
  const told = async () => {
    const snapshot = await folder.newest();
    const source = { folder: folder.folder, engine: folder.engine, snapshot, anonymous: () => "nobody" };
    const uses = await installUses(source, "true", () => true);
    const sound = [...uses].flatMap(([install, use]) =>
      soundClaims(use).map((claim) => ({ install, ...claim })),
    );
    return {
      links: await readPersonLinks(folder.engine, snapshot),
      sound: sound.map((claim) => JSON.stringify(claim)).sort(),
    };
  };
  const before = await told();
  const { rows } = (await folder.retain(NOW)).lake;
  expect(rows).toBeGreaterThan(500);
  expect(await told()).toEqual(before);
  const contradicted = before.links.filter((link) => link.contradicted === true);
  expect(contradicted.length).toBeGreaterThan(0);
  expect(contradicted.length).toBeLessThan(before.links.length);
});
