import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Acknowledgement, WireEvent } from "@tideline/spec";
import { batchOf, bytesOf } from "../ingest/client.ts";
import { encodeSamples } from "@tideline/spec";

/** An event before its phone has numbered it; frames hold their samples. */
export interface PhoneEvent {
  readonly name: string;
  readonly user: string | null;
  /** Another id of the same person until now. */
  readonly previous?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly consent?: readonly string[];
  readonly time?: number;
}

/** A phone of a test: it numbers its events and sends them as the real one does. */
export interface CanaryPhone {
  readonly install: string;
  /** The secret that only it has, 64 hexadecimal digits. */
  readonly secret: string;
  /** Sends events as one batch and answers the acknowledgement. */
  send(events: readonly PhoneEvent[]): Promise<Acknowledgement>;
  /** Sends every batch again. */
  resend(): Promise<readonly Acknowledgement[]>;
}

/** What a phone needs to know of its server. */
export interface PhoneServer {
  readonly collect: string;
  readonly writeKey: string;
}

/** A value of a property as it travels: samples go into the attachment. */
function encode(properties: PhoneEvent["properties"], parts: Uint8Array[]): WireEvent["properties"] {
  const entries = Object.entries(properties).map(([field, value]) => {
    if (!(value instanceof Float32Array)) return [field, value];
    const offset = parts.reduce((sum, part) => sum + part.length, 0);
    parts.push(encodeSamples(value));
    return [field, { offset, samples: value.length / 2 }];
  });
  return Object.fromEntries(entries) as WireEvent["properties"];
}

/** Makes a phone. */
export function canaryPhone(server: PhoneServer, install: string): CanaryPhone {
  const secret = createHash("sha256").update(`secret of ${install}`).digest("hex");
  const proof = createHash("sha256").update(Buffer.from(secret, "hex")).digest("hex");
  const sent: Uint8Array[] = [];
  let next = 1;
  const post = async (bytes: Uint8Array): Promise<Acknowledgement> => {
    const response = await fetch(`${server.collect}/v1/batch`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.writeKey}`, "content-encoding": "gzip" },
      body: Buffer.from(gzipSync(bytes)),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as Acknowledgement;
  };
  return {
    install,
    secret,
    send: (events) => {
      const parts: Uint8Array[] = [];
      const now = Date.now();
      const wire = events.map(
        ({ name, user, previous, properties, consent = ["research", "analytics"], time = now }) => ({
          seq: next++,
          name,
          version: 1,
          time,
          user,
          ...(previous === undefined ? {} : { previous_user: previous }),
          consent,
          properties: encode(properties, parts),
        }),
      );
      const batch = { ...batchOf(install, wire), sent_at: now, proof };
      const bytes = bytesOf(batch, Buffer.concat(parts));
      sent.push(bytes);
      return post(bytes);
    },
    resend: () => Promise.all(sent.map(post)),
  };
}
