import { commit, recordRelease, type ReleaseRow } from "../catalog/index.ts";
import { manifestOf, renewRelease } from "../release/index.ts";
import type { LoopContext } from "./loop-context.ts";

/** What a renewal needs of the loop. */
type RenewContext = Pick<LoopContext, "catalog" | "keys" | "clock">;

/**
 * Signs the release on offer again where phones would soon take it no more: in the last third of its validity, or
 * when the release key was rotated since. The same model under the next version; null where nothing is due, and where
 * the root itself has expired, since no phone would take anything under that.
 */
export async function renewWhenDue(
  { catalog, keys, clock }: RenewContext,
  release: ReleaseRow | null,
): Promise<ReleaseRow | null> {
  if (release === null || release.status !== "offered") return null;
  const now = clock();
  const { expires_at, issued_at, envelope, version } = release;
  const late = now >= expires_at - (expires_at - issued_at) / 3;
  const foreign = envelope.signatures.every(({ keyid }) => keyid !== keys.releaseKey.id);
  if ((!late && !foreign) || keys.root.expires <= now) return null;
  const renewed = renewRelease(manifestOf(release), {
    previousVersion: version,
    now,
    validFor: expires_at - issued_at,
    keys,
  });
  const { version: next, issued, expires } = renewed.release;
  const row: ReleaseRow = {
    ...release,
    version: next,
    issued_at: issued,
    expires_at: expires,
    envelope: renewed.envelope,
  };
  await commit(catalog, (writer) => recordRelease(writer, row));
  return row;
}
