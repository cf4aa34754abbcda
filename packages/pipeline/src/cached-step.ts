import { createHash } from "node:crypto";
import { canonicalJson, type Clock } from "@tideline/spec";
import { commit, findCachedStep, recordCachedStep, type Catalog } from "./catalog/index.ts";

/** What a step did with its rows, for the structured log. */
export interface StepLog {
  readonly rowsIn: number;
  readonly rowsOut: number;
  /** Rows that did not come through, by the reason why. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** A step that is named by all that makes its output. */
export interface StepDefinition {
  readonly name: string;
  /** Counts up when the code's meaning changes, so that older outputs are not taken for newer ones. */
  readonly version: number;
  /** Canonical JSON of it is hashed: content addresses of data, parameters, seeds. */
  readonly input: unknown;
}

/** What a step leaves: small JSON; larger things stand in it by content address. */
export interface StepOutcome<Output> {
  readonly output: Output;
  readonly log: StepLog;
}

/** What the runner of steps needs. */
export interface StepContext {
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** Computes every step again, whatever the catalog holds. */
  readonly fresh?: boolean;
  /** Told of each step. */
  readonly onStep?: (
    entry: StepLog & { readonly name: string; readonly key: string; readonly hit: boolean },
  ) => void;
}

/** The content address of a step's output. */
export function stepKey({ name, version, input }: StepDefinition): string {
  return createHash("sha256").update(canonicalJson({ name, version, input })).digest("hex");
}

/**
 * Runs a step once for its inputs: when the catalog holds its output and `holds` says that what it points to is
 * still there, nothing is computed.
 */
export async function cachedStep<Output>(
  context: StepContext,
  definition: StepDefinition,
  holds: (output: Output) => Promise<boolean>,
  work: (key: string) => Promise<StepOutcome<Output>>,
): Promise<{ readonly key: string; readonly output: Output; readonly hit: boolean }> {
  const key = stepKey(definition);
  const { name } = definition;
  const found = context.fresh === true ? undefined : await findCachedStep(context.catalog, key);
  if (found !== undefined && (await holds(found.output as Output))) {
    context.onStep?.({ ...(found.log as StepLog), name, key, hit: true });
    return { key, output: found.output as Output, hit: true };
  }
  const { output, log } = await work(key);
  await commit(context.catalog, (writer) =>
    recordCachedStep(writer, { key, name, output, log, created_at: context.clock() }),
  );
  context.onStep?.({ ...log, name, key, hit: false });
  return { key, output, hit: false };
}
