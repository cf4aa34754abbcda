import { releasePorts, type ReleaseRow } from "@tideline/pipeline";
import {
  fromBase64,
  tidelineError,
  verifyRelease,
  type Capabilities,
  type ReleaseMetadata,
  type RootMetadata,
} from "@tideline/spec";

/** What a release is verified against. */
export interface ReleaseTrust {
  /** Roots, oldest first. */
  readonly roots: readonly RootMetadata[];
  readonly app: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A phone that meets every requirement of a release: what phones can run is not the question here. */
function willingPhone(row: ReleaseRow): Capabilities {
  try {
    const payload = releasePorts.text.decode(fromBase64(row.envelope.payload));
    const { sdk, schema, runtime, opset } = (JSON.parse(payload) as ReleaseMetadata).requires;
    return { sdk, schema, runtimes: Object.fromEntries(runtime.map((name) => [name, opset])) };
  } catch (cause) {
    throw tidelineError("RELEASE_MALFORMED", {
      who: nameOf(row),
      expected: "the manifest of a release",
      received: "other content",
      cause,
    });
  }
}

/** How a release is called in messages. */
export const nameOf = ({ channel, version }: Pick<ReleaseRow, "channel" | "version">): string =>
  `release ${channel} version ${version}`;

/**
 * Verifies a release as a phone does that has accepted all of the catalog's releases up to this one: signature,
 * app and channel, expiry, and that the envelope is no older one. The one on offer must hold now and under the newest
 * root; one that was replaced must have held when it was issued, under the root of its time.
 *
 * @throws `RELEASE_MALFORMED`, `RELEASE_SIGNATURE_INVALID`, `RELEASE_EXPIRED`, `RELEASE_ROLLBACK`
 */
export async function verifyReleaseRow(row: ReleaseRow, trust: ReleaseTrust): Promise<ReleaseMetadata> {
  const offered = row.status === "offered";
  const roots = offered ? trust.roots.slice(-1) : trust.roots.toReversed();
  const phone = {
    app: trust.app,
    channel: row.channel.slice(row.channel.indexOf("/") + 1),
    now: offered ? trust.now : row.issued_at,
    acceptedVersion: row.version,
    environment: "development" as const,
    capabilities: willingPhone(row),
  };
  const attempts = await Promise.allSettled(
    roots.map((root) => verifyRelease(row.envelope, { ...phone, root }, releasePorts)),
  );
  const accepted = attempts.find((attempt) => attempt.status === "fulfilled");
  if (accepted === undefined) throw (attempts[0] as PromiseRejectedResult).reason;
  const release = accepted.value;
  for (const field of ["version", "id"] as const) {
    if (release[field] === row[field]) continue;
    const [expected, received] = [String(row[field]), String(release[field])];
    throw tidelineError("RELEASE_MALFORMED", { who: nameOf(row), field, expected, received });
  }
  return release;
}
