import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SCRIPT = fileURLToPath(new URL("../../scripts/litert-run.py", import.meta.url));

/** A Python with the packages of scripts/requirements-litert.txt. */
export const LITERT_PYTHON = process.env["TIDELINE_LITERT_PYTHON"] ?? "python3";

/**
 * Whether that Python is there; `TIDELINE_REQUIRE=litert` makes its absence a failure.
 *
 * @throws Error where it is required and missing.
 */
export function hasLitertPython(): boolean {
  const found = spawnSync(LITERT_PYTHON, ["-c", "import ai_edge_litert, numpy"]).status === 0;
  if (!found && (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("litert"))
    throw new Error(`${LITERT_PYTHON} lacks the packages of scripts/requirements-litert.txt`);
  return found;
}

/** A file and what it is fed. */
export interface LitertCase {
  readonly bytes: Uint8Array;
  readonly feeds: readonly Readonly<
    Record<string, { readonly dims: readonly number[]; readonly values: ArrayLike<number> }>
  >[];
}

/** What a run gave, by output. */
export type LitertAnswer = Readonly<
  Record<
    string,
    { readonly dtype: string; readonly dims: readonly number[]; readonly values: readonly number[] }
  >
>;

/** Lines that the runtime writes whatever the file. */
const OWN_WORDS = /^INFO: Created TensorFlow Lite XNNPACK delegate for CPU\.$/;

const asText = (value: number): number | string => {
  if (Object.is(value, -0)) return "-0.0";
  return Number.isFinite(value) ? value : String(value).replace("Infinity", "inf");
};
const asNumber = (value: number | string): number =>
  typeof value === "number" ? value : { inf: Infinity, "-inf": -Infinity, nan: Number.NaN }[value]!;

/** Runs files by the LiteRT of Python; an error stands in the place of a case's answers. */
export async function runPythonLitert(
  cases: readonly LitertCase[],
  { plain = false }: { readonly plain?: boolean } = {},
): Promise<{
  readonly answers: readonly (readonly LitertAnswer[] | { readonly error: string })[];
  readonly complaints: readonly string[];
}> {
  const folder = await mkdtemp(join(tmpdir(), "tideline-litert-"));
  try {
    const listed = cases.map(({ feeds }, at) => ({
      file: `${at}.tflite`,
      inputs: feeds.map((feed) =>
        Object.fromEntries(
          Object.entries(feed).map(([name, { dims, values }]) => [
            name,
            { dims, values: Array.from(values, asText) },
          ]),
        ),
      ),
    }));
    await Promise.all(cases.map(({ bytes }, at) => writeFile(join(folder, `${at}.tflite`), bytes)));
    await writeFile(join(folder, "cases.json"), JSON.stringify(listed));
    const { stdout, stderr } = await promisify(execFile)(
      LITERT_PYTHON,
      [SCRIPT, folder, ...(plain ? ["--plain"] : [])],
      {
        maxBuffer: 2 ** 30,
      },
    );
    const read = JSON.parse(stdout) as (
      | Record<string, { values: (number | string)[] }>[]
      | { error: string }
    )[];
    const answers = read.map((one) =>
      "error" in one
        ? one
        : one.map((run) =>
            Object.fromEntries(
              Object.entries(run).map(([name, tensor]) => [
                name,
                { ...tensor, values: tensor.values.map(asNumber) },
              ]),
            ),
          ),
    ) as (readonly LitertAnswer[] | { readonly error: string })[];
    const complaints = stderr.split("\n").filter((line) => line !== "" && !OWN_WORDS.test(line));
    return { answers, complaints };
  } finally {
    await rm(folder, { recursive: true });
  }
}
