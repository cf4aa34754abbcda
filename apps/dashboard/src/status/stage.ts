import type { StageName, StageProgress } from "@tideline/spec";

/** The stages in the order in which data travels, and what each does when it has nothing to say yet. */
export const STAGE_PURPOSE = {
  collect: "Phones record events and send them.",
  store: "Events become snapshots of the lake.",
  prepare: "Recordings become windows and features.",
  train: "Models compete for people they never saw.",
  release: "The better model is checked and signed.",
  predict: "Phones fetch it and predict locally.",
  monitor: "Late labels tell how well it works.",
  retrain: "When the world moves, a new model follows.",
} as const satisfies Record<StageName, string>;

/** The names of the stages, in order. */
export const STAGE_NAMES = Object.keys(STAGE_PURPOSE) as readonly StageName[];

/** All eight stages in order; those that the server does not name yet are waiting. */
export function completeStages(known: readonly StageProgress[]): readonly StageProgress[] {
  return STAGE_NAMES.map(
    (name) =>
      known.find((stage) => stage.name === name) ?? { name, state: "waiting", detail: "", seconds: 0 },
  );
}

/** The sentence to show for a stage: its own, or what it is there for. */
export function stageSentence({ name, detail }: StageProgress): string {
  if (detail === "") return STAGE_PURPOSE[name];
  return `${detail.charAt(0).toUpperCase()}${detail.slice(1)}`;
}
