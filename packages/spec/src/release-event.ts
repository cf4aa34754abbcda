import { event, type EventDefinition } from "./event.ts";
import { t } from "./type.ts";

/**
 * What became of a release on a phone: it runs; it ended the app when it was loaded; it could not be taken; the phone
 * is outside of the roll-out's share; the model was switched off.
 */
export const UPDATE_RESULTS = ["activated", "crashed", "kept", "held-back", "killed"] as const;
export type UpdateResult = (typeof UPDATE_RESULTS)[number];

/** Name of the event by which a phone reports an update. */
export const UPDATE_EVENT = "model_update";

/** Fields of {@link updateEvent}. */
const fields = {
  model: t.id(),
  /** Version that was offered. */
  version: t.int({ min: 0 }),
  /** Version that runs, 0 for none. */
  running: t.int({ min: 0 }),
  result: t.string({ oneOf: UPDATE_RESULTS }),
  /** Why the offered version does not run, where it does not. */
  code: t.optional(t.string()),
  /** `tier/name` of the runtime that runs the model. */
  runtime: t.optional(t.string()),
  /** Runtimes on which a file of the offered version failed, though they take its format: `tier/name:CODE`, by commas. */
  failed: t.optional(t.string()),
} as const;

/**
 * The event by which a phone reports what became of each release that it was offered, once: it tells the owner how far
 * a roll-out has come, and stops one that goes wrong. An app without it rolls out blindly.
 *
 * @example
 * defineApp({ ..., events: [motion, prediction, updateEvent({ purpose: "improve_product", retain: "90d" })] });
 */
export function updateEvent<const Purpose extends string>(options: {
  purpose: Purpose;
  retain: string;
}): EventDefinition<typeof UPDATE_EVENT, typeof fields, Purpose, never> {
  return event(UPDATE_EVENT, fields, options) as unknown as EventDefinition<
    typeof UPDATE_EVENT,
    typeof fields,
    Purpose,
    never
  >;
}
