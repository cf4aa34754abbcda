import type { AppDefinition } from "./app.ts";
import type { EventDefinition } from "./event.ts";

/** What of an event says for which purposes its data may be used. */
export interface Purposed {
  readonly purpose?: string;
  readonly alsoFor?: readonly string[];
  readonly fields: Readonly<Record<string, { readonly kind: string; readonly purpose?: string }>>;
}

/** Other purposes that an event says its data may feed; `string` where the types do not know. */
type AlsoFor<Event> = Event extends { readonly alsoFor?: readonly (infer Also extends string)[] }
  ? Also
  : never;

/** The purpose of an event itself; `string` where the types do not know. */
type OwnPurpose<Event> = Event extends { readonly purpose: infer Own extends string } ? Own : string;

/** Purposes of models and views that the fact of an event may feed: its own and those it names. */
export type EventUses<Event> = OwnPurpose<Event> | AlsoFor<Event>;

/** Purposes of models and views that a field of an event may feed. */
export type FieldUses<Event, Field> = Event extends { readonly fields: infer Fields }
  ? Field extends keyof Fields
    ? Fields[Field] extends { readonly purpose: infer Own extends string }
      ? Own | AlsoFor<Event>
      : EventUses<Event>
    : EventUses<Event>
  : string;

/**
 * Whether data of an event, or of one of its fields, may feed a model or view of a purpose: when it is the purpose of
 * the data, or the event names it in `alsoFor`.
 *
 * @example
 * mayFeed(tap, "target", "improve_product"); // false: taps were collected for "analytics"
 */
export function mayFeed(event: Purposed, field: string | null, purpose: string): boolean {
  const declared = field !== null && Object.hasOwn(event.fields, field) ? event.fields[field] : undefined;
  const own = declared?.purpose ?? event.purpose;
  return own === undefined || own === purpose || (event.alsoFor ?? []).includes(purpose);
}

/** Data that a definition uses for another purpose than it was collected for. */
export interface Misuse {
  /** The model or view, as `model "activity".window`. */
  readonly who: string;
  readonly purpose: string;
  readonly event: EventDefinition;
  readonly field: string | null;
}

type Use = readonly [who: string, purpose: string, event: string, field: string | null];

/** Every field that a model or view reads. */
function usesOf({ models, views }: Pick<AppDefinition, "models" | "views">): readonly Use[] {
  const ofModels = models.flatMap((model): Use[] => {
    const { window, sessionLabel, predictionLabel, cohorts, name, purpose } = model;
    const use = (part: string, event: string, ...fields: string[]): Use[] =>
      fields.map((field) => [`model "${name}".${part}`, purpose, event, field]);
    return [
      ...use("window", window.event, window.field, window.session, window.start),
      ...use("sessionLabel", sessionLabel.event, sessionLabel.session, sessionLabel.label),
      ...use("predictionLabel", predictionLabel.event, predictionLabel.predictionId, predictionLabel.label),
      ...use("cohorts", cohorts.event, cohorts.field),
      // A correction finds its window through the prediction that it names.
      ...use("predictionLabel", "prediction", "prediction_id", "session", "start"),
    ];
  });
  const ofViews = views.flatMap(({ name, source, purpose }): Use[] => {
    if (purpose === undefined) return [];
    const fields = [null, ...Object.keys(source.columns)];
    return fields.map((field) => [`view "${name}"`, purpose, source.event, field]);
  });
  return [...ofModels, ...ofViews];
}

/** The first use of data that its purpose excludes, or undefined. */
export function firstMisuse(
  app: Pick<AppDefinition, "models" | "views">,
  events: AppDefinition["events"],
): Misuse | undefined {
  for (const [who, purpose, name, field] of usesOf(app)) {
    const event = Object.hasOwn(events, name) ? events[name] : undefined;
    if (event !== undefined && !mayFeed(event, field, purpose)) return { who, purpose, event, field };
  }
  return undefined;
}
