import type { ForestJob } from "./forest-job.ts";
import { sharedBins } from "./bin-by-row.ts";

/** A job whose arrays of rows lie in memory that threads share, where the platform has any: copied once, unless they do. */
export function sharedJob(job: ForestJob): ForestJob {
  const { table, byRow, target, weight } = job.source;
  return {
    ...job,
    source: {
      ...job.source,
      table: { ...table, bins: table.bins.map(shared) },
      byRow: shared(byRow),
      target: shared(target),
      weight: weight && shared(weight),
    },
  };
}

function shared<Values extends Uint8Array | Float64Array | Int32Array>(values: Values): Values {
  if (typeof SharedArrayBuffer === "undefined" || values.buffer instanceof SharedArrayBuffer) return values;
  const kind = values.constructor as new (buffer: ArrayBufferLike) => Values;
  const out = new kind(sharedBins(values.byteLength).buffer);
  out.set(values);
  return out;
}
