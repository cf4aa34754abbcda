import { setTimeout as pause } from "node:timers/promises";
import type { Acknowledgement, WireEvent } from "@tideline/spec";
import { batchOf, bytesOf, motionOf, post, samplesFrom, tapOf } from "./client.ts";

/** What a load is. */
export interface LoadOptions {
  readonly phones: number;
  readonly batches: number;
  /** Samples of the frame of each batch. */
  readonly samples: number;
  /** Where the server is now, or undefined while there is none. */
  readonly address: () => string | undefined;
  /** The write key; that of the tests' server when left out. */
  readonly key?: string;
}

/** Phones at work. */
export interface Load {
  /** Resolves when every phone has every batch acknowledged. */
  readonly done: Promise<void>;
  /** Identities `install/seq` of what has been acknowledged so far. */
  readonly acknowledged: ReadonlySet<string>;
  /** Refusals met, as `503 DISK_FULL`. */
  readonly refusals: ReadonlySet<string>;
  /** How many batches were sent again although the first copy had been acknowledged, or was on its way. */
  readonly repeated: () => number;
  /** Ends it early. */
  stop(): void;
}

/** Events of a batch: motion, taps, one without consent, one that is unknown, one that does not fit. */
export const EVENTS_PER_BATCH = 8;

/** What the server must make of the event with a sequence number. */
export function expectationOf(seq: number): "stored" | "quarantined" {
  return seq % EVENTS_PER_BATCH < 5 ? "stored" : "quarantined";
}

/** First sample of the frame of an event. */
export function firstSampleOf(seq: number): number {
  return seq * 1000;
}

/** Bytes of a batch of a phone. */
export function batchBytes(install: string, batch: number, samples: number): Uint8Array {
  const base = batch * EVENTS_PER_BATCH;
  const events: readonly WireEvent[] = [
    motionOf(base, 0, samples),
    ...[1, 2, 3, 4].map((index) => tapOf(base + index)),
    tapOf(base + 5, { consent: [] }),
    tapOf(base + 6, { name: "undeclared" }),
    tapOf(base + 7, { properties: { target: 7 } }),
  ];
  return bytesOf(batchOf(install, events), samplesFrom(firstSampleOf(base), samples));
}

/** Starts phones that send their batches in order, each again and again until it is acknowledged. */
export function startLoad({ phones, batches, samples, address, key }: LoadOptions): Load {
  const acknowledged = new Set<string>();
  const refusals = new Set<string>();
  let repeated = 0;
  const ending = new AbortController();

  const attempt = async (install: string, bytes: Uint8Array): Promise<boolean> => {
    const url = address();
    if (url === undefined) return false;
    try {
      const response = await post(url, bytes, { gzip: true, ...(key !== undefined && { key }) });
      const text = await response.text();
      if (response.status !== 200) {
        refusals.add(`${response.status} ${(JSON.parse(text) as { code?: string }).code}`);
        return false;
      }
      for (const [from, to] of (JSON.parse(text) as Acknowledgement).acknowledged) {
        for (let seq = from; seq <= to; seq += 1) acknowledged.add(`${install}/${seq}`);
      }
      return true;
    } catch (error) {
      // No server, or one that was killed in the middle of an answer: the phone knows nothing and tries again.
      if (error instanceof TypeError || error instanceof SyntaxError) return false;
      throw error;
    }
  };

  const phone = async (install: string): Promise<void> => {
    for (let batch = 0; batch < batches && !ending.signal.aborted; batch += 1) {
      const bytes = batchBytes(install, batch, samples);
      // Every third batch is sent twice at once, as a phone does that lost patience.
      const copies = batch % 3 === 0 ? 2 : 1;
      let delivered = false;
      while (!delivered && !ending.signal.aborted) {
        const outcomes = await Promise.all(Array.from({ length: copies }, () => attempt(install, bytes)));
        delivered = outcomes.includes(true);
        if (outcomes.length > 1) repeated += 1;
        if (!delivered) await pause(20);
      }
    }
  };

  const done = Promise.all(Array.from({ length: phones }, (_, index) => phone(`phone-${index}`))).then(
    () => undefined,
  );
  return {
    done,
    acknowledged,
    refusals,
    repeated: () => repeated,
    stop: () => ending.abort(),
  };
}
