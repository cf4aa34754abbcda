import { listSnapshots, type Catalog, type FolderLayout } from "../catalog/index.ts";
import type { Engine } from "../lake/index.ts";
import { manifestFiles, readManifest } from "../lake/manifest-file.ts";
import { listSegments } from "../ingest/log/segment.ts";
import { listLogs } from "../ingest/log/writer-log.ts";
import type { ArtifactStore } from "../release/index.ts";
import type { DerivedPeople } from "./derived-people.ts";
import { holdingArtifacts } from "./forget-artifact.ts";
import { holdingFiles } from "./lake-holding.ts";
import { addCounts, countInSegment, NOTHING_SCRUBBED, type ScrubCounts } from "./scrub-segment.ts";
import type { SubjectScope } from "./scope.ts";
import { holdingSteps } from "../feature/step-file.ts";
import { modelsTrainedOn, type TaughtModel } from "./trained-on.ts";

/** What a folder holds of a person: what an erasure takes out, and what its receipt lists. */
export interface Survey {
  readonly log: ScrubCounts;
  /** Rows and files of the lake by table, of every snapshot that still has its files. */
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly files: number }>>;
  /** Rows of others that name the person and lose that name; receipts of before they were counted lack it. */
  readonly names: number;
  /** Snapshots that hold the person, oldest first. */
  readonly snapshots: readonly string[];
  /** Files of cached steps. */
  readonly steps: number;
  /** Artifacts with the person's pseudonym or histograms. */
  readonly artifacts: number;
  readonly models: readonly TaughtModel[];
}

/** What a survey looks through. */
export interface SurveySource {
  readonly layout: FolderLayout;
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly artifacts: ArtifactStore;
}

/** Looks through a folder for a person: `scope` says which rows, `people` whose what derives from them is. */
export async function survey(
  { layout, catalog, engine, artifacts }: SurveySource,
  scope: SubjectScope,
  people: DerivedPeople,
): Promise<Survey> {
  const { root } = layout;
  let log = NOTHING_SCRUBBED;
  for (const { path } of await listLogs(root)) {
    for (const segment of await listSegments(path))
      log = addCounts(log, await countInSegment(segment, scope));
  }
  const files = await holdingFiles(engine, root, scope);
  const tables: Record<string, { rows: number; files: number }> = {};
  let names = 0;
  for (const { table, rows, names: naming } of files) {
    names += naming;
    if (rows === 0) continue;
    const before = tables[table] ?? { rows: 0, files: 0 };
    tables[table] = { rows: before.rows + rows, files: before.files + 1 };
  }
  const paths = new Set(files.map(({ path }) => path));
  const snapshots: string[] = [];
  const held = new Set<string>();
  for (const { id, superseded_by } of await listSnapshots(catalog)) {
    const manifest = await readManifest(root, id);
    const holds = manifest !== null && manifestFiles(manifest).some((path) => paths.has(path));
    if (holds) snapshots.push(id);
    // Of one whose files are gone already nobody can tell any more whom it held.
    if (holds || superseded_by !== null) held.add(id);
  }
  const ofPerson = (subject: string): boolean => people.isTouched(subject) || people.isRelated(subject);
  return {
    log,
    tables,
    names,
    snapshots,
    steps: (await holdingSteps(engine, root, ofPerson)).length,
    artifacts: (await holdingArtifacts(catalog, layout.artifact, people)).length,
    models: await modelsTrainedOn(catalog, artifacts, people, (id) => held.has(id)),
  };
}

/** Whether a survey found nothing at all. */
export const isNothing = ({ log, tables, steps, artifacts, models, names }: Survey): boolean =>
  log.records + names + Object.keys(tables).length + steps + artifacts + models.length === 0;
