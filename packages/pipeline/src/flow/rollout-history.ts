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
  /**
   * The newest other release that every phone was offered, else that any was, not withdrawn and not switched off since;
   * null for none.
   */
  readonly former: ReleaseRow | null;
  readonly formerVersions: readonly number[];
  /**
   * Whether every phone goes back to a model that stood before: that is not itself on trial. One that was withdrawn, or
   * switched off, or that is offered to a share first, is on trial again.
   */
  readonly isReturn: boolean;
}

const shareOf = (manifest: ReleaseMetadata): number => manifest.rollout?.share ?? 1;

/** The rows at the end of some that are of one release. */
function lastRun(rows: readonly ReleaseRow[]): readonly ReleaseRow[] {
  const last = rows.at(-1);
  const before = rows.findLastIndex((row) => row.id !== last?.id || manifestOf(row).kill);
  return rows.slice(before + 1);
}

/**
 * What of some releases, oldest first, may come back: those since the last kill switch, which ended what was before, of
 * models that were not withdrawn when they were offered last.
 */
function standing(rows: readonly ReleaseRow[]): readonly ReleaseRow[] {
  const since = rows.slice(rows.findLastIndex((row) => manifestOf(row).kill) + 1);
  const last = new Map(since.map((row) => [row.id, row.status]));
  return since.filter(({ id, status }) => status !== "withdrawn" && last.get(id) !== "withdrawn");
}

/** Reads a channel's releases, oldest first; null where nothing is on offer, or a kill switch is. */
export function rolloutHistory(rows: readonly ReleaseRow[]): RolloutHistory | null {
  const row = rows.at(-1);
  if (row === undefined || row.status !== "offered") return null;
  const manifest = manifestOf(row);
  if (manifest.kill) return null;
  const own = lastRun(rows);
  const older = standing(rows.slice(0, rows.length - own.length));
  const others = older.filter(({ id }) => id !== row.id);
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
    isReturn: own.every((one) => shareOf(manifestOf(one)) === 1) && older.some(({ id }) => id === row.id),
  };
}

/** What phones outside of a new release's share take: the newest release of another model that every phone was offered. */
export function formerManifest(rows: readonly ReleaseRow[], model?: string): ReleaseMetadata | null {
  const others = standing(rows).filter(({ id }) => id !== model);
  return others.map(manifestOf).findLast((manifest) => shareOf(manifest) === 1) ?? null;
}
