import type { ReleaseMetadata } from "@tideline/spec";
import type { ReleaseRow } from "../catalog/index.ts";
import { manifestOf } from "../release/index.ts";

/** A channel's releases, read for the roll-out of the newest one. */
export interface RolloutHistory {
  readonly row: ReleaseRow;
  readonly manifest: ReleaseMetadata;
  /** Versions that are the same release: offered to more phones, or signed again. */
  readonly versions: readonly number[];
  /** When the release was offered first, and at its share of now; milliseconds since 1970. */
  readonly since: number;
  readonly sharedSince: number;
  /** The newest other release that every phone was offered, else that any was, and not withdrawn; null for none. */
  readonly former: ReleaseRow | null;
  readonly formerVersions: readonly number[];
  /** Whether phones have had this model before: what one goes back to is not itself on trial. */
  readonly isReturn: boolean;
}

const shareOf = (manifest: ReleaseMetadata): number => manifest.rollout?.share ?? 1;

/** The rows at the end of some that are of one release. */
function lastRun(rows: readonly ReleaseRow[]): readonly ReleaseRow[] {
  const last = rows.at(-1);
  const before = rows.findLastIndex((row) => row.id !== last?.id || manifestOf(row).kill);
  return rows.slice(before + 1);
}

/** Reads a channel's releases, oldest first; null where nothing is on offer, or a kill switch is. */
export function rolloutHistory(rows: readonly ReleaseRow[]): RolloutHistory | null {
  const row = rows.at(-1);
  if (row === undefined || row.status !== "offered") return null;
  const manifest = manifestOf(row);
  if (manifest.kill) return null;
  const own = lastRun(rows);
  const older = rows.slice(0, rows.length - own.length);
  const others = older.filter(
    (one) => one.id !== row.id && one.status !== "withdrawn" && !manifestOf(one).kill,
  );
  const former = others.findLast((one) => shareOf(manifestOf(one)) === 1) ?? others.at(-1);
  const atShare = own.findLastIndex((one) => shareOf(manifestOf(one)) !== shareOf(manifest));
  return {
    row,
    manifest,
    versions: own.map(({ version }) => version),
    since: own[0]!.issued_at,
    sharedSince: own[atShare + 1]!.issued_at,
    former: former ?? null,
    formerVersions: older.filter(({ id }) => id === former?.id).map(({ version }) => version),
    isReturn: older.some(({ id }) => id === row.id),
  };
}

/** What phones outside of a new release's share take: the newest release that every phone was offered. */
export function formerManifest(rows: readonly ReleaseRow[]): ReleaseMetadata | null {
  const manifests = rows.filter(({ status }) => status !== "withdrawn").map(manifestOf);
  // What a kill switch ended is not brought back by whatever comes next.
  const killed = manifests.findLastIndex(({ kill }) => kill);
  return manifests.slice(killed + 1).findLast((manifest) => shareOf(manifest) === 1) ?? null;
}
