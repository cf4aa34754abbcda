import {
  decodeBatch,
  sequenceSet,
  type Acknowledgement,
  type Batch,
  type TextCodec,
  type WireEvent,
} from "@tideline/spec";
import type { NetworkRequest, NetworkResponse } from "../ports.ts";

/** An ingest server in memory: takes every event once, and tells duplicates by install, epoch and sequence number. */
export interface MemoryCollector {
  /** By `install.epoch.seq`. */
  readonly events: Map<string, WireEvent>;
  /** Identities in the order in which they came, duplicates too. */
  readonly received: string[];
  /** Answers a batch that is not compressed. */
  answer(request: NetworkRequest): NetworkResponse;
}

/** A response with a JSON body. */
export function jsonResponse(status: number, value: unknown, text: TextCodec): NetworkResponse {
  return { status, headers: {}, body: text.encode(JSON.stringify(value)) };
}

/** A collector with nothing in it. */
export function createMemoryCollector(text: TextCodec): MemoryCollector {
  const events = new Map<string, WireEvent>();
  const received: string[] = [];

  const answer = (request: NetworkRequest): NetworkResponse => {
    const { header } = decodeBatch(request.body!, text);
    const batch = header as Batch;
    let duplicates = 0;
    for (const event of batch.events) {
      const id = `${batch.install}.${batch.epoch}.${event.seq}`;
      received.push(id);
      if (events.has(id)) duplicates += 1;
      events.set(id, event);
    }
    const acknowledgement: Acknowledgement = {
      format: 1,
      acknowledged: sequenceSet(batch.events.map(({ seq }) => seq)),
      quarantined: [],
      duplicates,
      received_at: batch.sent_at,
    };
    return jsonResponse(200, acknowledgement, text);
  };
  return { events, received, answer };
}
