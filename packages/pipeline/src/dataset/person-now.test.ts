import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { tableSql, texts } from "../lake/index.ts";
import { openLake } from "../lake/testing/open-lake.ts";
import { sampleLog, type SampleRecord } from "../lake/testing/sample-log.ts";
import type { LogEntry, LogPosition } from "../log-record.ts";
import { consentingSql } from "./consent-sql.ts";
import { identityOf, openIdentity } from "./identity.ts";
import type { PersonLink } from "./person-link.ts";
import { peopleNow } from "./person-now.ts";
import { personHistory } from "./person-interval.ts";
import { separatePeople } from "./separate-people.ts";

const T0 = 1_700_000_000_000;

/** One event: which phone, as whom, who that was before, what is consented to. */
interface Said {
  readonly install: string;
  readonly user: string;
  readonly previous?: string;
  readonly consent?: readonly string[];
}

/** A log of events, each a second after the one before. */
function logOf(said: readonly Said[]) {
  const records = said.map(({ install, user, consent }, index): SampleRecord => ({
    install,
    received_at: T0 + index * 1000,
    sent_at: T0 + index * 1000,
    events: [
      {
        seq: index + 1,
        name: "motion",
        subject: user,
        time: T0 + index * 1000,
        ...(consent === undefined ? {} : { consent }),
        properties: { session: "s", start: index, samples: new Float32Array(2) },
      },
    ],
  }));
  return async function* read(from: LogPosition | null): AsyncGenerator<LogEntry> {
    for await (const entry of sampleLog(records)(from)) {
      const events = entry.record.events.map((event) => {
        const previous = said[event.seq - 1]?.previous;
        return previous === undefined ? event : { ...event, previous };
      });
      yield { ...entry, record: { ...entry.record, install_subject: "nameless", events } };
    }
  };
}

/** Who may teach, in each of some worlds, of what was said there; one lake holds them all. */
async function teachersOf(worlds: readonly (readonly Said[])[]): Promise<readonly (readonly string[])[]> {
  const lake = await openLake(onTestFinished);
  const said = worlds.flatMap((world, index) =>
    world.map(({ install, user, previous, ...rest }) => ({
      ...rest,
      install: `${index}-${install}`,
      user: `${index}-${user}`,
      ...(previous === undefined ? {} : { previous: `${index}-${previous}` }),
    })),
  );
  const { snapshot } = await lake.compact(logOf(said));
  const identity = await openIdentity(lake.engine, snapshot!);
  const relation = (table: string): string => tableSql(snapshot!, table);
  const columns = await lake.engine.columns(
    `${consentingSql("p", { relation, identity }, ["motion"])} order by subject`,
  );
  const names = texts(columns, "subject") as readonly string[];
  return worlds.map((_, index) =>
    names.filter((name) => name.startsWith(`${index}-`)).map((name) => name.slice(`${index}-`.length)),
  );
}

const [yes, no] = [{ consent: ["p", "q"] }, { consent: ["q"] }];

test("of a phone that goes back and forth between two ids, each of the two has to consent", async () => {
  const back = (first: object, second: object): readonly Said[] => [
    { install: "tablet", user: "dan", ...first },
    { install: "tablet", user: "eva", previous: "dan", ...second },
    { install: "tablet", user: "dan", previous: "eva", ...first },
  ];
  // Dan's newest event says yes; it is not Eva's word.
  await expect(teachersOf([back(yes, no), back(no, yes), back(yes, yes)])).resolves.toEqual([
    [],
    [],
    ["dan", "eva"],
  ]);
});

test("an id that several people had before grants nothing that one of them withdrew, and asks each", async () => {
  const guests = (ann: object, ben: object): readonly Said[] => [
    { install: "phone-1", user: "guest", ...yes },
    { install: "phone-1", user: "ann", previous: "guest", ...ann },
    { install: "phone-2", user: "guest", ...yes },
    { install: "phone-2", user: "ben", previous: "guest", ...ben },
    // Somebody else still is a guest.
    { install: "phone-3", user: "guest", ...yes },
  ];
  await expect(teachersOf([guests(yes, yes), guests(no, yes), guests(yes, no)])).resolves.toEqual([
    ["ann", "ben", "guest"],
    ["ben"],
    ["ann"],
  ]);
});

const link = fc.record({
  from: fc.constantFrom("a", "b", "c", "d", "e"),
  to: fc.constantFrom("a", "b", "c", "d", "e"),
  known: fc.nat(9),
  contradicted: fc.boolean(),
});
const manyLinks = fc
  .array(link, { maxLength: 10 })
  .map((links) => links.filter(({ from, to }) => from !== to) as readonly PersonLink[]);

test("whom any link ever made one person stays on one side of a split, and asks the others", async () => {
  const lake = await openLake(onTestFinished);
  await fc.assert(
    fc.asyncProperty(manyLinks, async (links) => {
      const identity = await identityOf(lake.engine, links, "made");
      const ever = personHistory(links).people;
      const { people, claims } = peopleNow(links);
      const personOf = (subject: string): string => people.get(subject) ?? subject;
      const { groupOf } = separatePeople([...ever.keys()], identity);
      for (const [left, one] of ever)
        for (const [right, other] of ever) {
          if (one !== other) continue;
          expect(groupOf.get(left), `${left} and ${right}`).toBe(groupOf.get(right));
          const isAsked = claims.some(({ from, to }) => from === left && to === personOf(right));
          expect(isAsked || personOf(left) === personOf(right), `${left} asks ${right}`).toBe(true);
        }
    }),
    { numRuns: 60, endOnFailure: true },
  );
});
