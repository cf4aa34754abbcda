import { preflight, type ShipTargets } from "@tideline/pipeline/preflight";
import { tidelineError } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { bytes, plural } from "../output/figure.ts";

/** What `tideline preflight` is told besides the path. */
export interface PreflightFlags {
  readonly ios?: string;
  readonly macos?: string;
  readonly tflite?: string;
  readonly onnxruntime?: string;
  readonly budget?: string;
}

const WHO = "tideline preflight";

function targetsOf(flags: PreflightFlags): ShipTargets {
  const refuse = (field: string, expected: string, received: string): never => {
    throw tidelineError("ARGUMENT_INVALID", { who: WHO, field: `--${field}`, expected, received });
  };
  const versions = (["ios", "macos", "tflite", "onnxruntime"] as const).flatMap((name) => {
    const version = flags[name];
    if (version === undefined) return [];
    if (!/^\d{1,4}(?:\.\d{1,6}){0,3}$/.test(version))
      refuse(name, "numbers with points, such as 16.4", version);
    return [[name, version] as const];
  });
  const budget = flags.budget === undefined ? undefined : Number(flags.budget);
  if (budget !== undefined && !(budget > 0 && budget < 1e6))
    refuse("budget", "megabytes above 0", flags.budget!);
  return { ...Object.fromEntries(versions), ...(budget !== undefined && { budget: budget * 1e6 }) };
}

/**
 * `tideline preflight`: what a store or an old phone would refuse, with the fix.
 *
 * @throws ARGUMENT_INVALID, DATA_NOT_FOUND
 */
export async function preflightCommand(path: string, flags: PreflightFlags): Promise<CommandResult> {
  const report = await preflight(path, targetsOf(flags));
  const errors = report.findings.filter(({ level }) => level === "error");
  const lines = report.findings.map(({ level, file, what, fix, source }) =>
    [`${level}: ${file}: ${what}`, `  ${fix}`, ...(source === undefined ? [] : [`  ${source}`])].join("\n"),
  );
  const head = `${path}: ${plural(report.files, "file")}, ${bytes(report.modelBytes)} of models, ${plural(errors.length, "error")}`;
  return {
    value: { path, ...report },
    text: [head, ...lines].join("\n"),
    ...(errors.length > 0 && {
      fault: tidelineError("CHECK_FAILED", {
        who: `${WHO} ${path}`,
        expected: "nothing that a store or a phone refuses",
        received: plural(errors.length, "error"),
        remedy: "Each has its fix above.",
      }),
    }),
  };
}
