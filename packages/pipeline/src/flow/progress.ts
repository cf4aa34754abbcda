import { STAGES, type StageName, type StageProgress } from "@tideline/spec";

/** Keeps how far each stage is. */
export interface ProgressBoard {
  set(name: StageName, state: StageProgress["state"], detail: string): void;
  readonly stages: () => readonly StageProgress[];
}

/**
 * A board of all stages, in flow order. A stage's seconds count while it runs. `monotonic` in milliseconds.
 */
export function progressBoard(monotonic: () => number): ProgressBoard {
  const board = new Map<StageName, StageProgress & { readonly since: number | null }>(
    STAGES.map((name) => [name, { name, state: "waiting", detail: "", seconds: 0, since: null }]),
  );
  const spent = (seconds: number, since: number | null): number =>
    since === null ? seconds : seconds + (monotonic() - since) / 1000;
  return {
    set: (name, state, detail) => {
      const before = board.get(name)!;
      const running = state === "running";
      const since = running ? (before.since ?? monotonic()) : null;
      const seconds = running ? before.seconds : spent(before.seconds, before.since);
      board.set(name, { name, state, detail, seconds, since });
    },
    stages: () =>
      STAGES.map((name) => {
        const { since, seconds, ...rest } = board.get(name)!;
        return { ...rest, seconds: spent(seconds, since) };
      }),
  };
}
