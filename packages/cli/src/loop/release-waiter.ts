import { tidelineError } from "@tideline/spec";

/** Releases, awaited by version. */
export interface ReleaseWaiter {
  publish(version: number): void;
  /** Fails whoever waits: phones are quiet meanwhile, so a run that was refused is not followed by a better one. */
  refuse(reason: string): void;
  /** Resolves when a release of at least this version is on offer; `GATE_FAILED` when none will be. */
  released(version: number): Promise<number>;
}

/** Makes a waiter that knows of no release yet. */
export function releaseWaiter(): ReleaseWaiter {
  let latest = 0;
  const waiting = new Map<number, PromiseWithResolvers<number>>();
  return {
    publish: (version) => {
      latest = Math.max(latest, version);
      for (const [wanted, { resolve }] of waiting) if (latest >= wanted) resolve(latest);
    },
    refuse: (received) => {
      const error = tidelineError("GATE_FAILED", { who: "tideline start", expected: "a release", received });
      for (const [wanted, { reject }] of waiting) if (wanted > latest) reject(error);
    },
    released: (version) => {
      if (latest >= version) return Promise.resolve(latest);
      const waiter = Promise.withResolvers<number>();
      waiting.set(version, waiter);
      return waiter.promise;
    },
  };
}
