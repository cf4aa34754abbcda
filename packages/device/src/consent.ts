import type { Context } from "./context.ts";
import { fail } from "./fail.ts";
import { openStateFile } from "./state-file.ts";

interface ConsentFile {
  readonly format: 1;
  readonly purposes: readonly string[];
}

/** What the person consented to; nothing before they were asked. */
export interface Consent {
  granted(): readonly string[];
  /** Replaces the granted purposes and removes waiting events and fields of the others. */
  set(purposes: readonly string[]): Promise<void>;
}

/**
 * Opens the consent of the last time, and finishes a withdrawal that was interrupted: `purge` removes what waits of
 * other purposes than the given ones.
 */
export async function openConsent(
  { app, ports, restrict = {} }: Context,
  purge: (granted: readonly string[]) => Promise<void>,
): Promise<Consent> {
  const file = await openStateFile<ConsentFile>(ports, "consent.json", { format: 1, purposes: [] });
  const { optOut, minor } = restrict;
  const granted = (): readonly string[] =>
    file
      .get()
      .purposes.filter(
        (purpose) =>
          (!optOut || app.essential?.includes(purpose)) &&
          !(minor && app.models.some((model) => model.purpose === purpose)),
      );
  await purge(granted());
  return {
    granted,
    set: async (given) => {
      const purposes = [...new Set(given)].sort();
      const unknown = purposes.find((purpose) => !Object.hasOwn(app.purposes, purpose));
      if (unknown !== undefined) {
        fail("ARGUMENT_INVALID", "setConsent", "purposes", unknown, Object.keys(app.purposes).join(" or "));
      }
      await file.change(() => ({ format: 1, purposes }));
      ports.crashPoint?.("consent.purge.before");
      await purge(granted());
    },
  };
}
