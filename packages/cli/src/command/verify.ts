import {
  folderLayout,
  latestSnapshotRow,
  listReleases,
  listRequests,
  openArtifacts,
  readSnapshot,
  releasePorts,
  verifyReceipt,
  verifySnapshot,
  type ErasureReceipt,
  type ReleaseMetrics,
  type ReleaseRow,
  type Snapshot,
  type SubjectRequestRow,
} from "@tideline/pipeline";
import {
  isTidelineError,
  tidelineError,
  type ErrorCode,
  type RootMetadata,
  type TidelineError,
} from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { bytes, plural, shortId } from "../output/figure.ts";
import { liveLine, summariseOwner, withFolder, type OpenFolder } from "./open-folder.ts";
import { readRootChain, requirePinned } from "./root-chain.ts";
import { nameOf, verifyReleaseRow } from "./verify-release-row.ts";

/** One thing that was checked. */
interface Check {
  readonly what: string;
  /** What was found, or the sentence of what is wrong. */
  readonly detail: string;
  /** Null where it holds. */
  readonly code: ErrorCode | null;
}

/** Runs checks one after the other and remembers each; one that fails does not stop the next. */
function checkBoard() {
  const checks: Check[] = [];
  let fault: TidelineError | undefined;
  const check = async <Result>(
    what: string,
    work: () => Promise<Result>,
    describe: (result: Result) => string,
  ): Promise<Result | null> => {
    try {
      const result = await work();
      checks.push({ what, detail: describe(result), code: null });
      return result;
    } catch (error) {
      if (!isTidelineError(error)) throw error;
      fault ??= error;
      checks.push({ what, detail: error.message, code: error.code });
      return null;
    }
  };
  return { checks, check, fault: () => fault };
}

/** Content addresses that a release stands on: of its manifest and of what the pipeline keeps beside it. */
function artifactsOf({ id, metrics }: ReleaseRow, vectors: string | undefined): readonly string[] {
  const { fitted, driftReference } = metrics as Partial<ReleaseMetrics>;
  return [id, vectors, fitted, driftReference].filter((address) => address !== undefined);
}

/** Checks the releases of a folder with the roots that its phones follow. */
async function checkReleases(
  { folder, catalog }: OpenFolder,
  board: ReturnType<typeof checkBoard>,
  app: string,
  pinned: string | undefined,
): Promise<void> {
  const releases = await listReleases(catalog);
  const receipts = (await listRequests(catalog)).filter(({ receipt }) => receipt !== null);
  if (releases.length + receipts.length === 0) return;
  const artifacts = await openArtifacts(folderLayout(folder).artifact);
  const trust =
    pinned === undefined ? "trusted because the folder says so (--root checks it)" : "with the pinned one";
  const roots = await board.check(
    "roots",
    async () => {
      const chain = await readRootChain(folder);
      if (pinned !== undefined) await requirePinned(chain, pinned);
      return chain;
    },
    (chain: readonly RootMetadata[]) =>
      `${plural(chain.length, "root")}, ${trust}, the first with key ${shortId(chain[0]!.roles.root.keys[0]!)}`,
  );
  for (const row of releases) {
    const manifest =
      roots &&
      (await board.check(
        nameOf(row),
        () => verifyReleaseRow(row, { roots, app, now: Date.now() }),
        ({ expires }) => `signed, ${row.status}, until ${new Date(expires).toISOString()}`,
      ));
    const addresses = artifactsOf(row, manifest?.vectors.sha256);
    await board.check(
      `artifacts of ${nameOf(row)}`,
      async () => {
        let size = 0;
        for (const address of addresses) size += (await artifacts.read(address)).length;
        return size;
      },
      (size) => `${plural(addresses.length, "file")}, ${bytes(size)}`,
    );
  }
  if (roots !== null) await checkReceipts(receipts, board, roots);
}

/** Checks the receipts of erasures: each is signed by a release key that one of the roots names. */
async function checkReceipts(
  receipts: readonly SubjectRequestRow[],
  board: ReturnType<typeof checkBoard>,
  roots: readonly RootMetadata[],
): Promise<void> {
  for (const { id, receipt } of receipts) {
    await board.check(
      `receipt of request ${shortId(id)}`,
      async () => {
        const told = await verifyReceipt(receipt!, roots, releasePorts);
        if (told.request === id) return told;
        const parts = { who: "receipt", field: "request", expected: id, received: told.request };
        throw tidelineError("RELEASE_MALFORMED", parts);
      },
      ({ refused, erased_at }: ErasureReceipt) =>
        `signed, ${plural(refused.length, "name")} refused since ${new Date(erased_at).toISOString()}`,
    );
  }
}

/**
 * `tideline verify`: holds the files of the newest snapshot and the artifacts of every release against their hashes,
 * and the releases against the folder's roots: signatures, expiry, version; the roots against the one that apps pin,
 * where its file is given. All of it is checked and told; the first fault gives the exit status.
 *
 * @throws `FOLDER_INVALID`
 */
export function verifyCommand(named: string, pinned?: string): Promise<CommandResult> {
  return withFolder(named, async (opened) => {
    const { folder, catalog, owner } = opened;
    const board = checkBoard();
    const newest = await latestSnapshotRow(catalog);
    const snapshot =
      newest === undefined
        ? null
        : await board.check(
            `snapshot ${shortId(newest.id)}`,
            () => readSnapshot(folder, newest.id),
            ({ manifest }: Snapshot) => `manifest of ${plural(manifest.counts.events, "event")}`,
          );
    if (snapshot !== null) {
      await board.check(
        `files of snapshot ${shortId(snapshot.id)}`,
        () => verifySnapshot(snapshot),
        (read) => `${plural(read.files, "file")}, ${bytes(read.bytes)}`,
      );
    }
    if (snapshot !== null) await checkReleases(opened, board, snapshot.manifest.app, pinned);
    const { checks } = board;
    const fault = board.fault();
    const lines = checks.map(
      ({ what, detail, code }) => `${code === null ? "ok    " : "FAILED"}  ${what}: ${detail}`,
    );
    const failed = checks.filter(({ code }) => code !== null).length;
    const summary =
      failed === 0
        ? `${plural(checks.length, "check")}, nothing wrong`
        : `${failed} of ${plural(checks.length, "check")} failed`;
    return {
      value: { folder, live: owner !== null, owner: summariseOwner(owner), ok: failed === 0, checks },
      text: [liveLine(opened), "", ...lines, "", summary].join("\n"),
      ...(fault === undefined ? {} : { fault }),
    };
  });
}
