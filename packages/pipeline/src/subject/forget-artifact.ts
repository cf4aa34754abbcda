import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type Envelope } from "@tideline/spec";
import { sql } from "kysely";
import { listReleases, syncPath, type Catalog } from "../catalog/index.ts";
import { isContentAddress, type ArtifactStore } from "../release/index.ts";
import type { DerivedPeople } from "./derived-people.ts";
import { holdsChange, isDriftReference, referenceWithout, type ReferenceChange } from "./reference-people.ts";
import { withoutPeople } from "./without-people.ts";

/** A file of JSON is looked through up to this size, bytes: a list of a million people has half of it. */
const JSON_BYTES = 64 * 1024 * 1024;

/** JSON of an artifact; undefined for graphs, vectors and whatever else is none. */
async function jsonOf(path: string): Promise<unknown> {
  const bytes = await readFile(path);
  if (bytes.length > JSON_BYTES || (bytes[0] !== 0x7b && bytes[0] !== 0x5b)) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

/** Addresses of the artifacts of a folder. */
async function addresses(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter(isContentAddress).sort();
}

/** What becomes of the people of each drift reference of a release. */
async function referenceChanges(
  catalog: Catalog,
  { isTouched, isGone }: DerivedPeople,
): Promise<ReadonlyMap<string, ReferenceChange>> {
  const found = new Map<string, ReferenceChange>();
  for (const { metrics } of await listReleases(catalog)) {
    const { driftReference, trainedOn = [] } = (metrics ?? {}) as {
      readonly driftReference?: string;
      readonly trainedOn?: readonly string[];
    };
    const order = [...trainedOn].sort();
    const positions = (isMeant: (subject: string) => boolean): ReadonlySet<number> =>
      new Set(order.flatMap((person, index) => (isMeant(person) ? [index] : [])));
    const gone = positions(isGone);
    const emptied = positions((person) => isTouched(person) && !isGone(person));
    if (driftReference !== undefined) found.set(driftReference, { gone, emptied });
  }
  return found;
}

/** Addresses of artifacts that hold a person (lists and scores by pseudonym, histograms by position), made without. */
async function artifactsWithout(
  catalog: Catalog,
  folder: string,
  people: DerivedPeople,
): Promise<ReadonlyMap<string, unknown>> {
  const references = await referenceChanges(catalog, people);
  const found = new Map<string, unknown>();
  for (const address of await addresses(folder)) {
    const value = await jsonOf(join(folder, address));
    if (value === undefined) continue;
    const change = references.get(address);
    if (change !== undefined && isDriftReference(value)) {
      if (holdsChange(value, change)) found.set(address, referenceWithout(value, change));
      continue;
    }
    const left = withoutPeople(value, people.isGone);
    if (left.changed) found.set(address, left.value);
  }
  return found;
}

/** Addresses of artifacts that hold a person. */
export async function holdingArtifacts(
  catalog: Catalog,
  folder: string,
  people: DerivedPeople,
): Promise<readonly string[]> {
  return [...(await artifactsWithout(catalog, folder, people)).keys()];
}

/** Writes artifacts that hold a person anew without them. Answers the new address of each. */
export async function rewriteArtifacts(
  catalog: Catalog,
  artifacts: ArtifactStore,
  folder: string,
  people: DerivedPeople,
): Promise<ReadonlyMap<string, string>> {
  const renamed = new Map<string, string>();
  for (const [address, left] of await artifactsWithout(catalog, folder, people)) {
    const { sha256 } = await artifacts.put(new TextEncoder().encode(canonicalJson(left)));
    renamed.set(address, sha256);
  }
  return renamed;
}

/** Every address that the catalog names, in whatever column, and within signed manifests. */
async function namedAddresses({ database }: Catalog): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  const add = (text: string): void => {
    for (const [address] of text.matchAll(/[0-9a-f]{64}/g)) named.add(address);
  };
  for (const table of ["run", "release", "flow_step", "step_cache"]) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(database);
    for (const row of rows) for (const text of Object.values(row)) if (typeof text === "string") add(text);
  }
  const manifests = await database.selectFrom("release").select("envelope").execute();
  for (const { envelope } of manifests) {
    add(Buffer.from((JSON.parse(envelope) as Envelope).payload, "base64").toString("utf8"));
  }
  return named;
}

/**
 * Deletes artifacts that hold a person, or people's histograms, and that the catalog does not name any more: they were
 * written anew, perhaps by a try that was killed. Answers how many went.
 */
export async function deleteUnnamedArtifacts(
  catalog: Catalog,
  folder: string,
  isGone: (subject: string) => boolean,
): Promise<number> {
  const named = await namedAddresses(catalog);
  let deleted = 0;
  for (const address of await addresses(folder)) {
    if (named.has(address)) continue;
    const value = await jsonOf(join(folder, address));
    if (value === undefined || !(isDriftReference(value) || withoutPeople(value, isGone).changed)) continue;
    await rm(join(folder, address), { force: true });
    deleted += 1;
  }
  await syncPath(folder);
  return deleted;
}
