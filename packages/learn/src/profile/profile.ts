import { tidelineError } from "@tideline/spec";
import type { Column, FrameSource } from "../frame/column.ts";
import { isMissing } from "../frame/validity.ts";
import { quantileOfSorted } from "../quantile.ts";
import { mix, wordSet, type WordSet } from "../check/word-set.ts";
import { columnPairs } from "./column-pairs.ts";
import { DISTINCT_ERROR, distinctSketch } from "./distinct-sketch.ts";
import { hashColumn } from "./hash-column.ts";
import { finite, labelAssociations } from "./label-association.ts";
import { numberSums, type NumberSums } from "./number-sums.ts";
import { PROFILE_VERSION, type ColumnProfile, type NumberProfile, type Profile } from "./profile-report.ts";
import { distinctRows } from "./row-count.ts";
import { rowSample } from "./row-sample.ts";
import { imbalance, suspicions } from "./suspicion.ts";
import { textSums } from "./text-sums.ts";
import { valueBins } from "./value-bins.ts";
import { valueTally } from "./value-tally.ts";
import { nearestRemedy } from "../nearest-name.ts";

/** Options of {@link profileSource}. */
export interface ProfileOptions {
  /** The column to predict. */
  readonly label?: string;
  /** Milliseconds since 1970: what is later is in the future. */
  readonly now: number;
  /** Told of the rows that have come so far. */
  readonly onProgress?: (rows: number) => void;
}

const SHARES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/**
 * A table at a glance, in one pass. Memory is that of a piece, 40 KiB a column, the values of columns with 10,000 different
 * ones or fewer, 24 MiB of row hashes, and 65,536 rows. Counts, missing values, moments and extremes are exact; `distinct` is HyperLogLog's, quantiles
 * and correlations are those of the sample, each with its error in the result.
 *
 * @throws ARGUMENT_INVALID for a label that there is not.
 * @example
 * const profile = await profileSource(await parquetSource("taps.parquet"), { label: "churned", now: Date.now() });
 */
export async function profileSource(
  source: FrameSource,
  { label, now, onProgress }: ProfileOptions,
): Promise<Profile> {
  const { schema } = source;
  if (label !== undefined && !schema.some(({ name }) => name === label))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "profile",
      field: "label",
      expected: `one of ${schema.map(({ name }) => JSON.stringify(name)).join(", ")}`,
      received: JSON.stringify(label),
      remedy: nearestRemedy(
        label,
        schema.map(({ name }) => name),
      ),
    });
  const columns = schema.map(({ kind }) => columnSums(kind));
  const [sample, different] = [rowSample(), distinctRows()];
  let rows = 0;
  for await (const piece of source.read()) {
    const low = new Uint32Array(piece.rows);
    const high = new Uint32Array(piece.rows).fill(0x9e37_79b9);
    for (const [at, column] of piece.columns.entries()) columns[at]!.add(column, piece.rows, low, high);
    different.add(low, high);
    sample.add(piece);
    rows += piece.rows;
    onProgress?.(rows);
  }
  const taken = sample.finish();
  const labels = label === undefined || taken === undefined ? [] : labelAssociations(taken, label);
  const made = schema.map(({ name, kind }, at) =>
    Object.freeze({
      name,
      kind,
      rows,
      ...columns[at]!.finish(taken?.columns[at]),
      label: labels[at] ?? null,
    }),
  );
  const { correlations, twins } =
    taken === undefined ? { correlations: null, twins: [] } : columnPairs(taken);
  const counted = different.finish();
  const table = { now, rows, ...counted, twins, renamed: source.renamed ?? [] };
  const target = made.find(({ name }) => name === label);
  const warnings = [...suspicions(made, taken, table), ...(target === undefined ? [] : imbalance(target))];
  return Object.freeze({
    format: "tideline.profile" as const,
    version: PROFILE_VERSION,
    rows,
    ...counted,
    sampleRows: taken?.rows ?? 0,
    quantileError: taken === undefined || taken.rows === rows ? 0 : 0.5 / Math.sqrt(taken.rows),
    distinctError: DISTINCT_ERROR,
    label: label ?? null,
    columns: Object.freeze(made),
    correlations,
    warnings: Object.freeze(warnings),
  });
}

/** Different values of any kind that are told apart at most (by 64-bit hashes), 24 KiB a column. */
const MOST_FEW = 1024;

/** What is kept of a column while rows come. */
function columnSums(kind: Column["kind"]) {
  const [distinct, tally] = [distinctSketch(), valueTally()];
  const sums = ["float", "integer", "boolean", "time"].includes(kind) ? numberSums() : undefined;
  const lengths = kind === "string" ? textSums() : undefined;
  let few: WordSet | undefined = wordSet("profile", MOST_FEW + 1);
  let [missing, present] = [0, 0];
  return {
    /** `low` and `high` gather hashes of whole rows. */
    add(column: Column, rows: number, low: Uint32Array, high: Uint32Array): void {
      const hash = hashColumn(column, rows);
      for (let row = 0; row < rows; row++) {
        const [a, b] = [hash.low[row]!, hash.high[row]!];
        if (isMissing(column, row)) missing++;
        else {
          present++;
          distinct.add(a, b);
          few?.add(a, b);
          if (few !== undefined && few.size > MOST_FEW) few = undefined;
        }
        const before = low[row]!;
        low[row] = mix(before ^ a, high[row]! + b);
        high[row] = mix(high[row]! ^ b, before + a + 1);
      }
      sums?.add(column);
      lengths?.add(column);
      tally.add(column, rows);
    },
    finish(
      sample: Column | undefined,
    ): Pick<ColumnProfile, "missing" | "distinct" | "distinctExact" | "numbers" | "texts" | "top"> {
      const top = tally.finish();
      return {
        missing,
        distinct: top?.length ?? few?.size ?? Math.min(distinct.estimate(), present),
        distinctExact: top !== undefined || few !== undefined,
        numbers: sums === undefined ? null : numberProfile(sums, sample),
        texts: lengths?.finish(sample) ?? null,
        top: top === undefined ? null : Object.freeze(top.slice(0, 10)),
      };
    },
  };
}

function numberProfile(sums: NumberSums, sample: Column | undefined): NumberProfile {
  const sorted =
    sample === undefined
      ? new Float64Array()
      : finite(sample)
          .filter((v) => v === v)
          .sort();
  const quantiles = sorted.length === 0 ? [] : SHARES.map((share) => quantileOfSorted(sorted, share));
  const some = sums.count > 0;
  const known = (value: number) => (Number.isFinite(value) ? value : null);
  return Object.freeze({
    min: some ? sums.min : null,
    max: some ? sums.max : null,
    mean: known(sums.mean),
    deviation: known(sums.deviation),
    skewness: known(sums.skewness),
    infinite: sums.infinite,
    quantiles: Object.freeze(quantiles),
    bins: valueBins(sorted, sample?.kind ?? "float"),
  });
}
