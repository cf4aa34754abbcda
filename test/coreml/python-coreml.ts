import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SCRIPT = fileURLToPath(new URL("../../scripts/coreml-check.py", import.meta.url));

/** A Python with the packages of scripts/requirements-coreml.txt. */
export const COREML_PYTHON = process.env["TIDELINE_COREML_PYTHON"] ?? "python3";

/**
 * Whether that Python is there; `TIDELINE_REQUIRE=coreml` makes its absence a failure.
 *
 * @throws Error where it is required and missing.
 */
export function hasCoremlPython(): boolean {
  const found = spawnSync(COREML_PYTHON, ["-c", "import coremltools, numpy"]).status === 0;
  if (!found && (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("coreml"))
    throw new Error(`${COREML_PYTHON} lacks the packages of scripts/requirements-coreml.txt`);
  return found;
}

/** A model: the bytes of a `.mlmodel`, or the files of a `.mlpackage`. */
export type CoremlFiles = Uint8Array | readonly { readonly path: string; readonly bytes: Uint8Array }[];

/** What coremltools says of a model. */
export type CoremlVerdict =
  | { readonly error: string }
  | {
      readonly version: number;
      readonly form: string;
      readonly inputs: readonly string[];
      readonly outputs: readonly string[];
      readonly opset?: string;
      /** What its folding of constants makes of a feed, by output; null where it cannot say. */
      readonly answers?: Readonly<Record<string, readonly (number | string)[] | null>>;
    };

/** JSON has no infinities; Python reads their names. */
const asText = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

/** Numbers by input. */
export type CoremlNumbers = Readonly<Record<string, ArrayLike<number>>>;

/** What coremltools says of models, in their order; of packages with `feeds` also what it folds these to. */
export async function checkCoreml(
  models: readonly CoremlFiles[],
  feeds: readonly CoremlNumbers[] = [],
): Promise<readonly CoremlVerdict[]> {
  const folder = await mkdtemp(join(tmpdir(), "tideline-coreml-"));
  try {
    const names = await Promise.all(
      models.map(async (model, at) => {
        const name = `${at}.${model instanceof Uint8Array ? "mlmodel" : "mlpackage"}`;
        const files = model instanceof Uint8Array ? [{ path: "", bytes: model }] : model;
        for (const { path, bytes } of files) {
          const file = join(folder, name, path);
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, bytes);
        }
        if (feeds[at] !== undefined) {
          const lists = Object.entries(feeds[at]).map(([input, values]) => [
            input,
            Array.from(values, asText),
          ]);
          await writeFile(join(folder, `${at}.json`), JSON.stringify(Object.fromEntries(lists)));
        }
        return name;
      }),
    );
    const { stdout } = await promisify(execFile)(COREML_PYTHON, [SCRIPT, folder], { maxBuffer: 2 ** 28 });
    const verdicts = JSON.parse(stdout) as Readonly<Record<string, CoremlVerdict>>;
    return names.map((name) => verdicts[name]!);
  } finally {
    await rm(folder, { recursive: true });
  }
}
