import * as fc from "fast-check";
import { filesSql, literal, STANDING, STANDING_COLUMNS, type Engine } from "../../lake/index.ts";
import type { PersonLink } from "../person-link.ts";
import type { Relation } from "../relation.ts";

/** Pseudonyms of a small world: three phones without a user, and six ids of users. */
export const NAMELESS = ["n0", "n1", "n2"] as const;
export const USERS = ["u0", "u1", "u2", "u3", "u4", "u5"] as const;
const EVERYBODY = [...NAMELESS, ...USERS];

/** The world's last moment, milliseconds since 1970. */
export const END = 20;

/** A label that somebody gave for a session, or for the one prediction of it. */
export interface MadeLabel {
  readonly subject: string;
  readonly session: string;
  readonly label: string;
  readonly known: number;
}

/** A world: who became who, and what was labelled. */
export interface MadeWorld {
  readonly links: readonly PersonLink[];
  /** Sessions `s0`, `s1`, ... by whom they were recorded; each has a window at its second half. */
  readonly sessions: readonly { readonly subject: string; readonly at: number }[];
  readonly annotations: readonly MadeLabel[];
  readonly corrections: readonly MadeLabel[];
}

const moment = fc.integer({ min: 1, max: END });
const anybody = fc.constantFrom(...EVERYBODY);
const link: fc.Arbitrary<PersonLink> = fc
  .record({ from: anybody, to: fc.constantFrom(...USERS), known: moment })
  .filter(({ from, to }) => from !== to)
  .map((one) => ({ ...one, nameless: one.from.startsWith("n") }));

/** Random worlds; labels may be given by anybody for any session. */
export const madeWorld: fc.Arbitrary<MadeWorld> = fc
  .record({
    links: fc.array(link, { minLength: 4, maxLength: 12 }),
    sessions: fc.array(fc.record({ subject: anybody, at: moment }), { minLength: 8, maxLength: 12 }),
  })
  .chain(({ links, sessions }) => {
    const label = fc.record({
      subject: anybody,
      session: fc.nat(sessions.length - 1).map((index) => `s${index}`),
      label: fc.constantFrom("UP", "DOWN"),
      known: moment,
    });
    const labels = fc.array(label, { minLength: 12, maxLength: 24 });
    return fc.record({
      links: fc.constant(links),
      sessions: fc.constant(sessions),
      annotations: labels,
      corrections: labels,
    });
  });

/** Rows as a relation with types; `columns` are SQL of the values of a row. */
function rowsSql(rows: readonly string[], names: string, empty: string): string {
  return rows.length === 0
    ? `(SELECT ${empty} WHERE false)`
    : `(SELECT * FROM (VALUES ${rows.join(", ")}) v(${names}))`;
}

const TIMES = (known: number, seq: number): string =>
  `epoch_ms(${known}::BIGINT), epoch_ms(${known}::BIGINT), 1::BIGINT, ${seq}::BIGINT, 'i', ['research']`;
const COLUMNS = "known_time, time, epoch, seq, install_id, consent";
const EMPTY =
  "null::TIMESTAMP AS known_time, null::TIMESTAMP AS time, null::BIGINT AS epoch, null::BIGINT AS seq, null::VARCHAR AS install_id, null::VARCHAR[] AS consent";

/** The tables of a world as far as it was known by a moment, in an engine; everybody takes part in the study. */
export async function tablesOf(engine: Engine, world: MadeWorld, until: number): Promise<Relation> {
  const texts = (...values: readonly string[]): string => values.map(literal).join(", ");
  const labels = (list: readonly MadeLabel[], id: (session: string) => string): readonly string[] =>
    list.flatMap(({ subject, session, label, known }, seq) =>
      known > until ? [] : [`(${texts(subject, id(session), label)}, ${TIMES(known, seq)})`],
    );
  const tables = {
    [STANDING]: filesSql("", [], STANDING_COLUMNS),
    enrolment: rowsSql(
      EVERYBODY.map((subject, seq) => `(${texts(subject, "study")}, ${TIMES(0, seq)})`),
      `subject, cohort, ${COLUMNS}`,
      "",
    ),
    annotation: rowsSql(
      labels(world.annotations, (session) => session),
      `subject, session, pose, ${COLUMNS}`,
      `null::VARCHAR AS subject, null::VARCHAR AS session, null::VARCHAR AS pose, ${EMPTY}`,
    ),
    correction: rowsSql(
      labels(world.corrections, (session) => `p-${session}`),
      `subject, prediction_id, pose, ${COLUMNS}`,
      `null::VARCHAR AS subject, null::VARCHAR AS prediction_id, null::VARCHAR AS pose, ${EMPTY}`,
    ),
    prediction: rowsSql(
      world.sessions.map(
        ({ subject, at }, seq) =>
          `(${texts(subject, `p-s${seq}`, `s${seq}`)}, 0::BIGINT, 'pose', ${TIMES(at, seq)})`,
      ),
      `subject, prediction_id, session, start, model, ${COLUMNS}`,
      "",
    ),
    session_window: rowsSql(
      world.sessions.map(
        ({ subject, at }, seq) => `(${texts(subject, `s${seq}`)}, 0::BIGINT, epoch_ms(${at}::BIGINT))`,
      ),
      "subject, session, start, time",
      "",
    ),
  };
  for (const [name, rows] of Object.entries(tables)) {
    await engine.run(`CREATE OR REPLACE TABLE made_${name} AS SELECT * FROM ${rows}`);
  }
  return (table) => `made_${table}`;
}
