import {
  createCapture,
  createClient,
  createModels,
  type NetworkRequest,
  type NetworkResponse,
} from "@tideline/device";
import { createMemoryCollector, createMemoryPorts } from "@tideline/device/testing";
import { createFramer, toHex, type Envelope, type RootMetadata, type TextCodec } from "@tideline/spec";
import { app, gait, tap } from "./device-app.ts";

/** What the driver is told; made by the test, where there is a real cryptography. */
export interface DriverInput {
  readonly root: RootMetadata;
  readonly release: Envelope;
  readonly tampered: Envelope;
  /** Text of each artifact, by digest. */
  readonly artifacts: Readonly<Record<string, string>>;
  /** The valid signatures: public key, digest of the message and signature, in hexadecimal, joined by colons. */
  readonly valid: readonly string[];
}

/** UTF-8 in plain ECMAScript, as Hermes has no `TextEncoder`. */
const text: TextCodec = {
  encode: (value) => {
    const binary = unescape(encodeURIComponent(value));
    return Uint8Array.from({ length: binary.length }, (_, index) => binary.charCodeAt(index));
  },
  decode: (bytes) => {
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return decodeURIComponent(escape(binary));
  },
};

/** First 32 bits of the fractional part of a root of a prime: FIPS 180-4, sections 4.2.2 and 5.3.3. */
function constants(count: number, root: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1)
      prime = prime && candidate % divisor !== 0;
    if (!prime) continue;
    const value = root === 2 ? Math.sqrt(candidate) : Math.cbrt(candidate);
    found.push(((value - Math.floor(value)) * 2 ** 32) | 0);
  }
  return found;
}

const ROUND = constants(64, 3);
const START = constants(8, 2);
const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

/** SHA-256 in plain ECMAScript. */
function sha256(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  const state = START.slice();
  const schedule = new Int32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let index = 0; index < 16; index += 1) schedule[index] = view.getInt32(block + index * 4);
    for (let index = 16; index < 64; index += 1) {
      const before = schedule[index - 15]!;
      const last = schedule[index - 2]!;
      const small = rotate(before, 7) ^ rotate(before, 18) ^ (before >>> 3);
      const large = rotate(last, 17) ^ rotate(last, 19) ^ (last >>> 10);
      schedule[index] = (schedule[index - 16]! + small + schedule[index - 7]! + large) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
    for (let index = 0; index < 64; index += 1) {
      const large = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const first = (h + large + ((e & f) ^ (~e & g)) + ROUND[index]! + schedule[index]!) | 0;
      const small = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const second = (small + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => {
      state[index] = (state[index]! + word) | 0;
    });
  }
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  state.forEach((word, index) => out.setInt32(index * 4, word));
  return digest;
}

/** gzip without compression: stored blocks (RFC 1951, section 3.2.4). The checksum is left at 0: the driver reads it itself. */
function store(bytes: Uint8Array): Uint8Array {
  const parts: number[] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
  for (let from = 0; from < bytes.length; from += 65_535) {
    const length = Math.min(65_535, bytes.length - from);
    const last = from + length === bytes.length ? 1 : 0;
    parts.push(last, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255);
    for (let index = 0; index < length; index += 1) parts.push(bytes[from + index]!);
  }
  parts.push(0, 0, 0, 0, bytes.length & 255, (bytes.length >> 8) & 255, bytes.length >> 16, 0);
  return Uint8Array.from(parts);
}

/** Content of one stored block. */
const unstore = (bytes: Uint8Array): Uint8Array => bytes.slice(15, bytes.length - 8);

/** Records, sends, frames, updates and predicts; returns all that came of it as one line of JSON. */
export async function drive(input: DriverInput): Promise<string> {
  const collector = createMemoryCollector(text);
  const batches: string[] = [];
  let release = input.tampered;
  let failures = 1;
  const json = (value: unknown): NetworkResponse => ({
    status: 200,
    headers: {},
    body: text.encode(JSON.stringify(value)),
  });
  const answer = (request: NetworkRequest): NetworkResponse => {
    const { url, body } = request;
    if (url === "collect/v1/batch") {
      batches.push(toHex(sha256(body!)));
      if (failures > 0) {
        failures -= 1;
        return { status: 503, headers: { "retry-after": "2" }, body: new Uint8Array(0) };
      }
      return collector.answer({ ...request, body: unstore(body!) });
    }
    if (url === "console/v1/root") return json([]);
    if (url === "console/v1/releases/activity/stable") return json(release);
    const artifact = input.artifacts[url.slice(url.lastIndexOf("/") + 1)];
    if (artifact === undefined) return { status: 404, headers: {}, body: new Uint8Array(0) };
    return { status: 200, headers: {}, body: text.encode(artifact) };
  };
  const digest = async (bytes: Uint8Array): Promise<Uint8Array> => sha256(bytes);
  const verify = async (key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> =>
    input.valid.includes([key, sha256(message), signature].map(toHex).join(":"));
  const ports = createMemoryPorts(
    { text, digest, verify },
    {
      network: { request: async (request) => answer(request) },
      gzip: async (bytes) => store(bytes),
      runtimes: [
        {
          name: "onnx",
          tier: "cpu",
          version: "1.0.0",
          level: 18,
          load: async (bytes) => {
            const gain = Number(text.decode(bytes).split(" ")[1]);
            return {
              run: async (window) => Float32Array.of(1 - window[0]! * gain, window[0]! * gain),
              release: () => {},
            };
          },
        },
      ],
    },
  );
  const open = () =>
    createClient({
      app,
      ports,
      collect: "collect",
      console: "console",
      writeKey: "key",
      user: "Zoë 🚲",
      models: createModels({ root: input.root, channel: "stable", environment: "production" }),
    });

  // A series that every engine computes alike: no transcendental functions.
  const samples = Float32Array.from({ length: 80 }, (_, index) => ((index * 37) % 23) / 16 - 0.5);
  const windows = createFramer(gait)
    .push(0, samples)
    .map(({ start, values }) => [start, ...values]);

  const client = await open();
  await client.setConsent(["improve", "analytics"]);
  const ids = await Promise.all(["a", "b", "ünï"].map((target) => client.track(tap, { target })));
  const refused = await client
    .track(tap, { target: "a", count: -1 })
    .catch((error: { code: string }) => error.code);
  const capture = createCapture(client, { session: "s", startTime: 1_700_000_000_000, frameSamples: 16 });
  const byRule = await capture.push(samples);
  await capture.finish();
  const flushed = await client.flush();
  const refusedRelease = await client.update();
  release = input.release;
  const updated = await client.update();
  const byModel = await createCapture(client, { session: "t", startTime: 1_700_000_001_000 }).push(samples);
  await client.feedback(byModel[0]!.predictionId, "moving");
  await client.close();
  const again = await open();
  const last = await again.flush();
  return JSON.stringify({
    windows,
    ids,
    refused,
    byRule,
    byModel,
    flushed,
    refusedRelease,
    updated,
    last,
    batches,
    events: [...collector.events],
    diagnostics: again.diagnostics(),
    acknowledged: again.acknowledged(),
  });
}
