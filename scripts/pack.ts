import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildPackage } from "./pack/build.ts";
import { readManifest } from "./pack/manifest.ts";
import { folderOf } from "./pack/member.ts";

/** Packages that are published for phones and browsers, each after those it needs. */
export const PUBLISHED = ["spec", "predict", "device", "react-native", "web"] as const;

/** Packages that are published for Node besides, each after those it needs; the last is the command. */
export const SERVER = [
  "graph",
  "learn",
  "pipeline",
  "example-activity",
  "fleet",
  "dashboard",
  "cli",
] as const;

/** What the command needs of them all, itself the last. */
export const COMMAND = ["spec", "predict", "device", ...SERVER] as const;

/** A tarball as npm made it. */
export interface Tarball {
  readonly name: string;
  readonly version: string;
  /** Absolute path. */
  readonly path: string;
  /** Bytes of the tarball, and of what it unpacks to. */
  readonly bytes: number;
  readonly unpackedBytes: number;
  /** Paths in the package. */
  readonly files: readonly string[];
}

const root = join(import.meta.dirname, "..");

interface NpmPacked {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/**
 * Builds packages and packs them by `npm pack` into a folder. In the repository packages are unbuilt TypeScript.
 *
 * @example const tarballs = packSdk("dist/sdk");
 */
export function packSdk(out: string, names: readonly string[] = PUBLISHED): readonly Tarball[] {
  // Of all of them, since what is packed alone still wants the others.
  const manifests = [...PUBLISHED, ...SERVER].map((name) => readManifest(folderOf(name)));
  const versions = Object.fromEntries(manifests.map(({ name, version }) => [name, version]));
  mkdirSync(out, { recursive: true });
  const temporary = mkdtempSync(join(tmpdir(), "tideline-pack-"));
  try {
    return names.map((name) => {
      const stage = join(temporary, name);
      buildPackage(name, stage, versions);
      const options = ["pack", "--json", "--ignore-scripts", "--pack-destination", resolve(out)];
      const printed = execFileSync("npm", options, {
        cwd: stage,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      const [packed] = Object.values(JSON.parse(printed) as Record<string, NpmPacked>) as [NpmPacked];
      return {
        name: packed.name,
        version: packed.version,
        path: resolve(out, packed.filename),
        bytes: packed.size,
        unpackedBytes: packed.unpackedSize,
        files: packed.files.map(({ path }) => path),
      };
    });
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      out: { type: "string", default: join(root, "dist/sdk") },
      json: { type: "boolean", default: false },
      server: { type: "boolean", default: false },
      command: { type: "boolean", default: false },
    },
  });
  const server = values.server ? [...PUBLISHED, ...SERVER] : PUBLISHED;
  const tarballs = packSdk(values.out, values.command ? COMMAND : server);
  if (values.json) console.log(JSON.stringify(tarballs));
  else
    for (const { path, bytes, files } of tarballs)
      console.log(`${path}: ${bytes} bytes, ${files.length} files`);
}
