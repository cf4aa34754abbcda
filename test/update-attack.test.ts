import { setTimeout as wait } from "node:timers/promises";
import { describe, test } from "vitest";
import type { Offer, RootOffer } from "./update/offer.ts";
import { chunkPeer, tidelinePeer } from "./update/tideline-peer.ts";
import { tufPeer } from "./update/tuf-peer.ts";

/** Looks of a phone, one after the other: what is offered, and the content that must answer afterwards. */
type Scenario = readonly (readonly [offer: Offer | (() => Promise<Offer>), answers: number | null])[];

const honest = (version: number, changes: Partial<Offer> = {}): Offer => ({
  version,
  content: version / 10,
  ...changes,
});
const rotatedRelease: RootOffer = {
  version: 2,
  root: ["root1"],
  release: ["release2"],
  signers: ["root1"],
};
const rotatedRoot: RootOffer = {
  version: 2,
  root: ["root2"],
  release: ["release1"],
  signers: ["root1", "root2"],
};
const twoOfThree: RootOffer = {
  version: 2,
  root: ["root1", "root2", "root3"],
  rootThreshold: 2,
  release: ["release1", "release2"],
  releaseThreshold: 2,
  signers: ["root1", "root2"],
};
const inTheMiddle = { offline: true } as const;

/** Published, and again by someone in between after it has expired. */
function frozen(): Scenario {
  const expires = Date.now() + 2500;
  const short = honest(2, { expires });
  return [
    [short, 0.2],
    [
      async () => {
        await wait(Math.max(0, expires - Date.now()) + 1100);
        return honest(3, { expires });
      },
      0.2,
    ],
    [honest(3, inTheMiddle), 0.2],
    [honest(4), 0.4],
  ];
}

const SCENARIOS: Readonly<Record<string, () => Scenario>> = {
  "honest updates are taken, and stay without a network": () => [
    [honest(1, inTheMiddle), null],
    [honest(1), 0.1],
    [honest(2), 0.2],
    [honest(3, inTheMiddle), 0.2],
  ],
  "rollback: an older manifest is refused, also after a start without a network": () => [
    [honest(5), 0.5],
    [honest(4), 0.5],
    [honest(4, inTheMiddle), 0.5],
    [honest(4), 0.5],
    [honest(6), 0.6],
  ],
  "freeze: an expired manifest brings nothing new, and takes nothing away": frozen,
  "mix and match: bytes of another release under this manifest": () => [
    [honest(1), 0.1],
    [honest(2, { artifact: { content: 0.1 } }), 0.1],
    [honest(2, inTheMiddle), 0.1],
    [honest(2), 0.2],
  ],
  "mix and match: bytes that begin as this release and end as another": () => [
    [honest(1), 0.1],
    [honest(2, { artifact: { endsAs: 0.1 } }), 0.1],
    [honest(2, { artifact: { endsAs: 0.3 } }), 0.1],
    [honest(2, inTheMiddle), 0.1],
    [honest(3, { artifact: { endsAs: 0.2 } }), 0.1],
    [honest(3), 0.3],
  ],
  "a connection that breaks in the middle, and another release before it comes back": () => [
    [honest(1), 0.1],
    [honest(2, { artifact: "cut" }), 0.1],
    [honest(2, { artifact: "cut" }), 0.1],
    [honest(2), 0.2],
    [honest(3, { artifact: "cut" }), 0.2],
    [honest(4, { artifact: { endsAs: 0.3 } }), 0.2],
    [honest(4), 0.4],
  ],
  "endless data: a model without an end": () => [
    [honest(1), 0.1],
    [honest(2, { artifact: "endless" }), 0.1],
    [honest(2), 0.2],
  ],
  "endless data: a manifest without an end": () => [
    [honest(1), 0.1],
    [honest(2, { endlessManifest: true }), 0.1],
    [honest(2), 0.2],
  ],
  "a manifest signed by nobody that the root names": () => [
    [honest(1), 0.1],
    [honest(2, { signers: ["stranger"] }), 0.1],
    [honest(2, { signers: ["root1"] }), 0.1],
    [honest(2, { signers: [] }), 0.1],
  ],
  "rotation of the release key: the new one signs, the old one no more": () => [
    [honest(1), 0.1],
    [honest(2, { roots: [rotatedRelease], signers: ["release2"] }), 0.2],
    [honest(3, { roots: [rotatedRelease] }), 0.2],
    [honest(3), 0.2],
    [honest(3, inTheMiddle), 0.2],
    [honest(4, { roots: [rotatedRelease], signers: ["release2"] }), 0.4],
  ],
  "rotation of the root: signed by the old and the new one": () => [
    [honest(1, { roots: [rotatedRoot] }), 0.1],
    [honest(2, { roots: [rotatedRoot] }), 0.2],
  ],
  "a root of a stranger": () => [
    [honest(1), 0.1],
    [
      honest(2, {
        roots: [{ version: 2, root: ["stranger"], release: ["stranger"], signers: ["stranger"] }],
        signers: ["stranger"],
      }),
      0.1,
    ],
  ],
  "a root that only the old key signed, or only the new one": () => [
    [honest(1), 0.1],
    [honest(2, { roots: [{ ...rotatedRoot, signers: ["root1"] }] }), 0.1],
    [honest(2, { roots: [{ ...rotatedRoot, signers: ["root2"] }] }), 0.1],
  ],
  "a root with an expired validity": () => [
    [honest(1), 0.1],
    [honest(2, { roots: [{ ...rotatedRoot, expires: Date.now() - 5000 }] }), 0.1],
  ],
  "thresholds: one key of two is too few, the same key twice too": () => [
    [honest(1), 0.1],
    [honest(2, { roots: [twoOfThree], signers: ["release1"] }), 0.1],
    [honest(2, { roots: [twoOfThree], signers: ["release1", "release1"] }), 0.1],
    [honest(2, { roots: [twoOfThree], signers: ["release1", "release2"] }), 0.2],
  ],
  "fast forward: after a stolen key announced a huge version, a rotation brings the phone back": () => [
    [honest(1), 0.1],
    [honest(1_000_000, { content: 0.9 }), 0.9],
    [honest(3), 0.9],
    [honest(3, { roots: [rotatedRelease], signers: ["release2"] }), 0.3],
    [honest(2, { roots: [rotatedRelease], signers: ["release2"] }), 0.3],
  ],
};

describe.each(Object.entries(SCENARIOS))("%s", (_, scenario) => {
  test.concurrent.for([
    ["tuf-js", tufPeer],
    ["our client", tidelinePeer],
    ["our client, in chunks", chunkPeer],
  ] as const)("%s", async ([, peer], { expect, onTestFinished }) => {
    const phone = await peer(onTestFinished);
    for (const [index, [offer, answers]] of scenario().entries()) {
      const offered = typeof offer === "function" ? await offer() : offer;
      expect(await phone.look(offered), `look ${index}`).toBe(answers);
    }
  });
});
