import { resolve } from "node:path";
import { tidelineError } from "@tideline/spec";
import type { TableFlags } from "./choose-table.ts";
import { needPageFile } from "./page-file.ts";
import { needOutFile, writerOf } from "./quality-file.ts";
import type { InferFlags } from "./quality-infer.ts";

/** Flags of `tideline quality` besides those that all have. */
export interface QualityFlags extends TableFlags, InferFlags {
  /** A file of checks. */
  readonly checks?: string;
  /** A table whose distributions the other's are held against. */
  readonly against?: string;
  /** Where the page goes. */
  readonly html?: string;
  /** Where rows go that do not come through. */
  readonly quarantine?: string;
  /** Where rows of CSV and JSON lines go that cannot be read; without it they end the command. */
  readonly rejected?: string;
}

const WHO = "tideline quality";

/** Wants flags that go together. @throws ARGUMENT_INVALID */
export function needOneTask({ person, personal, severity, ...flags }: QualityFlags): void {
  const { checks, against, infer, html, quarantine, rejected } = flags;
  const wrong = (expected: string, received: string, remedy: string) =>
    tidelineError("ARGUMENT_INVALID", { who: WHO, expected, received, remedy });
  if (infer === undefined && checks === undefined && against === undefined)
    throw wrong(
      "--checks FILE, --against TABLE or --infer FILE",
      "none of them",
      "Begin with --infer checks.ts, read what it writes, then run --checks checks.ts.",
    );
  const beside = Object.entries({ checks, against, html, quarantine, rejected }).find(
    ([, value]) => value !== undefined,
  );
  if (infer !== undefined && beside !== undefined)
    throw wrong("--infer alone", `--${beside[0]} beside it`, "Write the checks first, then run them.");
  const alone = Object.entries({ person, personal, severity }).find(([, value]) => value !== undefined);
  if (infer === undefined && alone !== undefined)
    throw wrong(
      `--${alone[0]} beside --infer`,
      "no --infer",
      "They shape checks that are written; a file of checks says them itself.",
    );
  const outs = [html, quarantine, rejected].flatMap((out) => (out === undefined ? [] : [resolve(out)]));
  if (new Set(outs).size < outs.length)
    throw wrong(
      "a file of its own for each of --html, --quarantine and --rejected",
      "one twice",
      "Name another one.",
    );
}

/** Wants files that can be written, none of which is read. @throws ARGUMENT_INVALID */
export async function needOutFiles(flags: QualityFlags, read: readonly string[]): Promise<void> {
  if (flags.quarantine !== undefined) writerOf("--quarantine", flags.quarantine);
  for (const flag of ["quarantine", "html", "rejected"] as const) {
    const out = flags[flag];
    if (out !== undefined) await needOutFile(`--${flag}`, out, read);
  }
  if (flags.html !== undefined) await needPageFile(WHO, flags.html);
}
