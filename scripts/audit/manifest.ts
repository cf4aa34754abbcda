import { createHash } from "node:crypto";
import { readdirSync, readFileSync, type Dirent } from "node:fs";
import { basename, join } from "node:path";
import { readBytes, unusable } from "./evidence.ts";

/** A table of a snapshot's manifest. */
export interface LakeTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: number;
  readonly files: readonly {
    readonly path: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly rows: number;
  }[];
}

/** A snapshot's manifest. */
export interface Manifest {
  readonly tables: Readonly<Record<string, LakeTable>>;
  readonly parent: string | null;
  readonly definition: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Tables of a snapshot that hold no events. */
export const QUARANTINE = "quarantine";
export const RECEIPT = "receipt";

/** Hexadecimal SHA-256. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** JSON with sorted keys and no white space: the text whose hash names a value. */
export function sortedJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join()}]`;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${sortedJson(item)}`).join()}}`;
}

/** The manifest of a snapshot; unusable evidence where it is missing or no manifest. */
export function readManifest(folder: string, id: string): Manifest {
  const name = join("lake", "snapshots", `${id}.json`);
  const bytes = readBytes(folder, name);
  try {
    const manifest = JSON.parse(bytes.toString("utf8")) as Manifest;
    if (typeof manifest.tables === "object") return manifest;
  } catch (cause) {
    throw unusable(`${name} is not JSON.`, cause);
  }
  throw unusable(`${name} is no manifest of a snapshot: it has no tables.`);
}

/** Everything below a folder. */
function filesBelow(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (cause) {
    throw unusable(`The evidence has no readable folder ${folder}.`, cause);
  }
}

/** What is wrong with the addresses in `lake/` and `artifacts/`: a file has the SHA-256 of its bytes as its name. */
export function addressFaults(folder: string): {
  readonly faults: readonly string[];
  readonly files: number;
} {
  const faults: string[] = [];
  let files = 0;
  for (const place of ["lake", "artifacts"]) {
    for (const entry of filesBelow(join(folder, place))) {
      const address = /^([0-9a-f]{64})(\.json|\.parquet|)$/.exec(entry.name)?.[1];
      if (!entry.isFile() || address === undefined) continue;
      files += 1;
      if (sha256(readFileSync(join(entry.parentPath, entry.name))) !== address) {
        faults.push(`${place}: ${entry.name} has other bytes than its name says`);
      }
    }
  }
  return { faults, files };
}

/** What is wrong with the files that a manifest names: each is there, by its address, with its size. */
export function manifestFaults(folder: string, { tables }: Manifest): readonly string[] {
  const faults: string[] = [];
  for (const [table, { files, rows }] of Object.entries(tables)) {
    for (const { path, sha256: address, bytes } of files) {
      if (basename(path) !== `${address}.parquet`) faults.push(`${path} is not named by its hash`);
      if (readBytes(folder, path).length !== bytes) faults.push(`${path} has not ${bytes} bytes`);
    }
    const sum = files.reduce((total, file) => total + file.rows, 0);
    if (sum !== rows) faults.push(`table ${table}: ${rows} rows, its files ${sum}`);
  }
  return faults;
}
