import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import {
  checkEvent,
  decodeBatch,
  decodeSamples,
  sequenceSet,
  type Acknowledgement,
  type AppDefinition,
  type Batch,
  type FrameReference,
  type WireEvent,
} from "@tideline/spec";
import { nodeCrypto } from "../adapter/node-crypto.ts";

/** An event as a collector took it, with the samples of its `samples` field. */
export interface TakenEvent extends WireEvent {
  readonly install: string;
  readonly epoch: number;
  readonly samples: Float32Array | null;
}

/** What else a collector answers, by method and path; undefined is answered by 404. */
export type Route = (path: string, body: Buffer) => unknown;

/** A small real HTTP server that takes batches as an ingest server does. */
export interface Collector {
  readonly address: string;
  /** By `install.epoch.seq`. */
  readonly events: ReadonlyMap<string, TakenEvent>;
  /** Events that came again. */
  duplicates(): number;
  /** Gives the events of a name in order of sequence number. */
  named(name: string, install?: string): TakenEvent[];
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/**
 * Starts a collector on a free port; `route` answers what is no batch (bytes as they are, all else as JSON). Events
 * that do not fit `app`, where it is given, are acknowledged and kept out of `events`.
 */
export async function startCollector(
  route: Route = () => undefined,
  app?: AppDefinition,
): Promise<Collector> {
  const events = new Map<string, TakenEvent>();
  let duplicates = 0;

  const take = (body: Buffer): Acknowledgement => {
    const { header, attachment } = decodeBatch(gunzipSync(body), nodeCrypto.text);
    const { install, epoch, events: sent, sent_at } = header as Batch;
    let again = 0;
    const quarantined: { seq: number; code: string; field: string }[] = [];
    for (const event of sent) {
      const checked = app === undefined ? undefined : checkEvent(app, event, attachment.length);
      if (checked?.ok === false) {
        quarantined.push({ seq: event.seq, code: checked.refusal.code, field: checked.refusal.field });
        continue;
      }
      const key = `${install}.${epoch}.${event.seq}`;
      if (events.has(key)) again += 1;
      const frame = event.properties["samples"] as FrameReference | undefined;
      const bytes = frame && attachment.subarray(frame.offset, frame.offset + frame.samples * 24);
      events.set(key, { ...event, install, epoch, samples: bytes ? decodeSamples(bytes) : null });
    }
    duplicates += again;
    return {
      format: 1,
      acknowledged: sequenceSet(sent.map(({ seq }) => seq)),
      quarantined,
      duplicates: again,
      received_at: sent_at,
    };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const path = request.url!;
    const value = path === "/v1/batch" ? take(body) : route(path, body);
    response.statusCode = value === undefined ? 404 : 200;
    response.end(value instanceof Uint8Array ? value : JSON.stringify(value ?? {}));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      response.statusCode = 500;
      response.end(error.message);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    events,
    duplicates: () => duplicates,
    named: (name, install) =>
      [...events.values()]
        .filter((event) => event.name === name && (install === undefined || event.install === install))
        .sort((left, right) => left.seq - right.seq),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
