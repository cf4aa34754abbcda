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

/** Removes what waits of other purposes than these, after a step that stands before it in the queue's order. */
type Purge = (granted: readonly string[], first?: () => Promise<void>) => Promise<void>;

/** Opens the consent of the last time, and finishes a withdrawal that was interrupted. */
export async function openConsent({ app, ports, restrict = {} }: Context, purge: Purge): Promise<Consent> {
  const file = await openStateFile<ConsentFile>(ports, "consent.json", { format: 1, purposes: [] });
  const { optOut, minor } = restrict;
  const allowed = (purposes: readonly string[]): readonly string[] =>
    purposes.filter(
      (purpose) =>
        (!optOut || app.essential?.includes(purpose)) &&
        !(minor && app.models.some((model) => model.purpose === purpose)),
    );
  let granted = allowed(file.get().purposes);
  let calls = 0;
  await purge(granted);
  return {
    granted: () => granted,
    set: async (given) => {
      const purposes = [...new Set(given)].sort();
      const unknown = purposes.find((purpose) => !Object.hasOwn(app.purposes, purpose));
      if (unknown !== undefined) {
        fail("ARGUMENT_INVALID", "setConsent", "purposes", unknown, Object.keys(app.purposes).join(" or "));
      }
      calls += 1;
      const call = calls;
      // What is withdrawn is so at once; what is granted once it is durable.
      granted = granted.filter((purpose) => purposes.includes(purpose));
      await purge(allowed(purposes), async () => {
        await file.change(() => ({ format: 1, purposes }));
        ports.crashPoint?.("consent.purge.before");
      });
      // A call that was overtaken grants nothing: what came after it may have withdrawn that.
      if (call === calls) granted = allowed(purposes);
    },
  };
}
