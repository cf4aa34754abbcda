import { gzipSync } from "node:zlib";
import { createClient, createModels, type Client } from "@tideline/device";
import { createMemoryPorts, createMemoryStorage, type MemoryStorage } from "@tideline/device/testing";
import { seededRandom } from "@tideline/learn";
import { releasePorts } from "@tideline/pipeline";
import type { RootMetadata } from "@tideline/spec";
import { annotation, app, enrolment, motion, note, tap } from "./app.ts";

/** A phone that has sent everything. */
export interface SmallPhone {
  readonly files: MemoryStorage["files"];
  /** Bodies of its batches, not compressed. */
  readonly batches: readonly Uint8Array[];
}

/** Where phones send. */
export interface PhonePlace {
  readonly collect: string;
  readonly writeKey: string;
  readonly root: RootMetadata;
  /** Milliseconds since 1970; stands still. */
  readonly now: number;
}

/** Samples of a session: two seconds. */
const SAMPLES = 96;

/** `[96, 3]` in g: lying still, or shaken twice a second. */
function samples(seed: number, moving: boolean): Float32Array {
  const random = seededRandom(seed);
  const phase = 2 * Math.PI * random.uniform();
  return Float32Array.from({ length: SAMPLES * 3 }, (_, index) => {
    const [time, axis] = [Math.floor(index / 3) / 50, index % 3];
    const sway = moving ? (0.4 + 0.1 * axis) * Math.sin(2 * Math.PI * 2 * time + phase + axis) : 0;
    // Rounded to thousandths, so that no machine's sine differs.
    return Math.round(1000 * ((axis === 2 ? 1 : 0) + sway + 0.01 * random.normal())) / 1000;
  });
}

/** What a person does: joins, records one session of each activity, labels it, taps and writes. */
async function live(client: Client, person: number, now: number): Promise<void> {
  await client.setConsent(["improve", "analytics"]);
  await client.track(enrolment, { cohort: person < 3 ? "study" : "control" }, { time: now - 60_000 });
  for (const [index, activity] of (["still", "moving"] as const).entries()) {
    const session = `${person}-${activity}`;
    const time = now - 50_000 + 10_000 * index;
    const all = samples(10 * person + index + 1, activity === "moving");
    for (const start of [0, SAMPLES / 2]) {
      const values = all.slice(start * 3, (start + SAMPLES / 2) * 3);
      await client.track(
        motion,
        { session, start, samples: { samples: SAMPLES / 2, values } },
        { time: time + 20 * start },
      );
    }
    await client.track(annotation, { session, activity }, { time: time + 3000 });
  }
  await client.track(tap, { target: "start", screen: "home" }, { time: now - 20_000 });
  const point = [1, -0.5, person];
  const values = { text: "Grüße", count: -3, ratio: 0.1, flag: true, at: now, point };
  await client.track(note, person === 0 ? { ...values, extra: "yes" } : values, { time: now - 10_000 });
}

/** Plays one phone: the real device core over storage in memory, sending to a real server. */
export async function playPhone(person: number, { now, ...place }: PhonePlace): Promise<SmallPhone> {
  const storage = createMemoryStorage();
  const random = seededRandom(1000 + person);
  const bodies: Uint8Array[] = [];
  const ports = createMemoryPorts(releasePorts, {
    storage,
    clock: () => now,
    random: (length) => Uint8Array.from({ length }, () => Math.floor(256 * random.uniform())),
    gzip: async (bytes) => {
      bodies.push(bytes);
      return new Uint8Array(gzipSync(bytes));
    },
    network: {
      request: async ({ method, url, headers, body }) => {
        const answer = await fetch(url, {
          method,
          headers,
          ...(body === undefined ? {} : { body: body.slice() }),
        });
        return { status: answer.status, headers: {}, body: new Uint8Array(await answer.arrayBuffer()) };
      },
    },
  });
  const client = await createClient({
    app,
    ports,
    ...place,
    console: place.collect,
    user: `person-${person}`,
    models: createModels({ root: place.root, channel: "stable", environment: "development" }),
    keepJournal: true,
  });
  await live(client, person, now);
  await client.flush();
  return { files: storage.files, batches: bodies };
}
