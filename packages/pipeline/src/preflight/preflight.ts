import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, posix, relative } from "node:path";
import { hasStandardForm, modernForms, readOnnx, type OnnxModel } from "@tideline/graph";
import { isInsidePath, messageOf, tidelineError } from "@tideline/spec";
import { makeArtifacts } from "../release/index.ts";
import type { Finding, ShipTargets } from "./finding.ts";
import { archiveFindings, libraryFindings } from "./library-finding.ts";
import { runtimeFindings } from "./runtime-finding.ts";

/** What was looked at, and what was found. */
export interface PreflightReport {
  readonly files: number;
  /** Bytes of models and packages of models. */
  readonly modelBytes: number;
  readonly findings: readonly Finding[];
}

/** Files of a folder that are looked at at most. */
const MOST_FILES = 100_000;

/** Bytes of a file that is read at most. */
const MOST_BYTES = 2 ** 31 - 1;

const MODEL = /\.(?:onnx|ort|tflite|tlm|mlmodel)$|\.mlpackage\//i;

/** Links are left alone: what they lead to is not what ships. */
async function filesIn(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw tidelineError("DATA_NOT_FOUND", {
      who: "preflight",
      field: path,
      expected: "a file or folder",
      received: messageOf(cause),
      cause,
    });
  });
  if (found.isFile()) return [path];
  if (!found.isDirectory())
    throw tidelineError("DATA_NOT_FOUND", {
      who: "preflight",
      field: path,
      expected: "a file or folder",
      received: "a device or a pipe",
    });
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  if (files.length <= MOST_FILES) return files.toSorted();
  throw tidelineError("ARGUMENT_INVALID", {
    who: "preflight",
    field: path,
    expected: `at most ${MOST_FILES} files`,
    received: String(files.length),
  });
}

interface PackageVariant {
  readonly kind: string;
  readonly oldest: string;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

/** The variants of a device package, as `tideline export --format` writes it; undefined for other JSON. */
function variantsOf(text: string): readonly PackageVariant[] | undefined {
  try {
    const given = JSON.parse(text) as { readonly kind?: unknown; readonly variants?: unknown };
    if (given.kind !== "device-package" || !Array.isArray(given.variants)) return undefined;
    return (given.variants as readonly PackageVariant[]).filter(
      ({ kind, oldest, files }) =>
        typeof kind === "string" &&
        typeof oldest === "string" &&
        Array.isArray(files) &&
        files.every(({ path, sha256 }) => typeof path === "string" && typeof sha256 === "string"),
    );
  } catch {
    return undefined;
  }
}

/** Whether the files of a package are those that its list names. */
async function packageFindings(
  folder: string,
  list: string,
  variants: readonly PackageVariant[],
  targets: ShipTargets,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { kind, oldest, files } of variants) {
    findings.push(...runtimeFindings(list, kind, oldest, targets));
    for (const { path, sha256 } of files) {
      const bytes = isInsidePath(path)
        ? await readFile(join(folder, path)).catch(() => undefined)
        : undefined;
      const own = bytes && createHash("sha256").update(bytes).digest("hex");
      if (own === sha256) continue;
      findings.push({
        check: "package",
        level: "error",
        file: `${list}: ${path}`,
        what: own === undefined ? "is missing" : "is not the file that was held against the model",
        fix: "Run tideline export again and ship what it writes.",
      });
    }
  }
  return findings;
}

/** Whether a model names an operator set twice, as some exporters do. */
function hasSetTwice({ opsets }: OnnxModel): boolean {
  const domains = opsets.map(({ domain }) => (domain === "ai.onnx" ? "" : domain));
  return new Set(domains).size < domains.length;
}

/** What a graph comes in, and what of it the oldest phones of an app run. */
async function modelFindings(
  file: string,
  bytes: Uint8Array,
  targets: ShipTargets,
): Promise<readonly Finding[]> {
  let made: Awaited<ReturnType<typeof makeArtifacts>>;
  try {
    const { model } = modernForms(readOnnx(bytes));
    if (model.graph.nodes.some(hasStandardForm) || hasSetTwice(model))
      return [
        {
          check: "runtime",
          level: "note",
          file,
          what: "is as an exporter wrote it: only ONNX Runtime takes it so, and a build of it with all operators",
          fix: `tideline import ${file} --out FILE writes it in operators that other kinds have, too.`,
        },
      ];
    made = await makeArtifacts({ model, name: "model" }, ["onnx", "tflite", "table", "mlmodel", "mlpackage"]);
  } catch (error) {
    return [
      { check: "format", level: "error", file, what: messageOf(error), fix: "Export the model again." },
    ];
  }
  const unwritten = made.missing.map(({ kind, reasons }): Finding => {
    const [{ op, reason, instead } = { op: "", reason: "", instead: undefined }] = reasons;
    return {
      check: "runtime",
      level: "note",
      file,
      what: `does not come as ${kind}: ${op === "" ? "" : `${op}: `}${reason}`,
      fix: instead ?? "Ship another kind.",
    };
  });
  return [
    ...made.made.flatMap(({ kind, oldest }) => runtimeFindings(file, kind, oldest, targets)),
    ...unwritten,
  ];
}

/**
 * Looks at what is to ship, before a store does: a model, a folder of an app, an .apk, .aab or .aar. Shared libraries must load on
 * pages of 16 KB, archives keep within the store's limit, models within a budget, and what models need is held against the oldest
 * systems and runtimes of the app. Nothing is changed.
 *
 * @throws DATA_NOT_FOUND, ARGUMENT_INVALID
 * @example
 * const { findings } = await preflight("app/build", { ios: "16", tflite: "2.14.0", budget: 5e6 });
 */
export async function preflight(path: string, targets: ShipTargets = {}): Promise<PreflightReport> {
  const files = await filesIn(path);
  const findings: Finding[] = [];
  let modelBytes = 0;
  const models: string[] = [];
  const lookedInto = new Set<string>();
  for (const file of files) {
    const shown = relative(path, file).replaceAll("\\", "/") || basename(file);
    const { size } = await stat(file);
    if (MODEL.test(shown)) {
      modelBytes += size;
      models.push(shown);
    }
    const isArchive = /\.(?:apk|aab|aar|zip)$/i.test(shown);
    const isRead = isArchive || /\.(?:so|onnx|json)$/i.test(shown);
    if (!isRead) continue;
    if (size > MOST_BYTES) {
      findings.push({
        check: "format",
        level: "error",
        file: shown,
        what: `${size} bytes: not looked into`,
        fix: "Split it.",
      });
      continue;
    }
    const bytes = new Uint8Array(await readFile(file));
    if (isArchive || shown.endsWith(".so")) {
      lookedInto.add(shown);
      findings.push(...(isArchive ? archiveFindings(shown, bytes) : libraryFindings(shown, bytes)));
    } else if (/\.onnx$/i.test(shown)) {
      // What a package lists is held to its list.
      if (files.length > 1) continue;
      lookedInto.add(shown);
      findings.push(...(await modelFindings(shown, bytes, targets)));
    } else if (size < 1 << 24) {
      const variants = variantsOf(new TextDecoder().decode(bytes));
      if (variants === undefined) continue;
      lookedInto.add(shown);
      for (const one of variants)
        for (const part of one.files) lookedInto.add(posix.join(posix.dirname(shown), part.path));
      findings.push(...(await packageFindings(join(file, ".."), shown, variants, targets)));
    }
  }
  if (lookedInto.size === 0 && models.length === 0)
    throw tidelineError("DATA_NOT_FOUND", {
      who: "preflight",
      field: path,
      expected:
        "a model, a folder of tideline export, shared libraries (.so) or an archive (.apk, .aab, .aar)",
      received: `${files.length} other file${files.length === 1 ? "" : "s"}`,
    });
  for (const file of models)
    if (!lookedInto.has(file))
      findings.push({
        check: "format",
        level: "note",
        file,
        what: "only its size is looked at: no list says which systems and runtimes it needs",
        fix: /\.onnx$/i.test(file)
          ? "Give tideline preflight the file by itself."
          : "Ship the folder that tideline export --format writes: its list says it.",
      });
  if (targets.budget !== undefined && modelBytes > targets.budget)
    findings.push({
      check: "size",
      level: "error",
      file: basename(path),
      what: `models take ${modelBytes} bytes; the budget is ${targets.budget}`,
      fix: "Ship one kind a platform, or one of fewer bits (tflite-int8, mlpackage-int8, table); or let them be downloaded.",
    });
  return Object.freeze({ files: files.length, modelBytes, findings: Object.freeze(findings) });
}
