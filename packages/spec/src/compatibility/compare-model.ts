import { canonicalJson } from "../canonical.ts";
import type { ModelDefinition } from "../model.ts";
import type { Change } from "./change.ts";

const same = (left: unknown, right: unknown): boolean =>
  canonicalJson(left ?? null) === canonicalJson(right ?? null);

/** Parts of a model that a phone holds against a release: where one differs, it refuses the release. */
const HELD_BY_PHONES = ["labels", "window"] as const;

/** Parts that decide what a model means, so that models trained before are no longer comparable. */
const MEANING = ["sessionLabel", "predictionLabel", "cohorts", "signals"] as const;

/** Parts that the next training reads. */
const TRAINING = ["candidates", "gates", "drift", "retrain"] as const;

function windowText({ size, hop, rate, channels, eventVersion }: ModelDefinition["window"]): string {
  return `${size} samples every ${hop} at ${rate} Hz of ${channels.length} channels, event version ${eventVersion}`;
}

function partText(model: ModelDefinition, part: keyof ModelDefinition): string {
  const value = model[part];
  if (part === "window") return windowText(model.window);
  const text = Array.isArray(value) ? value.join(", ") : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** What changed of one model that both definitions have. */
export function compareModel(older: ModelDefinition, newer: ModelDefinition): readonly Change[] {
  const changes: Change[] = [];
  const add = (part: keyof ModelDefinition, rest: Pick<Change, "verdict" | "why" | "remedy">): void => {
    if (same(older[part], newer[part])) return;
    const what = `${partText(older, part)} became ${partText(newer, part)}`;
    changes.push({ where: `model "${older.name}".${part}`, what, ...rest });
  };
  for (const part of HELD_BY_PHONES) {
    add(part, {
      verdict: "invalidates_models",
      why: "Old phones refuse every release made from now on and keep the last one they took, until their app is updated.",
      remedy: `To go on serving them, leave "${older.name}" as it is and declare a model of another name beside it.`,
    });
  }
  for (const part of MEANING) {
    add(part, {
      verdict: "invalidates_models",
      why: "Models trained until now learned something else: neither their figures nor their drift reference compare with the next.",
      remedy: `Train again and look at the gates anew, or declare a model of another name.`,
    });
  }
  for (const part of TRAINING) {
    add(part, { verdict: "compatible", why: "Only the next training reads it." });
  }
  add("fallback", { verdict: "compatible", why: "It comes with the app; old phones keep their own rule." });
  for (const part of ["purpose", "cloudPurpose"] as const) {
    add(part, {
      verdict: "changes_consent",
      why: `People consented to the model for "${older[part]}".`,
      remedy: `Keep "${older[part]}", or declare a model of another name and ask people.`,
    });
  }
  return changes;
}
