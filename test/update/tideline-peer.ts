import { nodeNetwork } from "../../apps/fleet/src/adapter/node-network.ts";
import { createHash } from "node:crypto";
import { chunkedDownload, type Download } from "@tideline/device";
import { ROOT_TYPE, type Chunks, type RootMetadata } from "@tideline/spec";
import { createWorld, gait, makeRelease, modelBytes, seal } from "../device-fixture.ts";
import {
  inAMonth,
  inAYear,
  KEYS,
  mixed,
  PINNED,
  type KeyName,
  type Offer,
  type Peer,
  type RootOffer,
} from "./offer.ts";
import { serve, type Answer } from "./serve.ts";

/** A root of ours. */
function rootMetadata(offer: RootOffer): RootMetadata {
  const names = [...new Set<KeyName>([...offer.root, ...offer.release])];
  const role = (keys: readonly KeyName[], threshold = 1) => ({
    keys: keys.map((name) => KEYS[name].id),
    threshold,
  });
  return {
    type: "root",
    format: 1,
    version: offer.version,
    expires: offer.expires ?? inAYear(),
    development: false,
    keys: Object.fromEntries(
      names.map((name) => [KEYS[name].id, { scheme: "ed25519" as const, public: KEYS[name].public }]),
    ),
    roles: {
      root: role(offer.root, offer.rootThreshold),
      release: role(offer.release, offer.releaseThreshold),
    },
  };
}

function artifactOf(artifact: NonNullable<Offer["artifact"]>, bytes: Uint8Array): Answer {
  if (artifact === "endless") return artifact;
  if (artifact === "cut") return { cut: bytes };
  return "endsAs" in artifact ? mixed(bytes, modelBytes(artifact.endsAs)) : modelBytes(artifact.content);
}

/** Chunks of two bytes: a model of the scenarios has eight. */
function chunksOf(bytes: Uint8Array): Chunks {
  const size = 2;
  const sha256 = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    createHash("sha256")
      .update(bytes.subarray(at * size, (at + 1) * size))
      .digest("hex"),
  );
  return { size, sha256 };
}

/** What the console answers, by path. */
async function answersOf(offer: Offer, isChunked: boolean): Promise<Map<string, Answer>> {
  const bytes = modelBytes(offer.content);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const variant = { sha256, bytes: bytes.length, format: "onnx", opset: 18 } as const;
  const { envelope, artifacts } = await makeRelease(offer.version, {
    gain: offer.content,
    variants: [isChunked ? { ...variant, chunks: chunksOf(bytes) } : variant],
    keys: (offer.signers ?? ["release1"]).map((name) => KEYS[name]),
    expires: offer.expires ?? inAMonth(),
  });
  const roots = (offer.roots ?? []).map((root) =>
    seal(
      ROOT_TYPE,
      rootMetadata(root),
      root.signers.map((name) => KEYS[name]),
    ),
  );
  const answers = new Map<string, Answer>([
    ["/v1/root", JSON.stringify(roots)],
    ["/v1/releases/activity/stable", offer.endlessManifest ? "endless" : JSON.stringify(envelope)],
  ]);
  for (const [digest, bytes] of artifacts) answers.set(`/v1/artifacts/${digest}`, bytes);
  const { artifact } = offer;
  if (artifact !== undefined) answers.set(`/v1/artifacts/${sha256}`, artifactOf(artifact, bytes));
  return answers;
}

/** A phone with our client that downloads in chunks. */
export const chunkPeer = (onFinished: OnFinished): Promise<Peer> => tidelinePeer(onFinished, chunkedDownload);

type OnFinished = (clean: () => Promise<void>) => void;

/** A phone with our client, over HTTP, born with {@link PINNED}. */
export async function tidelinePeer(onFinished: OnFinished, download?: Download): Promise<Peer> {
  const world = createWorld();
  const network = nodeNetwork();
  let answers = new Map<string, Answer>();
  const server = await serve((path) => answers.get(path));
  onFinished(async () => {
    network.close();
    await server.close();
  });
  const root = rootMetadata(PINNED);
  const window = new Float32Array(gait.size * gait.channels.length);
  window[0] = 0.5;
  return {
    look: async (offer) => {
      answers = await answersOf(offer, download !== undefined);
      const console = offer.offline ? "http://127.0.0.1:9" : server.address;
      const client = await world.start(
        { root, console, ...(download && { download }) },
        { network, clock: Date.now },
      );
      await client.setConsent(["improve"]);
      await client.update();
      const { source, probabilities } = await client.predict(window, { session: "s", start: 0 });
      await client.close();
      return source === "device" ? Number((probabilities![1]! / 0.5).toFixed(4)) : null;
    },
  };
}
