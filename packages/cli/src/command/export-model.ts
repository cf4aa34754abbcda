import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { modernForms, readOnnx, type OnnxModel } from "@tideline/graph";
import { folderLayout, listReleases, manifestOf, openArtifacts, type ReleaseRow } from "@tideline/pipeline";
import { isTidelineError, messageOf, tidelineError } from "@tideline/spec";
import { withFolder } from "./open-folder.ts";
import { demandKnown } from "./unknown-operator.ts";

/** A model that is exported, and what it is called. */
export interface ExportedModel {
  readonly model: OnnxModel;
  /** A file, or a release with its version. */
  readonly what: string;
  /** What a name is made of where none is given. */
  readonly stem: string;
  /** Names of the classes, of a release. */
  readonly labels?: readonly string[];
}

/** The largest file that is read: what protobuf allows. */
const MOST_BYTES = 2 ** 31 - 1;

/** Digits of an id that name a release. */
const ID = /^[0-9a-f]{6,64}$/;

/**
 * The model of a file, its operators in the forms of opset 18 where they stood in older ones, or of a release.
 *
 * @throws `DATA_NOT_FOUND` where there is neither, `ARGUMENT_INVALID` where several releases are meant, `FOLDER_INVALID`,
 *   `MODEL_MALFORMED` and `MODEL_UNSUPPORTED` for a file that is none.
 */
export async function exportedModel(named: string, folder: string): Promise<ExportedModel> {
  const found = await stat(named).catch((error: NodeJS.ErrnoException) => {
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(error.code ?? "")) return undefined;
    throw refused(named, messageOf(error), error);
  });
  if (found === undefined) {
    if (ID.test(named) || /^[^@]+@[0-9]+$/.test(named)) return releasedModel(named, folder);
    throw tidelineError("DATA_NOT_FOUND", {
      who: "tideline export",
      field: "model",
      expected: "a file of ONNX, the id of a release, or channel@version",
      received: `${named}, which is no file`,
    });
  }
  if (!found.isFile()) throw refused(named, "no file but a folder or a device");
  if (found.size > MOST_BYTES) throw refused(named, `${found.size} bytes`);
  const bytes = await readFile(named).catch((error: unknown) => {
    throw refused(named, messageOf(error), error);
  });
  const { model } = modernForms(readNamed(named, bytes));
  demandKnown(named, model);
  return {
    model,
    what: named,
    stem: basename(named).replace(/\.[^.]*$/, ""),
  };
}

/** Reads a file; what is wrong with it is told with its name. */
function readNamed(named: string, bytes: Uint8Array): OnnxModel {
  try {
    return readOnnx(bytes);
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    throw tidelineError(error.code, { ...error.parts, who: `${named}: ${error.parts.who}`, cause: error });
  }
}

function refused(named: string, received: string, cause?: unknown) {
  return tidelineError("DATA_NOT_FOUND", {
    who: "tideline export",
    field: `model ${named}`,
    expected: "a file of ONNX of at most 2 GiB",
    received,
    cause,
  });
}

function releasedModel(named: string, folder: string): Promise<ExportedModel> {
  return withFolder(folder, async ({ folder: place, catalog }) => {
    const row = releaseNamed("tideline export", await listReleases(catalog), named);
    const { model, variants } = manifestOf(row);
    const graph = variants.find(({ format }) => format === "onnx");
    if (graph === undefined) {
      throw tidelineError("DATA_NOT_FOUND", {
        who: `release ${row.channel}@${row.version}`,
        field: "variants",
        expected: "one in ONNX",
        received: variants.map(({ format }) => format).join(", ") || "none",
      });
    }
    const artifacts = await openArtifacts(folderLayout(place).artifact);
    const bytes = await artifacts.read(graph.sha256);
    return {
      model: readOnnx(bytes),
      what: `${row.channel}@${row.version}`,
      stem: model.name,
      labels: model.labels,
    };
  });
}

/** The one release that is meant by an id, the beginning of one, or `channel@version`. @throws `NOT_FOUND`, `ARGUMENT_INVALID` */
export function releaseNamed(who: string, rows: readonly ReleaseRow[], named: string): ReleaseRow {
  const [channel, version] = named.split("@");
  const found = rows.filter((row) =>
    version === undefined
      ? row.id.startsWith(named)
      : row.channel === channel && row.version === Number(version),
  );
  if (found.length === 1) return found[0]!;
  const all = rows.map((row) => `${row.channel}@${row.version}`);
  throw tidelineError(found.length === 0 ? "NOT_FOUND" : "ARGUMENT_INVALID", {
    who,
    field: "model",
    expected: `a file of ONNX, or one of the releases ${all.slice(-20).join(", ") || "(there are none)"}`,
    received: found.length === 0 ? named : `${named}, which ${found.length} releases have`,
  });
}
