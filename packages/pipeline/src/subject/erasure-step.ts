import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@tideline/spec";
import {
  commit,
  erasedHash,
  listErased,
  publishErased,
  recordErased,
  subjectOn,
  type Catalog,
  type ErasedRow,
  type FolderLayout,
  type Owner,
  type SubjectRequestRow,
} from "../catalog/index.ts";
import { crashPoint } from "../crash-point.ts";
import { closeLogs, dropCheckpoint } from "../ingest/log/close-log.ts";
import { removeLeftovers } from "../ingest/log/rewrite-segment.ts";
import { latestSnapshot, openEngine, type Engine } from "../lake/index.ts";
import type { ArtifactStore, KeyRing } from "../release/index.ts";
import type { RewrittenLake } from "../lake/rewrite-lake.ts";
import { derivedPeople, hashedPeople, type DerivedPeople } from "./derived-people.ts";
import { eraseLake } from "./erase-lake.ts";
import { findEntered, findPerson, type PersonQuestion } from "./find-person.ts";
import { deleteUnnamedArtifacts, rewriteArtifacts } from "./forget-artifact.ts";
import { forgetInCatalog, vacuumCatalog } from "./forget-catalog.ts";
import type { PersonSource } from "./person-source.ts";
import { hashedScope, namedScope, type SubjectScope } from "./scope.ts";
import { addCounts, NOTHING_SCRUBBED, scrubSegment, type ScrubCounts } from "./scrub-segment.ts";
import { deleteSteps, holdingSteps } from "../feature/step-file.ts";
import { survey, type Survey } from "./survey.ts";
import { comparedWindows } from "./trained-on.ts";
import { readUserQuestion } from "./user-question.ts";

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
  /** Hashes of pseudonyms that a claim ties to these; left out by plans of before they were looked for. */
  readonly related?: readonly string[];
  readonly found: Survey;
  /** How many other pseudonyms phones had claimed to be the person's; left out where a kill lost it. */
  readonly aliases?: LinkedCounts;
}

/** Other pseudonyms that phones had claimed to be a person's. */
export interface LinkedCounts {
  /** Of which what the claiming phones sent was the person's. */
  readonly followed: number;
  /** Of which something was left, because other phones sent it. */
  readonly left: number;
  /** Claims that were not looked at, because an install made too many; left out where there are none. */
  readonly passedOver?: number;
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

/** Whom a request means: a phone, or a user. */
const questionOf = (install: string | null, subject: string | null): PersonQuestion =>
  install === null ? { kind: "user", ...readUserQuestion(subject ?? "") } : { kind: "install", install };

/** The scope of an erasure that has been entered, with the names that leave the rows of others. */
async function enteredScope(catalog: Catalog, request: string, plan: ErasurePlan): Promise<SubjectScope> {
  return hashedScope(await listErased(catalog, request), { hashes: plan.gone, at: plan.erasedAt });
}

/**
 * The plan of whom the ledger has already (it was killed, or a backup is brought up to it), as far as the folder still
 * holds them: nobody is looked for again, so that who came back meanwhile is not meant.
 */
async function planAgain(
  source: PersonSource,
  entries: readonly ErasedRow[],
  look: (scope: SubjectScope, people: DerivedPeople) => Promise<Survey>,
): Promise<ErasurePlan> {
  const erasedAt = entries.reduce((newest, { at }) => Math.max(newest, at), 0);
  const person = await findEntered(source, hashedScope(entries));
  const stays = new Set(hashes(person.stays));
  // Of whom no row is left, the ledger still has the name: others may have it too.
  const named = entries.flatMap(({ kind, hash }) => (kind === "subject" && !stays.has(hash) ? [hash] : []));
  const touched = [...new Set([...hashes(person.touched), ...named])];
  const gone = [...new Set([...hashes(person.gone), ...named])];
  const scope = hashedScope(entries, { hashes: gone, at: erasedAt });
  const names = { touched, gone, related: hashes(person.related) };
  return { erasedAt, ...names, found: await look(scope, hashedPeople(names)) };
}

/**
 * Step 1: who it is, what there is of them, and the entry into the ledger, from which on nothing more is taken. The
 * moment of that entry is the erasure's: of pseudonyms what happened until then goes, however late the rest is done.
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
    const entered = await listErased(catalog, id);
    const source = { folder: layout.root, engine, snapshot, anonymous };
    const look = (scope: SubjectScope, people: DerivedPeople) =>
      survey({ layout, catalog, engine, artifacts }, scope, people);
    if (entered.length > 0) return planAgain(source, entered, look);
    const question = questionOf(install, subject);
    const person = await findPerson(source, question, "erase");
    const { installs, subjects, pairs, touched, gone, related, linked, passedOver } = person;
    const found = await look(namedScope(installs, subjects, pairs, gone), derivedPeople(person));
    const at = clock();
    const entry = (kind: "install" | "subject") => (name: string) => ({
      kind,
      hash: erasedHash(kind, name),
      at,
      request: id,
    });
    const onInstalls = pairs.map((pair) => subjectOn(pair.install, pair.subject));
    owner.assertEpoch();
    await commit(catalog, (writer) =>
      recordErased(writer, [
        ...installs.map(entry("install")),
        ...[...subjects, ...onInstalls].map(entry("subject")),
      ]),
    );
    crashPoint("subject.ledger.after_commit");
    await publishErased(catalog, layout.root);
    const aliases = {
      followed: linked.filter(({ followed }) => followed > 0).length,
      left: linked.filter(({ left }) => left > 0).length,
      ...(passedOver === 0 ? {} : { passedOver }),
    };
    const names = { touched: hashes(touched), gone: hashes(gone), related: hashes(related) };
    return { erasedAt: at, ...names, found, aliases };
  });
}

/** Step 2: the segments of every log. Publishing the ledger again makes living writers begin new ones. */
export async function scrubLogs(
  context: ErasureContext,
  request: string,
  plan: ErasurePlan,
): Promise<ScrubCounts> {
  const { owner, catalog, isServed } = context;
  const { root } = owner.layout;
  const scope = await enteredScope(catalog, request, plan);
  const closed = await closeLogs({
    folder: root,
    isServed,
    announce: () => publishErased(catalog, root),
  });
  try {
    let counts = NOTHING_SCRUBBED;
    for (const log of closed) {
      await removeLeftovers(log.log.path);
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
export async function eraseFromLake(
  context: ErasureContext,
  request: string,
  plan: ErasurePlan,
): Promise<RewrittenLake> {
  const { owner, catalog, clock } = context;
  const scope = await enteredScope(catalog, request, plan);
  return withEngine(owner.layout, (engine) => eraseLake({ owner, catalog, engine, clock }, scope));
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
  const { isTouched, isGone, isRelated } = people;
  const { hasInstall } = hashedScope(await listErased(catalog, request));
  const runs = new Set(plan.found.models.map(({ run }) => run));
  return withEngine(owner.layout, async (engine) => {
    const steps = [
      ...(await holdingSteps(engine, root, (subject) => isTouched(subject) || isRelated(subject))),
      ...(await comparedWindows({ catalog, artifacts, root }, isTouched)),
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
