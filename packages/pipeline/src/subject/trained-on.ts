import {
  listReleases,
  listRuns,
  type CatalogReader,
  type ReleaseRow,
  type RunRow,
} from "../catalog/index.ts";
import type { ArtifactStore } from "../release/index.ts";
import type { DerivedPeople } from "./derived-people.ts";
import { comparisonFiles } from "../feature/step-file.ts";

/** A model that learned, or may have learned, from a person. */
export interface TaughtModel {
  readonly run: string;
  readonly model: string;
  /** Releases that offer it: `<channel>/<version>`. */
  readonly releases: readonly string[];
  /**
   * `unknown`: it is older than the record of whose rows a run had, and its snapshot held the person; or it learned
   * from a user of whom another phone is left, and nobody can tell from which one.
   */
  readonly learned: "yes" | "unknown";
}

/** Pseudonyms of whose rows a run had; null for one that is older than the record of it. */
export async function peopleOfRun(
  artifacts: ArtifactStore,
  run: RunRow,
  releases: readonly ReleaseRow[],
): Promise<readonly string[] | null> {
  const { people } = (run.lineage ?? {}) as { readonly people?: string };
  if (people !== undefined && (await artifacts.has(people))) {
    return JSON.parse(new TextDecoder().decode(await artifacts.read(people))) as readonly string[];
  }
  const release = releases.find((row) => row.run === run.id);
  const { trainedOn } = (release?.metrics ?? {}) as { readonly trainedOn?: readonly string[] };
  return trainedOn ?? null;
}

/**
 * The models that were trained on a person.
 *
 * @param people who the person is, by pseudonym
 * @param isHeld whether a snapshot holds rows of the person
 */
export async function modelsTrainedOn(
  catalog: CatalogReader,
  artifacts: ArtifactStore,
  { isTouched, isGone }: DerivedPeople,
  isHeld: (snapshot: string) => boolean,
): Promise<readonly TaughtModel[]> {
  const releases = await listReleases(catalog);
  const found: TaughtModel[] = [];
  for (const run of await listRuns(catalog)) {
    const people = await peopleOfRun(artifacts, run, releases);
    const learned = people === null ? isHeld(run.snapshot) : people.some(isTouched);
    if (!learned) continue;
    found.push({
      run: run.id,
      model: run.model,
      releases: releases
        .filter((row) => row.run === run.id)
        .map(({ channel, version }) => `${channel}/${version}`),
      learned: people?.some(isGone) === true ? "yes" : "unknown",
    });
  }
  return found;
}

/** The part of a run's report that says on whom it was judged. */
interface JudgedOn {
  readonly validation?: { readonly people?: readonly { readonly group: string }[] };
}

/** Whether a run was judged on a person; yes where its report is gone. */
async function wasJudgedOn(
  artifacts: ArtifactStore,
  run: RunRow | undefined,
  isPerson: (subject: string) => boolean,
): Promise<boolean> {
  const { report } = (run?.lineage ?? {}) as { readonly report?: string };
  if (report === undefined || !(await artifacts.has(report))) return true;
  const { validation } = JSON.parse(new TextDecoder().decode(await artifacts.read(report))) as JudgedOn;
  return validation?.people?.some(({ group }) => isPerson(group)) ?? true;
}

/**
 * Files of raw windows on which runtimes were compared, relative to the folder: those of releases that were judged on a
 * person, and those that no release names, because the comparison failed or was cut off.
 */
export async function comparedWindows(
  { catalog, artifacts, root }: { catalog: CatalogReader; artifacts: ArtifactStore; root: string },
  isPerson: (subject: string) => boolean,
): Promise<readonly string[]> {
  const runs = new Map((await listRuns(catalog)).map((run) => [run.id, run]));
  const [named, found] = [new Set<string>(), new Set<string>()];
  for (const { run, metrics } of await listReleases(catalog)) {
    const { parityWindows } = (metrics ?? {}) as { readonly parityWindows?: string };
    if (parityWindows === undefined) continue;
    named.add(parityWindows);
    if (await wasJudgedOn(artifacts, runs.get(run), isPerson)) found.add(parityWindows);
  }
  return [...found, ...(await comparisonFiles(root)).filter((path) => !named.has(path))];
}
