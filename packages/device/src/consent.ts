import { tidelineError, type AppDefinition } from "@tideline/spec";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { DevicePorts } from "./ports.ts";
import type { Queue } from "./queue.ts";
import { createSerial } from "./serial.ts";

const FILE = "consent.json";

interface ConsentFile {
  readonly format: 1;
  readonly purposes: readonly string[];
}

/** What the person consented to; nothing before they were asked. */
export interface Consent {
  granted(): readonly string[];
  /** Replaces the granted purposes and removes waiting events of the others. */
  set(purposes: readonly string[]): Promise<void>;
}

/** Opens the consent of the last time, and finishes a withdrawal that was interrupted. */
export async function openConsent(ports: DevicePorts, app: AppDefinition, queue: Queue): Promise<Consent> {
  const serial = createSerial();
  let granted: readonly string[] = (await readJsonFile<ConsentFile>(ports, FILE))?.purposes ?? [];
  await queue.purge(granted);

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
      granted = Object.freeze(next.purposes);
      ports.crashPoint?.("consent.purge.before");
      await queue.purge(granted);
    });
  return Object.freeze({ granted: () => granted, set });
}
