import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OPS } from "../registry.ts";
import { backendFault, type Tolerance } from "./backend-case.ts";

const ROOT = fileURLToPath(new URL("../../../../..", import.meta.url));

/** `vectors/graph/backend-excluded.json`: which published cases are not met, and why. */
interface Exclusions {
  /** By what our error says (a part of it). */
  readonly faults: readonly { readonly fault: string; readonly reason: string }[];
  /** By name; `*` stands for any text. */
  readonly cases: Readonly<Record<string, string>>;
}

/** What came of the published cases of ONNX. */
export interface BackendReport {
  /** The version of the Python package whose cases they are. */
  readonly onnx: string;
  readonly passed: readonly string[];
  /** How many failed for each stated reason. */
  readonly excluded: ReadonlyMap<string, number>;
  /** Cases that failed and are not excluded, with what is wrong. */
  readonly failed: readonly string[];
  /** Exclusions by name whose case passed. */
  readonly stale: readonly string[];
}

export interface BackendOptions {
  /** Of so many parts of the cases ... */
  readonly parts: number;
  /** ... the one to run, from 0. */
  readonly part: number;
  /** Cases to leave out, for time. */
  readonly without?: readonly string[];
}

/** The first exclusion by name that a case falls under. */
function namedExclusion({ cases }: Exclusions, name: string): string | undefined {
  return Object.keys(cases).find((pattern) => {
    const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(`^${escaped.replaceAll("*", ".*")}$`).test(name);
  });
}

/**
 * Has Python write ONNX's published cases of the operators of the registry (scripts/backend-cases.py), and runs each
 * through the reader, the check and the interpreter.
 */
export function runBackendSuite({ parts, part, without = [] }: BackendOptions): BackendReport {
  const excluded: Exclusions = JSON.parse(
    readFileSync(join(ROOT, "vectors/graph/backend-excluded.json"), "utf8"),
  ) as Exclusions;
  const folder = mkdtempSync(join(tmpdir(), "tideline-backend-"));
  try {
    const script = join(ROOT, "scripts/backend-cases.py");
    execFileSync("python3", [script, folder, String(part), String(parts), ...Object.keys(OPS)]);
    const written = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as {
      readonly onnx: string;
      readonly cases: Readonly<Record<string, Tolerance>>;
    };
    const passed: string[] = [];
    const failed: string[] = [];
    const stale: string[] = [];
    const reasons = new Map<string, number>();
    for (const [name, tolerance] of Object.entries(written.cases)) {
      if (without.includes(name)) continue;
      const fault = backendFault(join(folder, name), tolerance);
      const byName = namedExclusion(excluded, name);
      if (fault === undefined) {
        passed.push(name);
        if (byName !== undefined) stale.push(`${name} passes: take it from backend-excluded.json`);
        continue;
      }
      const reason =
        byName === undefined
          ? excluded.faults.find((rule) => fault.includes(rule.fault))?.reason
          : excluded.cases[byName];
      if (reason === undefined) failed.push(`${name}: ${fault}`);
      else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    return { onnx: written.onnx, passed, excluded: reasons, failed, stale };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
