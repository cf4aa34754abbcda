import type { ModelDefinition } from "@tideline/spec";
import { personSql, spineSql, type PeopleSource } from "../dataset/index.ts";
import { numbers, texts, type Engine } from "../lake/index.ts";

/** Whether there are labels enough to train. */
export interface Readiness {
  readonly ready: boolean;
  /** One sentence for a person. */
  readonly reason: string;
}

/**
 * Whether enough of the people who teach have labelled every class since a moment, and no label has come for a
 * while. `events` names every event table; `since` in milliseconds since 1970; null looks at everything.
 */
export async function readiness(
  engine: Engine,
  model: ModelDefinition,
  source: { readonly windows: string; readonly people: PeopleSource; readonly events: readonly string[] },
  when: { readonly since: number | null; readonly now: number },
): Promise<Readiness> {
  const { labelledPeople, quiet } = model.retrain;
  const people = numbers(
    await engine.columns(
      `SELECT count(DISTINCT person)::DOUBLE AS people
FROM ${source.people.identity.now(`(${personSql(model.cohorts, source.people)})`)} WHERE role = 'train'`,
    ),
    "people",
  )[0]!;
  const spine = source.people.identity.now(
    `(${spineSql(model, source.windows, source.people, source.events)})`,
  );
  const columns = await engine.columns(`SELECT label, count(DISTINCT person)::DOUBLE AS people,
  epoch_ms(max(known_time))::DOUBLE AS known FROM ${spine}
WHERE role = 'train' AND epoch_ms(time) > ${when.since ?? -1} GROUP BY label`);
  const byLabel = new Map(
    texts(columns, "label").map((label, row) => [label, numbers(columns, "people")[row]!]),
  );
  const needed = Math.max(2, Math.ceil(labelledPeople * people));
  const short = model.labels.filter((label) => (byLabel.get(label) ?? 0) < needed);
  if (short.length > 0) {
    const best = short.map((label) => `${label} ${byLabel.get(label) ?? 0}`).join(", ");
    return { ready: false, reason: `waiting for labels of ${needed} people in every class (so far ${best})` };
  }
  const newest = numbers(columns, "known").reduce((latest, known) => Math.max(latest, known), 0);
  if (when.now - newest < quiet) return { ready: false, reason: "labels are still coming in" };
  return { ready: true, reason: `${needed} people or more have labelled every class` };
}
