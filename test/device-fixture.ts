import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import {
  askCloud,
  createClient,
  createModels,
  type Client,
  type ClientOptions,
  type ModelsOptions,
  type OpenModels,
  type DevicePorts,
  type ModelRuntime,
  type NetworkRequest,
  type NetworkResponse,
} from "@tideline/device";
import {
  createMemoryCollector,
  createMemoryPorts,
  createMemorySecure,
  createMemoryStorage,
  type MemoryCollector,
  type MemoryStorage,
  type PlatformPorts,
} from "@tideline/device/testing";
import {
  concatBytes,
  preAuthentication,
  RELEASE_TYPE,
  ROOT_TYPE,
  toBase64,
  toHex,
  type Envelope,
  type ReleaseMetadata,
  type RootMetadata,
} from "@tideline/spec";
import { activity, app, gait, LABELS } from "./device-app.ts";

export { app, gait, motion, tap } from "./device-app.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** DER before the 32 raw bytes of an Ed25519 key (RFC 8410). */
const PUBLIC_DER = Buffer.from("302a300506032b6570032100", "hex");
const PRIVATE_DER = Buffer.from("302e020100300506032b657004220420", "hex");

/** Text, digest and signatures of Node. */
export const platform: PlatformPorts = {
  text: { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) },
  digest: async (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  verify: async (publicKey, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([PUBLIC_DER, publicKey]), format: "der", type: "spki" });
    return verify(null, message, key, signature);
  },
};

/** A signing key. */
export interface SigningKey {
  readonly id: string;
  readonly public: string;
  readonly secret: KeyObject;
}

/** The Ed25519 key of a seed: 32 times the same byte. */
export function signingKey(seed: number): SigningKey {
  const der = Buffer.concat([PRIVATE_DER, Buffer.alloc(32, seed)]);
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const raw = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(PUBLIC_DER.length);
  const id = createHash("sha256").update(raw).digest("hex");
  return { id, public: toBase64(new Uint8Array(raw)), secret };
}

/** An envelope around a value. */
export function seal(type: string, value: unknown, keys: readonly SigningKey[]): Envelope {
  return sealText(type, JSON.stringify(value), keys);
}

/** An envelope around a text, whatever that is. */
export function sealText(type: string, text: string, keys: readonly SigningKey[]): Envelope {
  const payload = encoder.encode(text);
  const message = preAuthentication(type, payload, platform.text);
  const signatures = keys.map(({ id, secret }) => ({
    keyid: id,
    sig: toBase64(new Uint8Array(sign(null, message, secret))),
  }));
  return { payloadType: type, payload: toBase64(payload), signatures };
}

export const rootKey = signingKey(1);
export const releaseKey = signingKey(2);

/** Where the clock of the ports starts. */
export const NOW = 1_700_000_000_000;
const YEAR = 365 * 86_400_000;

/** A root that trusts the two keys. */
export function makeRoot(changes: Partial<RootMetadata> = {}): RootMetadata {
  const keys = Object.fromEntries(
    [rootKey, releaseKey].map(({ id, public: key }) => [id, { scheme: "ed25519", public: key } as const]),
  );
  return {
    type: "root",
    format: 1,
    version: 1,
    expires: NOW + YEAR,
    development: false,
    keys,
    roles: { root: { keys: [rootKey.id], threshold: 1 }, release: { keys: [releaseKey.id], threshold: 1 } },
    ...changes,
  };
}

export const sealRoot = (root: RootMetadata, keys: readonly SigningKey[]): Envelope =>
  seal(ROOT_TYPE, root, keys);

/** Bytes of a model that answers `[1 - p, p]`, where `p` is the window's first value times `gain`. */
export function modelBytes(gain: number): Uint8Array {
  return encoder.encode(`gain ${gain}`);
}

/** What {@link modelBytes} means. */
export const runtime: ModelRuntime = {
  name: "onnx",
  tier: "cpu",
  version: "1.0.0",
  level: 18,
  load: async (bytes) => {
    const gain = Number(decoder.decode(bytes).split(" ")[1]);
    return {
      run: async (window) => Float32Array.of(1 - window[0]! * gain, window[0]! * gain),
      release: () => {},
    };
  },
};

/** The same on another tier; `run` changes what it answers, or throws. */
export function runtimeOf(
  changes: Partial<ModelRuntime>,
  run: (answer: Float32Array) => Promise<Float32Array> = async (answer) => answer,
): ModelRuntime {
  return {
    ...runtime,
    ...changes,
    load: async (...call) => {
      const model = await runtime.load(...call);
      return { ...model, run: async (...window) => run(await model.run(...window)) };
    },
  };
}

/** A release with its artifacts, by digest. */
export interface SmallRelease {
  readonly metadata: ReleaseMetadata;
  readonly envelope: Envelope;
  readonly artifacts: ReadonlyMap<string, Uint8Array>;
}

/** What a phone calls one of a release's files, its first one if nothing is said, on a tier's `name` of version 1.0.0. */
export function keyOf({ metadata }: SmallRelease, tier: ModelRuntime["tier"] = "cpu", file = 0): string {
  const { format, sha256 } = metadata.variants[file]!;
  return `${metadata.version}/${tier}/${format}/1.0.0/${sha256.slice(0, 8)}`;
}

/** A release of a model, its self-test agreeing with `tested` (by default with the model itself). */
export async function makeRelease(
  version: number,
  {
    gain = 0.5,
    tested = gain,
    keys = [releaseKey],
    table = false,
    own,
    ...changes
  }: Partial<ReleaseMetadata> & {
    gain?: number;
    tested?: number;
    keys?: readonly SigningKey[];
    /** With a variant for the portable runtime, too. */
    table?: boolean;
    /** What the variant for `onnx` is held to in place of the graph's answers. */
    own?: { readonly tested: readonly number[]; readonly deviation: number };
  } = {},
): Promise<SmallRelease> {
  const bytes = modelBytes(gain);
  const portable = concatBytes([bytes, encoder.encode(" table")]);
  const window = Array.from({ length: gait.size * gait.channels.length }, (_, index) =>
    index === 0 ? 1 : 0,
  );
  const answers = (all: readonly number[]) => all.map((one) => [1 - one, one]);
  const reference = async (content: Uint8Array) => ({
    sha256: toHex(await platform.digest(content)),
    bytes: content.length,
  });
  const variant = await reference(bytes);
  const vectors = encoder.encode(
    JSON.stringify({
      format: 1,
      tolerance: 1e-4,
      windows: [window],
      probabilities: answers([tested]),
      ...(own && {
        variants: {
          [variant.sha256]: { deviation: own.deviation, probabilities: answers(own.tested) },
        },
      }),
    }),
  );
  const metadata: ReleaseMetadata = {
    type: "release",
    format: 1,
    app: "small",
    channel: "stable",
    version,
    id: variant.sha256,
    issued: NOW,
    expires: NOW + YEAR,
    requires: {
      sdk: "0.1.0",
      schema: { motion: 1 },
      runtime: table ? ["onnx", "table"] : ["onnx"],
      opset: 18,
      ...(table && { levels: { table: 1 } }),
    },
    model: {
      name: "activity",
      purpose: "improve",
      cloudPurpose: "cloud",
      labels: LABELS,
      window: gait,
      input: "window",
      output: "probabilities",
      definition: "d",
      run: "r",
      snapshot: "s",
    },
    fallback: activity.fallback,
    variants: [
      { ...variant, format: "onnx", opset: 18 },
      ...(table ? [{ ...(await reference(portable)), format: "table", version: 1 } as const] : []),
    ],
    vectors: await reference(vectors),
    kill: false,
    ...changes,
  };
  const artifacts = new Map([
    [metadata.variants[0]?.sha256 ?? "", bytes],
    [metadata.variants[1]?.sha256 ?? "", portable],
    [metadata.vectors.sha256, vectors],
  ]);
  return { metadata, envelope: seal(RELEASE_TYPE, metadata, keys), artifacts };
}

/** Options of a phone's client and its models. */
export type StartOptions = Partial<ClientOptions & ModelsOptions> & {
  /** Puts something around the models: `reportUpdates`. */
  readonly wrap?: (models: OpenModels) => OpenModels;
};

/** A world around one phone: its files, a collector, and a console whose answers a test sets. */
export interface World {
  readonly collector: MemoryCollector;
  readonly files: Map<string, Uint8Array>;
  /** What the secure storage holds. */
  readonly secrets: Map<string, Uint8Array>;
  /** The newest storage over the files. */
  storage(): MemoryStorage;
  /** Offered by the console. */
  offer: { roots: readonly unknown[]; release: unknown; artifacts: Map<string, Uint8Array> };
  /** Answers before anything else does, where it gives a response; may throw as a network does. */
  intercept: ((request: NetworkRequest) => NetworkResponse | undefined) | null;
  readonly requests: NetworkRequest[];
  /** Starts the phone on its files, as after a restart. */
  start(options?: StartOptions, ports?: Partial<DevicePorts>): Promise<Client>;
  /** Puts a release and its artifacts on offer. */
  publish(release: SmallRelease): void;
}

const json = (status: number, value: unknown): NetworkResponse => ({
  status,
  headers: {},
  body: encoder.encode(JSON.stringify(value)),
});

/** A new world. */
export function createWorld(): World {
  const files = new Map<string, Uint8Array>();
  const secrets = new Map<string, Uint8Array>();
  let storage = createMemoryStorage(files);
  // One clock and one source of randomness over all starts of the phone.
  const base = createMemoryPorts(platform);
  const secure = createMemorySecure(secrets);
  const world: World = {
    collector: createMemoryCollector(platform.text),
    files,
    secrets,
    storage: () => storage,
    offer: { roots: [], release: undefined, artifacts: new Map() },
    intercept: null,
    requests: [],
    start: (options = {}, ports = {}) => {
      storage = createMemoryStorage(files);
      const models = createModels({
        root: makeRoot(),
        channel: "stable",
        environment: "production",
        definition: "definition-hash",
        cloud: askCloud,
        ...options,
      });
      const wrap = options.wrap ?? ((open) => open);
      return createClient({
        app,
        ports: { ...base, storage, network: { request }, runtimes: [runtime], secure, ...ports },
        collect: "http://collect",
        console: "http://console",
        writeKey: "key",
        user: "ada",
        models: wrap(models),
        ...options,
      });
    },
    publish: ({ envelope, artifacts }) => {
      world.offer.release = envelope;
      for (const [digest, bytes] of artifacts) world.offer.artifacts.set(digest, bytes);
    },
  };
  const answer = (sent: NetworkRequest): NetworkResponse => {
    world.requests.push(sent);
    const { url } = sent;
    const intercepted = world.intercept?.(sent);
    if (intercepted !== undefined) return intercepted;
    if (url === "http://collect/v1/batch") return world.collector.answer(sent);
    if (url === "http://console/v1/root") return json(200, world.offer.roots);
    if (url === "http://console/v1/releases/activity/stable" && world.offer.release !== undefined) {
      return json(200, world.offer.release);
    }
    const artifact = world.offer.artifacts.get(url.slice(url.lastIndexOf("/") + 1));
    return artifact === undefined ? json(404, {}) : { status: 200, headers: {}, body: artifact };
  };
  const request = async (sent: NetworkRequest): Promise<NetworkResponse> => {
    await Promise.resolve();
    return answer(sent);
  };
  return world;
}
