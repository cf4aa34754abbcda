import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@tideline/spec";
import {
  commit,
  erasedHash,
  listErased,
  publishErased,
  recordErased,
  type Catalog,
  type ErasedRow,
  type FolderLayout,
  type Owner,
  type SubjectRequestRow,
} from "../catalog/index.ts";
import { crashPoint } from "../crash-point.ts";
import { latestSnapshot, openEngine, type Engine } from "../lake/index.ts";
import type { ArtifactStore, KeyRing } from "../release/index.ts";
import { closeLogs, dropCheckpoint } from "./close-log.ts";
import { derivedPeople, hashedPeople } from "./derived-people.ts";
import { findPerson, type PersonQuestion } from "./find-person.ts";
import { deleteUnnamedArtifacts, rewriteArtifacts } from "./forget-artifact.ts";
import { forgetInCatalog, vacuumCatalog } from "./forget-catalog.ts";
import { rewriteLake, type RewrittenLake } from "./rewrite-lake.ts";
import { hashedScope, namedScope } from "./scope.ts";
import {
  addCounts,
  NOTHING_SCRUBBED,
  removeScrubLeftovers,
  scrubSegment,
  type ScrubCounts,
} from "./scrub-segment.ts";
import { deleteSteps, holdingSteps } from "./step-file.ts";
import { survey, type Survey } from "./survey.ts";
import { comparedWindows } from "./trained-on.ts";

/** What an erasure works with. */
export interface ErasureContext {
  readonly owner: Pick<Owner, "layout" | "assertEpoch">;
  readonly catalog: Catalog;
  readonly artifacts: ArtifactStore;
  readonly keys: KeyRing;
  /** Name of the app, for the receipt. */
  readonly app: string;
  readonly clock: Clock;
  /** Pseudonym of an install's events before it had a user. */
  readonly anonymous: (install: string) => string;
  /** Whether the folder's own ingest server lives beside. */
  readonly isServed: boolean;
}

/** What the first step finds. It names nobody: the rest of an erasure knows its person by hashes only. */
export interface ErasurePlan {
  readonly erasedAt: number;
  /** Hashes of the pseudonyms by which what derives from the person is told. */
  readonly touched: readonly string[];
  /** Hashes of those of them that have no rows left. */
  readonly gone: readonly string[];
  readonly found: Survey;
}

/** Work with an engine of its own, which leaves no spill behind. */
async function withEngine<Result>(
  { temporary }: FolderLayout,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const engine = await openEngine({ temporary, threads: 1 });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

const hashes = (names: readonly string[]): readonly string[] =>
  names.map((name) => erasedHash("subject", name));

/** Whom a request means: a phone, a user, or those whom the ledger names under it already. */
function questionOf(
  install: string | null,
  subject: string | null,
  entries: readonly ErasedRow[],
): PersonQuestion {
  if (install !== null) return { kind: "install", install };
  if (subject !== null) return { kind: "user", subject };
  return { kind: "hashes", scope: hashedScope(entries) };
}

/**
 * Step 1: who it is, what there is of them, and the entry into the ledger, from which on nothing more is taken.
 *
 * @returns what the receipt will list
 */
export async function enterLedger(
  { owner, catalog, artifacts, clock, anonymous }: ErasureContext,
  { id, install, subject }: SubjectRequestRow,
): Promise<ErasurePlan> {
  const { layout } = owner;
  return withEngine(layout, async (engine) => {
    const snapshot = await latestSnapshot(catalog, layout.root);
    const before = await listErased(catalog, id);
    const question = questionOf(install, subject, before);
    const source = { folder: layout.root, engine, snapshot, anonymous };
    const { installs, subjects, touched, gone } = await findPerson(source, question, "erase");
    const found = await survey(
      { layout, catalog, engine, artifacts },
      namedScope(installs, subjects),
      derivedPeople({ touched, gone }),
    );
    if (question.kind === "hashes") {
      const at = before.reduce((newest, entry) => Math.max(newest, entry.at), 0);
      return { erasedAt: at, touched: hashes(touched), gone: hashes(gone), found };
    }
    const at = clock();
    const entry = (kind: "install" | "subject") => (name: string) => ({
      kind,
      hash: erasedHash(kind, name),
      at,
      request: id,
    });
    owner.assertEpoch();
    await commit(catalog, (writer) =>
      recordErased(writer, [...installs.map(entry("install")), ...subjects.map(entry("subject"))]),
    );
    crashPoint("subject.ledger.after_commit");
    await publishErased(catalog, layout.root);
    return { erasedAt: at, touched: hashes(touched), gone: hashes(gone), found };
  });
}

/** Step 2: the segments of every log. Publishing the ledger again makes living writers begin new ones. */
export async function scrubLogs(context: ErasureContext, request: string): Promise<ScrubCounts> {
  const { owner, catalog, isServed } = context;
  const { root } = owner.layout;
  const scope = hashedScope(await listErased(catalog, request));
  const closed = await closeLogs({
    folder: root,
    isServed,
    announce: () => publishErased(catalog, root),
  });
  try {
    let counts = NOTHING_SCRUBBED;
    for (const log of closed) {
      await removeScrubLeftovers(log.log.path);
      for (const segment of log.segments) {
        owner.assertEpoch();
        counts = addCounts(counts, await scrubSegment(segment, scope));
      }
      await dropCheckpoint(log);
    }
    return counts;
  } finally {
    for (const { release } of closed) release();
  }
}

/** Step 3: the tables of the lake. */
export async function eraseFromLake(context: ErasureContext, request: string): Promise<RewrittenLake> {
  const { owner, catalog, clock } = context;
  const scope = hashedScope(await listErased(catalog, request));
  return withEngine(owner.layout, (engine) => rewriteLake({ owner, catalog, engine, clock }, scope));
}

/** What derived from a person and went. */
export interface ForgottenDerived {
  readonly steps: number;
  readonly artifacts: number;
  /** Rows of the catalog that were changed. */
  readonly rows: number;
}

/**
 * Step 4: what derives from the person: cached windows, scores, histograms, the catalog's own rows. Files first: what
 * says whose they are goes with the catalog's rows.
 */
export async function forgetDerived(
  { owner, catalog, artifacts }: ErasureContext,
  request: string,
  plan: ErasurePlan,
): Promise<ForgottenDerived> {
  const { root, artifact } = owner.layout;
  const people = hashedPeople(plan);
  const { isTouched, isGone } = people;
  const { hasInstall } = hashedScope(await listErased(catalog, request));
  const runs = new Set(plan.found.models.map(({ run }) => run));
  return withEngine(owner.layout, async (engine) => {
    const steps = [
      ...(await holdingSteps(engine, root, isTouched)),
      ...(await comparedWindows(catalog, artifacts, isTouched)),
    ];
    await deleteSteps(root, steps);
    crashPoint("subject.derived.after_steps");
    const renamed = await rewriteArtifacts(catalog, artifacts, artifact, people);
    crashPoint("subject.derived.before_commit");
    owner.assertEpoch();
    const { rows } = await forgetInCatalog(catalog, {
      request,
      isGone,
      renamed,
      runs,
      root,
      isInstall: hasInstall,
    });
    crashPoint("subject.derived.after_commit");
    return { steps: steps.length, rows, artifacts: await deleteUnnamedArtifacts(catalog, artifact, isGone) };
  });
}

/**
 * Step 5: what deleting leaves behind: spill of engines, files of writes that were killed, pages of the catalog and its
 * write-ahead log. Nothing else computes meanwhile.
 */
export async function cleanResidue({ owner, catalog }: ErasureContext): Promise<void> {
  const { temporary } = owner.layout;
  for (const name of await readdir(temporary))
    await rm(join(temporary, name), { recursive: true, force: true });
  await vacuumCatalog(catalog);
  crashPoint("subject.residue.after_vacuum");
}
