import { tidelineError } from "./error.ts";
import type { EventDefinition } from "./event.ts";
import type { FieldUses } from "./purpose.ts";
import { planFault, type RolloutPlan } from "./release-rollout.ts";
import type { Signals } from "./signal.ts";
import type { WindowDefinition } from "./window.ts";

/** A label that a person gave for a whole session at once, as an event. */
export interface SessionLabel {
  readonly event: string;
  readonly session: string;
  readonly label: string;
}

/** A label that came back for one prediction, as an event. */
export interface PredictionLabel {
  readonly event: string;
  readonly predictionId: string;
  readonly label: string;
  /** How long after the prediction a label still counts, in milliseconds. */
  readonly within: number;
}

/** Which people a model may learn from: a property of an enrolment event says it. */
export interface Cohorts {
  readonly event: string;
  readonly field: string;
  /** People whose labels train every release. */
  readonly train: readonly string[];
  /** People whose corrections join at retraining. */
  readonly corrections: readonly string[];
  /** A permanent control group: watched, never trained on. */
  readonly control: readonly string[];
}

/**
 * What a phone answers when nothing else can: the first condition that holds, else `otherwise`. A condition compares
 * the root mean square of channels of the window (all of them pooled) with a bound.
 */
export interface FallbackRule {
  readonly when: readonly {
    readonly channels: readonly string[];
    readonly rmsAbove: number;
    readonly label: string;
  }[];
  readonly otherwise: string;
}

/**
 * Formats in which a release may offer a model. Phones take the smallest file of a runtime that they have, and the next larger one where
 * that fails there; those of fewer bits are offered where they pass the gate of the parity matrix, each with answers of its own for the
 * phone's self-test. `ort` is what reduced builds of ONNX Runtime read, and only they need. `coreml` is an ML Program, `coreml-classic`
 * Core ML's form of trees and linear models.
 */
export const MODEL_FORMATS = [
  "onnx",
  "ort",
  "table",
  "litert",
  "litert-float16",
  "litert-dynamic-int8",
  "litert-int8",
  "coreml",
  "coreml-float16",
  "coreml-int8",
  "coreml-palettised",
  "coreml-classic",
] as const;

/** One of {@link MODEL_FORMATS}. */
export type ModelFormat = (typeof MODEL_FORMATS)[number];

/** What releases offer where a definition does not say. */
export const DEFAULT_FORMATS: readonly ModelFormat[] = Object.freeze(["onnx", "table"]);

/** The declaration of a model: where its rows, labels, people and features come from. Plain data. */
export interface ModelDefinition {
  readonly name: string;
  readonly purpose: string;
  /** Purpose needed before a phone may send a window to the endpoint. */
  readonly cloudPurpose: string;
  readonly window: WindowDefinition;
  readonly labels: readonly string[];
  readonly sessionLabel: SessionLabel;
  readonly predictionLabel: PredictionLabel;
  readonly cohorts: Cohorts;
  readonly signals: Signals;
  readonly candidates: {
    /** Inverse strengths of the L2 penalty that validation people choose from. */
    readonly C: readonly number[];
  };
  readonly gates: { readonly macroF1: number; readonly liftOverBaseline: number };
  readonly drift: {
    /** People with enough windows before anything is said. */
    readonly minPeople: number;
    /** Windows of each person that are held against the reference: the newest so many. */
    readonly minRows: number;
  };
  readonly retrain: {
    /** Share of the people who teach that must have labelled every class since the drift. */
    readonly labelledPeople: number;
    /** Milliseconds without a new label before training begins, so that it does not start amid a burst. */
    readonly quiet: number;
  };
  readonly fallback: FallbackRule;
  /**
   * How new releases reach phones; all of them at once where it is absent. From a share below 1 the loop goes on by what
   * phones report: the app declares `updateEvent` among its events.
   */
  readonly rollout?: RolloutPlan;
  /**
   * In what formats releases offer the model: `onnx`, which is always among them, and `table` where it is absent. A format that the
   * model cannot have, that fails the gate or that nothing here runs is left out, and the release keeps why.
   */
  readonly formats?: readonly ModelFormat[];
  /** True: a release that lacks one of `formats` is not made. */
  readonly strictFormats?: boolean;
}

/** An event by its declaration, which lets the compiler hold its purpose against the model's, or by its name. */
type EventOrName = EventDefinition | string;

/** What {@link model} takes: as a {@link ModelDefinition}, with events by declaration or by name. */
type ModelSource<Purpose, Window, Session, Prediction, Cohort, SessionFields, PredictionFields, CohortField> =
  Omit<ModelDefinition, "purpose" | "window" | "sessionLabel" | "predictionLabel" | "cohorts"> & {
    readonly purpose: Purpose;
    readonly window: Window;
    readonly sessionLabel: {
      readonly event: Session;
      readonly session: SessionFields;
      readonly label: SessionFields;
    };
    readonly predictionLabel: Omit<PredictionLabel, "event" | "predictionId" | "label"> & {
      readonly event: Prediction;
      readonly predictionId: PredictionFields;
      readonly label: PredictionFields;
    };
    readonly cohorts: Omit<Cohorts, "event" | "field"> & {
      readonly event: Cohort;
      readonly field: CohortField;
    };
  };

/** Distributes over the fields that are read: only what all of them may feed counts. */
type Excluded<Source, Field extends string, Purpose> = Field extends string
  ? Purpose extends FieldUses<Source, Field>
    ? never
    : Field
  : never;

/** A sentence of the compiler where data may not feed a model of this purpose. */
type Permit<Source, Field extends string, Purpose extends string, Part extends string> = [
  Excluded<Source, Field, Purpose>,
] extends [never]
  ? unknown
  : {
      readonly [
        Key in Part
      ]: `"${Excluded<Source, Field, Purpose>}" was collected for another purpose than "${Purpose}": name it in the event's alsoFor`;
    };

/** As {@link Permit}, of windows. */
type PermitWindow<Window, Purpose extends string> =
  Window extends WindowDefinition<infer Uses>
    ? Purpose extends Uses
      ? unknown
      : {
          readonly window: `the samples were collected for another purpose than "${Purpose}": name it in the event's alsoFor`;
        }
    : never;

/** The name of an event that was given by declaration or by name. */
function nameOf(event: EventOrName): string {
  return typeof event === "string" ? event : event.name;
}

/**
 * Declares a model, and refuses one that contradicts itself. Events may be given by declaration: then a model of
 * another purpose than their data's does not compile. By name, `defineApp` refuses it.
 *
 * @throws `DEFINITION_ILLEGAL`
 * @example
 * export const activity = model({ name: "activity", window: gait, labels: ["WALKING", "SITTING"],
 *   sessionLabel: { event: annotation, session: "session", label: "activity" }, ... });
 */
export function model<
  const Purpose extends string,
  Window extends WindowDefinition,
  Session extends EventOrName,
  Prediction extends EventOrName,
  Cohort extends EventOrName,
  const SessionFields extends string,
  const PredictionFields extends string,
  const CohortField extends string,
>(
  source: ModelSource<
    Purpose,
    Window,
    Session,
    Prediction,
    Cohort,
    SessionFields,
    PredictionFields,
    CohortField
  > &
    PermitWindow<Window, Purpose> &
    Permit<Session, SessionFields, Purpose, "sessionLabel"> &
    Permit<Prediction, PredictionFields, Purpose, "predictionLabel"> &
    Permit<Cohort, CohortField, Purpose, "cohorts">,
): ModelDefinition {
  const definition: ModelDefinition = {
    ...source,
    sessionLabel: { ...source.sessionLabel, event: nameOf(source.sessionLabel.event) },
    predictionLabel: { ...source.predictionLabel, event: nameOf(source.predictionLabel.event) },
    cohorts: { ...source.cohorts, event: nameOf(source.cohorts.event) },
  };
  const refuse = (field: string, expected: string, received: string): never => {
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: `model "${definition.name}"`,
      field,
      expected,
      received,
    });
  };
  if (definition.labels.length < 2) refuse("labels", "at least 2", String(definition.labels.length));
  if (new Set(definition.labels).size !== definition.labels.length) {
    refuse("labels", "no label twice", definition.labels.join(", "));
  }
  const { train, corrections, control } = definition.cohorts;
  const cohorts = [...train, ...corrections, ...control];
  if (new Set(cohorts).size !== cohorts.length) {
    // Otherwise people of the control group would teach.
    refuse("cohorts", "no cohort twice", cohorts.join(", "));
  }
  const { C } = definition.candidates;
  if (C.length === 0 || C.some((strength) => !(strength > 0))) {
    refuse("candidates.C", "at least one number above 0", C.join(", ") || "none");
  }
  const channels = definition.window.channels.join(",");
  if (definition.signals.channels.join(",") !== channels) {
    refuse("signals.channels", channels, definition.signals.channels.join(","));
  }
  const unplanned = definition.rollout && planFault(definition.rollout);
  if (unplanned !== undefined) refuse("rollout", unplanned, JSON.stringify(definition.rollout));
  const { formats } = definition;
  if (formats !== undefined) {
    const stranger = formats.find((one) => !MODEL_FORMATS.includes(one));
    if (stranger !== undefined || !formats.includes("onnx") || new Set(formats).size < formats.length)
      refuse(
        "formats",
        `onnx, and others of ${MODEL_FORMATS.slice(1).join(", ")}, none twice`,
        formats.join(", ") || "none",
      );
  }
  const answers = [
    ...definition.fallback.when.map((condition) => condition.label),
    definition.fallback.otherwise,
  ];
  for (const label of answers) {
    if (!definition.labels.includes(label))
      refuse("fallback", `one of ${definition.labels.join(", ")}`, label);
  }
  return Object.freeze(definition);
}
