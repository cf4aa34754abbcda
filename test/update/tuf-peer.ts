import { createHash, sign } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBase64, toHex } from "@tideline/spec";
import { Metadata, MetaFile, Root, Signature, Snapshot, TargetFile, Targets, Timestamp } from "@tufjs/models";
import { Updater } from "tuf-js";
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

const TARGET = "model";
const bytesOf = (content: number): Buffer => Buffer.from(`gain ${content}`);

/** Signed metadata as text. */
function signed(of: Root | Timestamp | Snapshot | Targets, names: readonly KeyName[]): string {
  const metadata = new Metadata(of);
  for (const name of names) {
    const { id, secret } = KEYS[name];
    metadata.sign((bytes) => new Signature({ keyID: id, sig: sign(null, bytes, secret).toString("hex") }));
  }
  return JSON.stringify(metadata.toJSON());
}

const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** TUF's root: our release role stands for its timestamp, snapshot and targets. */
function root(offer: RootOffer): string {
  const names = [...new Set<KeyName>([...offer.root, ...offer.release])];
  const role = (of: readonly KeyName[], threshold = 1) => ({
    keyids: of.map((name) => KEYS[name].id),
    threshold,
  });
  const key = (name: KeyName) => ({
    keytype: "ed25519",
    scheme: "ed25519",
    keyval: { public: toHex(fromBase64(KEYS[name].public)) },
  });
  const release = role(offer.release, offer.releaseThreshold);
  const metadata = Root.fromJSON({
    _type: "root",
    version: offer.version,
    spec_version: "1.0.31",
    expires: iso(offer.expires ?? inAYear()),
    keys: Object.fromEntries(names.map((name) => [KEYS[name].id, key(name)])),
    roles: {
      root: role(offer.root, offer.rootThreshold),
      timestamp: release,
      snapshot: release,
      targets: release,
    },
    consistent_snapshot: false,
  });
  return signed(metadata, offer.signers);
}

function artifactOf(artifact: Offer["artifact"], bytes: Uint8Array): Answer {
  if (artifact === undefined || artifact === "endless") return artifact ?? bytes;
  if (artifact === "cut") return { cut: bytes };
  return "endsAs" in artifact ? mixed(bytes, bytesOf(artifact.endsAs)) : bytesOf(artifact.content);
}

/** A repository, by path. */
function answersOf(offer: Offer): Map<string, Answer> {
  const { version, signers = ["release1"] } = offer;
  const common = { version, specVersion: "1.0.31", expires: iso(offer.expires ?? inAMonth()) };
  const bytes = bytesOf(offer.content);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const target = new TargetFile({ path: TARGET, length: bytes.length, hashes: { sha256 } });
  const meta = () => new MetaFile({ version });
  const answers = new Map<string, Answer>([
    [
      "/metadata/timestamp.json",
      offer.endlessManifest ? "endless" : signed(new Timestamp({ ...common, snapshotMeta: meta() }), signers),
    ],
    [
      "/metadata/snapshot.json",
      signed(new Snapshot({ ...common, meta: { "targets.json": meta() } }), signers),
    ],
    ["/metadata/targets.json", signed(new Targets({ ...common, targets: { [TARGET]: target } }), signers)],
    [`/targets/${TARGET}`, artifactOf(offer.artifact, bytes)],
  ]);
  for (const next of offer.roots ?? []) answers.set(`/metadata/${next.version}.root.json`, root(next));
  return answers;
}

/** A phone with tuf-js, over HTTP, born with {@link PINNED}. */
export async function tufPeer(onFinished: (clean: () => Promise<void>) => void): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), "tideline-tuf-"));
  const [metadataDir, targetDir] = [join(folder, "metadata"), join(folder, "targets")];
  for (const place of [metadataDir, targetDir]) mkdirSync(place);
  writeFileSync(join(metadataDir, "root.json"), root(PINNED));
  let answers = new Map<string, Answer>();
  const server = await serve((path) => answers.get(path));
  onFinished(async () => {
    rmSync(folder, { recursive: true });
    await server.close();
  });
  let using: number | null = null;
  return {
    look: async (offer) => {
      answers = answersOf(offer);
      const address = offer.offline ? "http://127.0.0.1:9" : server.address;
      const updater = new Updater({
        metadataDir,
        metadataBaseUrl: `${address}/metadata`,
        targetDir,
        targetBaseUrl: `${address}/targets`,
        config: { fetchTimeout: 2000, fetchRetry: 0, prefixTargetsWithHash: false },
      });
      try {
        await updater.refresh();
        const target = await updater.getTargetInfo(TARGET);
        const path = await updater.downloadTarget(target!, join(targetDir, TARGET));
        using = Number(readFileSync(path, "utf8").split(" ")[1]);
      } catch {
        // Whatever it refuses for, what it has stays.
      }
      return using;
    },
  };
}
