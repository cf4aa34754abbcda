import { resolve } from "node:path";
import { tidelineError, type TidelineError } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { plural } from "../output/figure.ts";
import { exportedModel, type ExportedModel } from "./export-model.ts";
import { exportFormat } from "./export-format.ts";
import { exportSource } from "./export-source.ts";
import { demandFree } from "./export-claim.ts";
import { earlierExport, removeFiles } from "./earlier-export.ts";
import { changedFiles, writeFiles, type FileContent } from "./generated-file.ts";

/** What `tideline export` was asked for besides the model. */
export interface ExportFlags {
  readonly out: string;
  /** A language of source. */
  readonly source?: string;
  /** Kinds of files, with commas. */
  readonly format?: string;
  /** Rows that no training saw, on which files are held against the model. */
  readonly rows?: string;
  /** Column of the rows with what is right. */
  readonly label?: string;
  /** Names of the classes, with commas. */
  readonly classes?: string;
  readonly name?: string;
  readonly package?: string;
  readonly inputs?: string;
  readonly vectors?: string;
  readonly seed?: string;
  /** Writes nothing: fails where the folder is out of date. */
  readonly check?: boolean;
  readonly folder: string;
}

/** Files of a model; where there are none, or not all that were asked for, `fault` says why. */
export interface Exported {
  readonly files: Readonly<Record<string, FileContent>>;
  /** The one of them that says which others there are. */
  readonly manifest?: string;
  readonly value: object;
  readonly text: string;
  readonly fault?: TidelineError;
}

/** Makes the files of a kind. The same model and flags give the same bytes, but for `.ort`. */
export type Exporter = (model: ExportedModel, flags: ExportFlags) => Promise<Exported>;

/** What a model can be exported as, by the flag that asks for it: another kind of file is another row. */
const EXPORTERS = { source: exportSource, format: exportFormat } as const satisfies Partial<
  Record<keyof ExportFlags, Exporter>
>;

/**
 * `tideline export`: writes a model of a file or a release as files that an app builds in. What an earlier export wrote there and
 * this one does not, by the manifest of that one, goes; where nothing is written, everything stays and is said to be of before.
 *
 * @throws `ARGUMENT_INVALID`, and what the model is refused for.
 */
export async function exportCommand(named: string, flags: ExportFlags): Promise<CommandResult> {
  const kinds = (Object.keys(EXPORTERS) as (keyof typeof EXPORTERS)[]).filter(
    (kind) => flags[kind] !== undefined,
  );
  if (kinds.length !== 1) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline export",
      field: Object.keys(EXPORTERS)
        .map((kind) => `--${kind}`)
        .join(", "),
      expected: "one of them",
      received: kinds.length === 0 ? "none" : "several",
    });
  }
  if (flags.out === "")
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline export",
      field: "--out",
      expected: "a folder",
      received: "none",
    });
  const model = await exportedModel(named, flags.folder);
  const { files, manifest, value, text, fault } = await EXPORTERS[kinds[0]!](model, flags);
  const folder = resolve(flags.out);
  const names = Object.keys(files);
  const read = [named, flags.rows, flags.inputs].flatMap((path) => path ?? []);
  const { stale, foreign } =
    manifest === undefined ? { stale: [], foreign: [] } : await earlierExport(folder, manifest, names, read);
  if (names.length === 0) {
    const left = plural(stale.length, "file");
    return {
      value: { model: model.what, folder, files: names, earlier: stale, ...value },
      text:
        stale.length > 0 ? `${text}\nNothing is written: ${left} in ${folder} of an earlier export` : text,
      ...(fault && { fault }),
    };
  }
  await demandFree(folder, { files, manifest, read });
  // What stands there already keeps its time, so that an app's build has nothing to do.
  const other = await changedFiles(folder, files);
  const changed = [...other, ...stale];
  if (flags.check !== true) {
    // Before the manifest that names them is another one.
    const written = Object.fromEntries(other.map((name) => [name, files[name]!]));
    await writeFiles("tideline export", folder, written, () => removeFiles("tideline export", folder, stale));
  }
  const isStale = flags.check === true && changed.length > 0;
  const told =
    flags.check === true
      ? isStale
        ? `out of date: ${changed.join(", ")}`
        : "up to date"
      : `${changed.length} changed${stale.length > 0 ? `, of an earlier export and removed: ${stale.join(", ")}` : ""}`;
  const kept =
    foreign.length > 0
      ? `\nOf an earlier export, but changed since or what this one is made of, and kept: ${foreign.join(", ")}`
      : "";
  return {
    value: {
      model: model.what,
      folder,
      files: names,
      changed,
      removed: flags.check === true ? [] : stale,
      ...value,
    },
    text: `${text}\n${plural(names.length, "file")} in ${folder}, ${told}${kept}`,
    ...(fault && { fault }),
    ...(isStale && {
      fault: tidelineError("CHECK_FAILED", {
        who: `export ${model.what}`,
        expected: "files that are up to date",
        received: changed.join(", "),
        remedy: "Run tideline export and commit what it writes.",
      }),
    }),
  };
}
