import { leakedGroups, splitByGroup } from "@tideline/learn";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { numbers, texts, type Engine } from "../lake/index.ts";
import { identityOf, type Identity } from "./identity.ts";
import { MOST_PSEUDONYMS } from "./person-interval.ts";
import type { PersonLink } from "./person-link.ts";
import { separatePeople } from "./separate-people.ts";
import { spineSql } from "./spine-sql.ts";
import {
  END,
  madeWorld,
  NAMELESS,
  tablesOf,
  USERS,
  type MadeLabel,
  type MadeWorld,
} from "./testing/linked-history.ts";
import { cleanUpLater, openPoseLake } from "./testing/open-pose-lake.ts";
import { pose } from "./testing/pose-app.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);
let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openPoseLake(onFinished));
});

/** The training rows of a world by what was known at a moment: text of each, by session. */
async function rowsOf(world: MadeWorld, links: readonly PersonLink[], until: number) {
  const relation = await tablesOf(engine, world, until);
  const identity = await identityOf(engine, links, "made");
  const events = ["enrolment", "annotation", "correction", "prediction"];
  const columns = await engine.columns(
    spineSql(pose, relation("session_window"), { relation, identity }, events),
  );
  const [session, label] = [texts(columns, "session"), texts(columns, "label")];
  const known = numbers(columns, "known_time");
  return new Map(session.map((name, row) => [name!, `${label[row]} ${known[row]}`]));
}

/** Who is who by some links: each followed to its end, first claims first. The slow, obvious meaning. */
function meaning(links: readonly PersonLink[], until: number): (subject: string) => string {
  const order = (one: PersonLink): string => `${String(one.known).padStart(3, "0")} ${one.from} ${one.to}`;
  const next = new Map<string, string>();
  const follow = (from: string): string => (next.has(from) ? follow(next.get(from)!) : from);
  const known = links.filter((one) => one.known <= until);
  for (const one of known.sort((left, right) => (order(left) < order(right) ? -1 : 1))) {
    if (!next.has(one.from) && follow(one.to) !== one.from) next.set(one.from, one.to);
  }
  return follow;
}

/** The newest label that the session's person gave, by who was who when it came. */
function labelOf(world: MadeWorld, labels: readonly MadeLabel[], session: number, until: number) {
  const owner = world.sessions[session]!;
  const counts = labels
    .map((label, seq) => ({ ...label, seq }))
    .filter(({ session: of, subject, known }) => {
      const follow = meaning(world.links, known);
      return of === `s${session}` && known <= until && follow(subject) === follow(owner.subject);
    });
  return counts.sort((left, right) => left.known - right.known || left.seq - right.seq).at(-1);
}

test("labels are those of whoever was the same person when they came, as the slow meaning has it", async () => {
  await fc.assert(
    fc.asyncProperty(madeWorld, async (world) => {
      const found = await rowsOf(world, world.links, END);
      for (const index of world.sessions.keys()) {
        const label =
          labelOf(world, world.corrections, index, END) ?? labelOf(world, world.annotations, index, END);
        expect(found.get(`s${index}`)).toBe(label && `${label.label} ${label.known}`);
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

test("training rows of a moment are the same when they are computed again after more aliases", async () => {
  await fc.assert(
    fc.asyncProperty(madeWorld, fc.nat(END), async (world, now) => {
      const then = world.links.filter(({ known }) => known <= now);
      const before = await rowsOf(world, then, now);
      expect(await rowsOf(world, world.links, now)).toEqual(before);
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

test("a view asked at a moment sees what its person had done, under whichever pseudonym meant the person then", async () => {
  await fc.assert(
    fc.asyncProperty(madeWorld, fc.nat(END), async (world, now) => {
      const relation = await tablesOf(engine, world, END);
      const count = async (links: readonly PersonLink[]) => {
        const identity = await identityOf(engine, links, "made");
        const asked = identity.questions(
          `(select * from ${relation("session_window")} where epoch_ms(time) <= ${now})`,
          "time",
        );
        const columns = await engine.columns(`select q.session, count(e.seq)::double as seen from ${asked} q
            left join ${identity.source(relation("annotation"))} e on e.subject = q.subject and e.time <= q.time
            group by q.session`);
        const seen = numbers(columns, "seen");
        return new Map(texts(columns, "session").map((session, row) => [session!, seen[row]!]));
      };
      const found = await count(world.links);
      for (const [index, { subject, at }] of world.sessions.entries()) {
        const follow = meaning(world.links, at);
        const same = world.annotations.filter(
          (one) => one.known <= at && follow(one.subject) === follow(subject),
        );
        expect(found.get(`s${index}`)).toBe(at <= now ? same.length : undefined);
      }
      expect(await count(world.links.filter(({ known }) => known <= now))).toEqual(found);
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

/** Whether two pseudonyms may be one human: joined by whatever chain of links between pseudonyms. */
function joined(links: readonly PersonLink[], subjects: ReadonlySet<string>) {
  const follow = meaning(links, END);
  // A phone's further user counts where the phone's nameless rows are among those that are split, and so does whoever
  // had an id before that is somebody else's by now.
  const edges = links
    .map(({ from, to }) => [from, to] as const)
    .filter(([from, to]) => follow(from) === follow(to) || subjects.has(from));
  return (left: string, right: string): boolean => {
    const reached = new Set([left]);
    for (let size = 0; size < reached.size;) {
      size = reached.size;
      for (const [from, to] of [
        ...edges,
        ...[...NAMELESS, ...USERS].map((one) => [one, follow(one)] as const),
      ]) {
        if (reached.has(from)) reached.add(to);
        if (reached.has(to)) reached.add(from);
      }
    }
    return reached.has(right);
  };
}

const separated = (identity: Identity, subjects: readonly string[]): readonly string[] => {
  const { groupOf } = separatePeople(subjects, identity);
  return subjects.map((subject) => groupOf.get(subject)!);
};

test("nobody stands on both sides of a split, and only who may be one person is held together", async () => {
  const rows = fc.array(fc.constantFrom(...NAMELESS, ...USERS), { minLength: 2, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(madeWorld, rows, fc.nat(), async ({ links }, subjects, seed) => {
      const people = separated(await identityOf(engine, links, "made"), subjects);
      const same = joined(links, new Set(subjects));
      for (const [left, one] of subjects.entries()) {
        for (const [right, other] of subjects.entries()) {
          expect(people[left] === people[right], `${one} and ${other}`).toBe(same(one, other));
        }
      }
      if (new Set(people).size < 2) return;
      const { train, test } = splitByGroup(people, { test: 0.3, seed });
      expect(leakedGroups(people, { train, test })).toEqual([]);
      const leaked = [...train].filter((row) => [...test].some((of) => same(subjects[row]!, subjects[of]!)));
      expect(leaked).toEqual([]);
    }),
    { numRuns: 60, endOnFailure: true },
  );
});

test("a hostile install cannot make everybody one person, nor one group", async () => {
  const users = Array.from({ length: 500 }, (_, index) => `user-${String(index).padStart(3, "0")}`);
  const chain = users.slice(1).map((to, index) => ({ from: users[index]!, to, known: index }));
  const chained = await identityOf(engine, chain, "made");
  expect(chained.counts.passedOver).toBeGreaterThan(0);
  const groups = Map.groupBy(separated(chained, users), (group) => group);
  expect(Math.max(...[...groups.values()].map((group) => group.length))).toBeLessThanOrEqual(MOST_PSEUDONYMS);
  // A phone that everybody used: its nameless rows stay out, and everybody is somebody else.
  const kiosk = users.map((to, known) => ({ from: "kiosk", to, known, nameless: true }));
  const shared = await identityOf(engine, kiosk, "made");
  const { groupOf, shared: out } = separatePeople(["kiosk", ...users], shared);
  expect([...out]).toEqual(["kiosk"]);
  expect(new Set(groupOf.values()).size).toBe(users.length);
});
