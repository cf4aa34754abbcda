import { stat } from "node:fs/promises";
import type { rolloutStatus } from "@tideline/pipeline";
import { DEFAULT_ROLLOUT, UPDATE_EVENT, type RolloutPlan } from "@tideline/spec";
import { localTime, plural } from "../output/figure.ts";
import { recordedDefinitions } from "./definition-file.ts";

/** How a model's releases reach phones by the definition that a folder serves. */
export interface ServedPlan {
  readonly plan: RolloutPlan;
  /** Whether the app declares the event by which phones tell how a release runs. */
  readonly isTold: boolean;
}

type RolloutStatus = Pick<
  NonNullable<Awaited<ReturnType<typeof rolloutStatus>>>,
  "share" | "health" | "next"
>;

/** A share of phones as people read it. */
export const percent = (share: number): string => `${Math.round(1000 * share) / 10} %`;

/**
 * The plan of a model by the definition that the folder served last, or null where none with that model was recorded.
 *
 * @throws `DATA_MALFORMED`
 */
export async function servedPlan(folder: string, model: string): Promise<ServedPlan | null> {
  const definitions = await recordedDefinitions(folder);
  // Each start of a server writes its definition again.
  const dated = await Promise.all(
    definitions.map(async ({ source, app }) => ({ app, at: (await stat(source)).mtimeMs })),
  );
  for (const { app } of dated.sort((left, right) => right.at - left.at)) {
    const found = app.models.find(({ name }) => name === model);
    if (found === undefined) continue;
    return { plan: found.rollout ?? DEFAULT_ROLLOUT, isTold: app.events[UPDATE_EVENT] !== undefined };
  }
  return null;
}

/** What is known of the phones. */
export function describeHealth({ health }: Pick<RolloutStatus, "health">, plan: ServedPlan | null): string {
  if (plan?.isTold === false) return "the app declares no updateEvent: nothing is known of them";
  if (health === null) return "none has told of an update yet";
  const { phones, failing, withFailedFile, heldBack } = health;
  const instead = withFailedFile > 0 ? `, ${withFailedFile} run it although a file of it failed there` : "";
  return `${plural(phones, "phone")} took it, ${failing} of them fail${instead}; ${heldBack} hold back`;
}

/** To whom the release is offered next and what that waits for; nothing where it is for every phone. */
export function describeNext(
  { share, next }: Pick<RolloutStatus, "share" | "next">,
  plan: ServedPlan | null,
  now: number,
): readonly string[] {
  if (share === 1 || plan === null) return [];
  if (next === null) return ["nothing by the plan: tideline release share offers it to more"];
  if (!plan.isTold)
    return ["nothing by itself, without an updateEvent: tideline release share offers it to more"];
  const { well, minPhones, from } = next;
  const waits = [
    ...(well < minPhones ? [`too few phones do well with it: ${well} of ${minPhones}`] : []),
    ...(now < from ? [`not before ${localTime(from)}`] : []),
  ];
  return [`${percent(next.share)} of the phones: ${waits.join(", ") || "due at the loop's next look"}`];
}
