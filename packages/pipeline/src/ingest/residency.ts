import { parseRegion, tidelineError, type AppDefinition } from "@tideline/spec";
import { residencyMismatch } from "../catalog/region.ts";

/**
 * Refuses to take batches under a definition into a folder of another region than it declares, or of none.
 *
 * @throws `RESIDENCY_MISMATCH`
 */
export function checkDefinitionResidency(app: AppDefinition, folder: string, region: string | null): void {
  if (app.residency === undefined || parseRegion(app.residency) === region) return;
  throw residencyMismatch({
    who: `app "${app.name}"`,
    field: `folder ${folder}`,
    expected: parseRegion(app.residency),
    received: region,
    remedy: "Pass a folder of the region that the definition declares.",
  });
}

/**
 * Refuses a batch that says that it belongs to another region than the folder's. One that says nothing is taken: phones
 * of years ago know no regions, and somebody pointed them at this server. Whatever else stands in place of a region is
 * another one, so that a broken client keeps what it has. Nothing of the batch is in the error.
 *
 * @param header any JSON
 * @throws `RESIDENCY_MISMATCH`
 */
export function checkBatchResidency(header: unknown, region: string | null): void {
  if (typeof header !== "object" || header === null || !Object.hasOwn(header, "region")) return;
  const named = (header as { readonly region: unknown }).region;
  if (named === null) return;
  if (region !== null && parseRegion(named) === region) return;
  throw tidelineError("RESIDENCY_MISMATCH", {
    who: "batch",
    field: "region",
    expected: region === null ? "none, since this server has no region" : `region ${region}`,
    received: "another one",
    remedy: "Send it to the server of its region.",
  });
}
