import { parseRegion, tidelineError, type AppDefinition } from "@tideline/spec";

/**
 * The region under which a server opens its folder: what flag or file say, or what the definition declares; null where
 * none says anything, and the folder's own stamp decides.
 *
 * @throws `RESIDENCY_MISMATCH` where the two differ
 */
export function regionOf(command: string, region: string | null, app: AppDefinition): string | null {
  const declared = parseRegion(app.residency);
  if (region === null || declared === null || region === declared) return region ?? declared;
  throw tidelineError("RESIDENCY_MISMATCH", {
    who: command,
    field: "--region",
    expected: `region ${declared}, which the definition of "${app.name}" declares`,
    received: `region ${region}`,
  });
}
