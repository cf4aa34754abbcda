import { glob, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { decodeJournal } from "@tideline/device";
import type { PhoneEntry, Special } from "@tideline/fleet";
import type { PhoneLedger } from "@tideline/pipeline";
import { hasSequence, sequenceSet, type SequenceSet, type TextCodec } from "@tideline/spec";

const text: TextCodec = {
  encode: (content) => new TextEncoder().encode(content),
  decode: (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
};

/** `journal-<index>-<install>-<epoch>.log` */
const JOURNAL = /^journal-\d{8}-(.+)-(\d+)\.log$/;

/** The state file of a phone's queue: what is settled, by `install.epoch`. */
interface StoredQueue {
  readonly sources: Readonly<
    Record<string, { readonly acknowledged: SequenceSet; readonly dropped: SequenceSet }>
  >;
}

async function readQueue(folder: string): Promise<StoredQueue> {
  try {
    return JSON.parse(await readFile(join(folder, "queue.json"), "utf8")) as StoredQueue;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return { sources: {} };
    throw cause;
  }
}

/** Roles of simulated phones whose only runtime that works is the model table. */
const TABLE_ONLY: ReadonlySet<string> = new Set<Special>(["broken_native", "table_only"]);

/** Installs of phones that have nothing but the model table, as the fleet's list of its phones says. */
async function tableOnlyInstalls(phones: string): Promise<ReadonlySet<string>> {
  try {
    const list = JSON.parse(await readFile(join(phones, "phones.json"), "utf8")) as readonly PhoneEntry[];
    return new Set(list.flatMap(({ install, special }) => (TABLE_ONLY.has(special ?? "") ? [install] : [])));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return new Set();
    throw cause;
  }
}

/**
 * What every phone below a folder has recorded and what of it still waits, read from the journals themselves, which
 * were written before anything was sent.
 */
export async function readLedgers(phones: string): Promise<readonly PhoneLedger[]> {
  const recorded = new Map<string, { folder: string; install: string; epoch: number; seqs: number[] }>();
  for await (const path of glob("**/journal-*.log", { cwd: phones })) {
    const [, install, epoch] = JOURNAL.exec(basename(path)) ?? [];
    if (install === undefined) continue;
    const key = `${install}.${epoch}`;
    const entry = recorded.get(key) ?? {
      folder: join(phones, dirname(path)),
      install,
      epoch: Number(epoch),
      seqs: [],
    };
    const { records } = decodeJournal(await readFile(join(phones, path)), text);
    for (const { header } of records) entry.seqs.push(header.seq);
    recorded.set(key, entry);
  }
  const tableOnly = await tableOnlyInstalls(phones);
  const ledgers: PhoneLedger[] = [];
  for (const [key, { folder, install, epoch, seqs }] of recorded) {
    const settled = (await readQueue(folder)).sources[key];
    const waits = (seq: number): boolean =>
      settled === undefined || !(hasSequence(settled.acknowledged, seq) || hasSequence(settled.dropped, seq));
    ledgers.push({
      install,
      epoch,
      recorded: sequenceSet(seqs),
      pending: sequenceSet(seqs.filter(waits)),
      tableOnly: tableOnly.has(install),
    });
  }
  return ledgers;
}
