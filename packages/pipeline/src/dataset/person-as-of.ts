import type { Engine, Snapshot } from "../lake/index.ts";
import { createStage } from "../lake/stage.ts";
import { personIntervals } from "./person-interval.ts";
import { readPersonLinks } from "./person-link.ts";

/** The stage's table in the engine. */
const TABLE = "person_interval";

/**
 * Makes a relation of an engine say who pseudonyms of a snapshot mean, and gives the SQL that asks it: rows with
 * `subject` and a time get a column `person`, the person as of that time. A link that became known later changes no
 * row of before, so that a training row is the same whenever it is computed.
 *
 * @returns from a relation and the name of its time column (TIMESTAMP) the relation with `person`
 * @example
 * const asOf = await personAsOf(engine, snapshot);
 * await engine.columns(`select person, count(*) from ${asOf(tableSql(snapshot, "tap"), "time")} group by person`);
 */
export async function personAsOf(
  engine: Engine,
  snapshot: Snapshot,
): Promise<(relation: string, time: string) => string> {
  const intervals = personIntervals(await readPersonLinks(engine, snapshot));
  await engine.run(`drop table if exists "stage_${TABLE}"`);
  const stage = await createStage(engine.connection, TABLE, [
    { name: "subject", type: "VARCHAR" },
    { name: "since", type: "TIMESTAMP" },
    { name: "person", type: "VARCHAR" },
  ]);
  for (const { subject, since, person } of intervals) stage.append(0, [subject, since, person]);
  stage.finish();
  // Staged times are milliseconds.
  return (relation, time) =>
    `(select given.*, coalesce(meant.person, given.subject) as person from ${relation} given
      asof left join "stage_${TABLE}" meant
        on given.subject = meant.subject and epoch_ms(given."${time}") >= meant.since)`;
}
