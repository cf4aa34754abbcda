import { decodeSamples, type FrameReference } from "@tideline/spec";
import { readLog } from "../../packages/pipeline/src/ingest/index.ts";
import { expectationOf, firstSampleOf } from "./load.ts";

/** What a log holds, counted. */
export interface LogAudit {
  /** Copies of each identity `install/seq`. */
  readonly copies: ReadonlyMap<string, number>;
  /** Duplicates that the server says it received. */
  readonly duplicates: number;
  /** What is not as the phones sent it, in words. */
  readonly faults: readonly string[];
}

/** Reads a folder's log and holds it against what a load sends. */
export async function auditLog(folder: string): Promise<LogAudit> {
  const copies = new Map<string, number>();
  const faults: string[] = [];
  let duplicates = 0;
  for await (const { record, attachment } of readLog(folder, null)) {
    duplicates += record.duplicates;
    const count = (seq: number, kind: string): void => {
      const identity = `${record.install}/${seq}`;
      copies.set(identity, (copies.get(identity) ?? 0) + 1);
      if (kind !== expectationOf(seq)) faults.push(`${identity} was ${kind}`);
    };
    for (const { seq } of record.quarantined) count(seq, "quarantined");
    for (const { seq, name, properties } of record.events) {
      count(seq, "stored");
      if (name === "tap" && properties["target"] !== `button-${seq}`)
        faults.push(`tap ${seq} has another target`);
      if (name !== "motion") continue;
      const { offset, samples } = properties["samples"] as FrameReference;
      const values = decodeSamples(attachment.subarray(offset, offset + samples * 24));
      const isWhole =
        values.length === samples * 6 && values.every((value, index) => value === firstSampleOf(seq) + index);
      if (!isWhole) faults.push(`motion ${seq} has other samples`);
    }
  }
  return { copies, duplicates, faults };
}
