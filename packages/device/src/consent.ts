import { tidelineError, type AppDefinition } from "@tideline/spec";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { DevicePorts } from "./ports.ts";
import { createSerial } from "./serial.ts";

const FILE = "consent.json";

interface ConsentFile {
  readonly format: 1;
  readonly purposes: readonly string[];
}

/** What {@link openConsent} needs. */
export interface ConsentOptions {
  readonly ports: DevicePorts;
  readonly app: AppDefinition;
  /** Whether a purpose may be granted at all to this person. */
  readonly allows: (purpose: string) => boolean;
  /** Removes what waits of other purposes than these. */
  readonly purge: (granted: readonly string[]) => Promise<void>;
}

/** What the person consented to; nothing before they were asked. */
export interface Consent {
  granted(): readonly string[];
  /** Replaces the granted purposes and removes waiting events and fields of the others. */
  set(purposes: readonly string[]): Promise<void>;
}

/** Opens the consent of the last time, and finishes a withdrawal that was interrupted. */
export async function openConsent({ ports, app, allows, purge }: ConsentOptions): Promise<Consent> {
  const serial = createSerial();
  let granted = ((await readJsonFile<ConsentFile>(ports, FILE))?.purposes ?? []).filter(allows);
  await purge(granted);

  const set = (purposes: readonly string[]): Promise<void> =>
    serial(async () => {
      const unknown = purposes.find((purpose) => !Object.hasOwn(app.purposes, purpose));
      if (unknown !== undefined) {
        throw tidelineError("ARGUMENT_INVALID", {
          who: "setConsent",
          field: "purposes",
          expected: `some of ${Object.keys(app.purposes).join(", ")}`,
          received: unknown,
        });
      }
      const next: ConsentFile = { format: 1, purposes: [...new Set(purposes)].sort() };
      await writeJsonFile(ports, FILE, next);
      granted = next.purposes.filter(allows);
      ports.crashPoint?.("consent.purge.before");
      await purge(granted);
    });
  return { granted: () => granted, set };
}
