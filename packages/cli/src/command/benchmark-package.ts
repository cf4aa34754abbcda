import { createHash } from "node:crypto";
import { readFile, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  folderLayout,
  listReleases,
  manifestOf,
  openArtifacts,
  ARTIFACT_KINDS,
  type MissingArtifact,
} from "@tideline/pipeline";
import { messageOf, tidelineError, type SelfTestVectors } from "@tideline/spec";
import { exportFormat } from "./export-format.ts";
import { packageName } from "./export-manifest.ts";
import { exportedModel, releaseNamed } from "./export-model.ts";
import type { FileContent } from "./generated-file.ts";
import { withFolder } from "./open-folder.ts";
import { pathWithin } from "./path-within.ts";

const WHO = "tideline benchmark";

/** A device package, wherever its files are. */
export interface DevicePackage {
  /** Path of its manifest. */
  readonly manifest: string;
  readonly read: (path: string) => Promise<Uint8Array>;
  /** What it is of, for people. */
  readonly what: string;
  /** Kinds that the model does not come in, and why. */
  readonly missing: readonly { readonly artifact: string; readonly bytes: null; readonly reason: string }[];
}

/** What a package is made of besides the model. */
export interface PackageOptions {
  readonly folder: string;
  readonly format?: string;
  readonly inputs?: string;
  readonly rows?: string;
}

const encode = (content: FileContent): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

/** A package of files in memory. */
function packageOf(
  manifest: string,
  files: Readonly<Record<string, FileContent>>,
  rest: Pick<DevicePackage, "what" | "missing">,
): DevicePackage {
  return {
    manifest,
    async read(path) {
      if (Object.hasOwn(files, path)) return encode(files[path]!);
      throw tidelineError("DATA_NOT_FOUND", {
        who: rest.what,
        field: path,
        expected: "a file",
        received: "none",
      });
    },
    ...rest,
  };
}

/** The manifest of the one package in a folder. @throws DATA_NOT_FOUND */
async function onlyManifest(folder: string): Promise<string> {
  const found: string[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".json") || !(await stat(join(folder, name))).isFile()) continue;
    if (packageName(await readFile(join(folder, name), "utf8")) !== undefined) found.push(name);
  }
  if (found.length === 1) return found[0]!;
  throw tidelineError("DATA_NOT_FOUND", {
    who: WHO,
    field: `model ${folder}`,
    expected: "a folder with the manifest of one device package, as tideline export --format writes it",
    received: found.join(", ") || "none",
    remedy: found.length > 1 ? `Name one of them, such as ${join(folder, found[0]!)}.` : undefined,
  });
}

/** A package that `tideline export --format` wrote into a folder. */
function folderPackage(folder: string, manifest: string): DevicePackage {
  return {
    manifest,
    what: folder,
    missing: [],
    read: async (path) => {
      if (!(await pathWithin(join(folder, path), folder)))
        throw tidelineError("DATA_MALFORMED", {
          who: folder,
          field: path,
          expected: "a file of this folder",
          received: "a link that leads out of it",
        });
      try {
        return new Uint8Array(await readFile(join(folder, path)));
      } catch (cause) {
        throw tidelineError("DATA_NOT_FOUND", {
          who: folder,
          field: path,
          expected: "a file",
          received: messageOf(cause),
          cause,
        });
      }
    },
  };
}

/** What a variant is where its release is of before variants said it: then there was one of each format. */
const KIND_OF: Readonly<Record<string, string>> = { onnx: "onnx", litert: "tflite", table: "table" };

/** Kinds of files, by the names that variants may have. */
const KINDS: Readonly<Record<string, (typeof ARTIFACT_KINDS)[keyof typeof ARTIFACT_KINDS]>> = ARTIFACT_KINDS;

/** A release as phones get it: its own variants, and the vectors of its self-test. Undefined where there is no such release. */
function releasePackage(named: string, folder: string): Promise<DevicePackage> {
  return withFolder(folder, async ({ folder: place, catalog }) => {
    const row = releaseNamed(WHO, await listReleases(catalog), named);
    const { model, variants, vectors } = manifestOf(row);
    const artifacts = await openArtifacts(folderLayout(place).artifact);
    const {
      windows,
      probabilities,
      variants: own,
    } = JSON.parse(new TextDecoder().decode(await artifacts.read(vectors.sha256))) as SelfTestVectors;
    const files: Record<string, FileContent> = {};
    const listed = [];
    for (const { format, sha256, kind = KIND_OF[format] ?? format } of variants) {
      const bytes = await artifacts.read(sha256);
      const path = `${sha256}.${format}`;
      files[path] = bytes;
      const answers = own?.[sha256]?.probabilities;
      listed.push({
        kind,
        format: KINDS[kind]?.format ?? kind,
        numbers: KINDS[kind]?.numbers ?? "exact",
        ...(answers && { answers: { [model.output]: answers.flat() } }),
        sha256,
        bytes: bytes.length,
        files: [{ path, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }],
      });
    }
    const { size, channels } = model.window;
    files["vectors.json"] = JSON.stringify({
      format: 1,
      kind: "source-vectors",
      count: windows.length,
      inputs: { [model.input]: windows.flat() },
      outputs: { [model.output]: probabilities.flat() },
    });
    files["release.json"] = JSON.stringify({
      format: 1,
      kind: "device-package",
      name: model.name,
      inputs: [{ name: model.input, type: "float32", dims: ["N", size, channels.length] }],
      outputs: [{ name: model.output, type: "float32", dims: ["N", model.labels.length] }],
      vectors: "vectors.json",
      variants: listed,
    });
    return packageOf("release.json", files, { what: `${row.channel}@${row.version}`, missing: [] });
  });
}

/**
 * A file of ONNX, exported in memory: held against the model as `tideline export` does; a kind that does not pass is left out and said.
 */
async function modelPackage(named: string, options: PackageOptions): Promise<DevicePackage> {
  const model = await exportedModel(named, options.folder);
  const make = (format: string) =>
    exportFormat(model, {
      out: "",
      folder: options.folder,
      format,
      ...(options.inputs !== undefined && { inputs: options.inputs }),
      ...(options.rows !== undefined && { rows: options.rows }),
    });
  // Kinds that are asked for by name are wanted all: then there are no files beside a fault.
  const { files, value, fault } = await make(options.format ?? "all");
  if (fault !== undefined && Object.keys(files).length === 0) throw fault;
  const { missing, name } = value as { readonly name: string; readonly missing: readonly MissingArtifact[] };
  return packageOf(`${name}.json`, files, {
    what: model.what,
    missing: missing.map(({ kind, reasons }) => ({
      artifact: kind,
      bytes: null,
      reason: reasons
        .map(({ op, reason }) => (op === "" ? reason : `${op}: ${reason}`))
        .slice(0, 3)
        .join("; "),
    })),
  });
}

/**
 * The device package that is meant: a folder of `tideline export` or the manifest of one package in it, a release, or a file of ONNX that is exported here.
 *
 * @throws DATA_NOT_FOUND, ARGUMENT_INVALID, and what the model is refused for.
 */
export async function devicePackage(
  named: string,
  options: PackageOptions,
  tell: (line: string) => void,
): Promise<DevicePackage> {
  const found = await stat(named).catch(() => undefined);
  const isManifest =
    found?.isFile() === true &&
    named.endsWith(".json") &&
    packageName(await readFile(named, "utf8")) !== undefined;
  const isModel = found !== undefined && !found.isDirectory() && !isManifest;
  const stray = (["inputs", "rows"] as const).find((flag) => options[flag] !== undefined);
  if (stray !== undefined && !isModel)
    throw tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field: `--${stray}`,
      expected: "none: it is for a file of ONNX, and this has its vectors",
      received: options[stray],
    });
  if (found?.isDirectory() === true) return folderPackage(named, await onlyManifest(named));
  if (isManifest) return folderPackage(dirname(named), basename(named));
  if (isModel) {
    tell("Making the model's files and holding them against it");
    return modelPackage(named, options);
  }
  if (/^[0-9a-f]{6,64}$|^[^@]+@[0-9]+$/.test(named)) return releasePackage(named, options.folder);
  throw tidelineError("DATA_NOT_FOUND", {
    who: WHO,
    field: "model",
    expected: "a file of ONNX, a folder of tideline export, the id of a release, or channel@version",
    received: `${named}, which is no file`,
  });
}
