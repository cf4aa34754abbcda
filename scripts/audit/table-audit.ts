import { checkEvidence, compareFigure, type Finding } from "./figure.ts";
import type { EvidenceRelease } from "./release.ts";
import type { Phone } from "./truth.ts";

/** What a phone is called in the fleet that has no runtime but the model table, or none that works. */
const TABLE_ONLY = new Set(["broken_native", "table_only"]);

/** Installs of phones whose predictions only the model table can have made. */
export function tableOnlyInstalls(phones: readonly Phone[]): ReadonlySet<string> {
  return new Set(phones.flatMap(({ install, special }) => (TABLE_ONLY.has(special ?? "") ? [install] : [])));
}

/** What a report says of a release's table. */
interface SaidTable {
  readonly offered?: unknown;
  readonly parity?: unknown;
  readonly reason?: unknown;
}

/** What the report says of whether a release has a table, otherwise than the release does. */
function fault({ version, payload }: EvidenceRelease, said: SaidTable | undefined): readonly string[] {
  const isOffered = payload.variants.some(({ format }) => format === "table");
  if (isOffered === (said?.offered === true)) return [];
  return [
    `release ${version} ${isOffered ? "offers a table, and the report none" : "offers none, and the report one"}`,
  ];
}

/** What the catalog says of a release's table, against the report. */
function figure({ table }: EvidenceRelease, index: number, said: SaidTable | undefined): readonly Finding[] {
  if (table === undefined) return [];
  const name = `releases[${index}].table`;
  if ("reason" in table) return [compareFigure(`${name}.reason`, said?.reason, table.reason)];
  const note = "as the catalog has it; not recomputed, see tableSkew";
  return [compareFigure(`${name}.parity`, said?.parity, table.parity, { note })];
}

/**
 * The model tables of the releases. A table's parity over held-out windows is held against the catalog and not
 * computed again: that would take Tideline's own reader. What phones answered that have nothing but the table is
 * computed again, and stands in `tableSkew`.
 */
export function auditTables(
  releases: readonly EvidenceRelease[],
  reported: readonly Readonly<Record<string, unknown>>[],
): readonly Finding[] {
  const said = reported.map(({ table }) => table as SaidTable | undefined);
  const faults = releases.flatMap((release, index) => fault(release, said[index]));
  return [
    ...releases.flatMap((release, index) => figure(release, index, said[index])),
    checkEvidence(
      "the report names the model tables that are offered",
      faults,
      `${releases.length} releases`,
    ),
  ];
}

/** Figures of the phones that have nothing but the table. */
export function tableSkewFindings(
  said: Readonly<Record<string, unknown>> | undefined,
  found: { readonly phones: number; readonly compared: number; readonly largest: number },
  tolerance: number,
): readonly Finding[] {
  // Reports of before there were tables.
  if (said === undefined && found.phones === 0) return [];
  return [
    compareFigure("tableSkew.phones", said?.["phones"], found.phones),
    compareFigure("tableSkew.compared", said?.["compared"], found.compared),
    compareFigure("tableSkew.maxDifference", said?.["maxDifference"], found.largest, { tolerance }),
  ];
}
