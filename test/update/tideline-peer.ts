import { nodeNetwork } from "../../apps/fleet/src/adapter/node-network.ts";
import { ROOT_TYPE, type RootMetadata } from "@tideline/spec";
import { createWorld, gait, makeRelease, modelBytes, seal } from "../device-fixture.ts";
import {
  inAMonth,
  inAYear,
  KEYS,
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

/** What the console answers, by path. */
async function answersOf(offer: Offer): Promise<Map<string, Answer>> {
  const { envelope, metadata, artifacts } = await makeRelease(offer.version, {
    gain: offer.content,
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
  if (artifact !== undefined) {
    const bytes = artifact === "endless" ? artifact : modelBytes(artifact.content);
    answers.set(`/v1/artifacts/${metadata.variants[0]!.sha256}`, bytes);
  }
  return answers;
}

/** A phone with our client, over HTTP, born with {@link PINNED}. */
export async function tidelinePeer(onFinished: (clean: () => Promise<void>) => void): Promise<Peer> {
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
      answers = await answersOf(offer);
      const console = offer.offline ? "http://127.0.0.1:9" : server.address;
      const client = await world.start({ root, console }, { network, clock: Date.now });
      await client.setConsent(["improve"]);
      await client.update();
      const { source, probabilities } = await client.predict(window, { session: "s", start: 0 });
      await client.close();
      return source === "device" ? Number((probabilities![1]! / 0.5).toFixed(4)) : null;
    },
  };
}
