import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  makeRelease,
  makeRoot,
  NOW,
  platform,
  releaseKey,
  rootKey,
  seal,
  sealRoot,
  sealText,
  signingKey,
} from "../../../test/device-fixture.ts";
import { fromBase64, toBase64 } from "./bytes.ts";
import { RELEASE_TYPE, type Envelope, type RootMetadata } from "./release.ts";
import {
  compareVersions,
  preAuthentication,
  verifyRelease,
  verifyRoots,
  type ReleaseContext,
} from "./verify-release.ts";

const [second, stranger] = [signingKey(3), signingKey(9)];
const keyOf = (key: typeof second) => ({ scheme: "ed25519", public: key.public }) as const;
const context = (changes: Partial<ReleaseContext> = {}): ReleaseContext => ({
  root: makeRoot(),
  app: "small",
  channel: "stable",
  now: NOW,
  acceptedVersion: 0,
  environment: "production",
  capabilities: { sdk: "0.1.0", schema: { motion: 1 }, runtimes: { onnx: 18 } },
  ...changes,
});
const verify = (envelope: Envelope, changes: Partial<ReleaseContext> = {}) =>
  verifyRelease(envelope, context(changes), platform);

test("what is signed is DSSE's pre-authentication encoding", () => {
  // The example of the protocol's text.
  const bytes = preAuthentication(
    "http://example.com/HelloWorld",
    platform.text.encode("hello world"),
    platform.text,
  );
  expect(platform.text.decode(bytes)).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

describe("a release", () => {
  test("of the release role is taken, also once more and after the same version", async () => {
    const { envelope, metadata } = await makeRelease(3);
    await expect(verify(envelope)).resolves.toEqual(metadata);
    await expect(verify(envelope, { acceptedVersion: 3 })).resolves.toEqual(metadata);
  });

  test("is refused with any byte of its payload changed", async () => {
    const { envelope } = await makeRelease(3);
    const payload = fromBase64(envelope.payload);
    for (let at = 0; at < payload.length; at += 97) {
      const changed = payload.slice();
      changed[at]! ^= 1;
      await expect(verify({ ...envelope, payload: toBase64(changed) })).rejects.toThrow(
        /RELEASE_SIGNATURE_INVALID/,
      );
    }
  });

  test("is refused without a signature, and with one for another type", async () => {
    const { envelope, metadata } = await makeRelease(3);
    await expect(verify({ ...envelope, signatures: [] })).rejects.toThrow(/RELEASE_SIGNATURE_INVALID/);
    const other = seal("application/json", metadata, [releaseKey]);
    await expect(verify({ ...other, payloadType: RELEASE_TYPE })).rejects.toThrow(
      /RELEASE_SIGNATURE_INVALID/,
    );
    await expect(verify(other)).rejects.toThrow(/RELEASE_MALFORMED/);
  });

  test.each([
    ["a stranger's key under the role's id", { ...stranger, id: releaseKey.id }],
    ["the root's key", rootKey],
    ["a key that is called like a property of every object", { ...releaseKey, id: "constructor" }],
  ])("is refused when signed with %s", async (_, key) => {
    const { envelope } = await makeRelease(3, { keys: [key] });
    await expect(verify(envelope)).rejects.toThrow(/RELEASE_SIGNATURE_INVALID/);
  });

  test.each([
    ["an older version than was taken", "RELEASE_ROLLBACK", { acceptedVersion: 4 }],
    ["another app", "RELEASE_MALFORMED", { app: "other" }],
    ["another channel", "RELEASE_MALFORMED", { channel: "beta" }],
    ["an expired manifest", "RELEASE_EXPIRED", { now: 2 * NOW, root: makeRoot({ expires: 3 * NOW }) }],
    ["an expired root", "RELEASE_EXPIRED", { root: makeRoot({ expires: NOW }) }],
    ["a development root", "RELEASE_DEVELOPMENT_KEY", { root: makeRoot({ development: true }) }],
    ...[
      { sdk: "0.0.9" },
      { sdk: "unknown" },
      { schema: { motion: 2 } },
      { schema: {} },
      { runtimes: { onnx: 17 } },
      { runtimes: { other: 99 } },
    ].map(
      (change) =>
        [
          `a phone with ${JSON.stringify(change)}`,
          "RELEASE_REQUIRES",
          { capabilities: { ...context().capabilities, ...change } as ReleaseContext["capabilities"] },
        ] as const,
    ),
  ] as const)("%s: %s", async (_, code, changes) => {
    const { envelope } = await makeRelease(3);
    await expect(verify(envelope, changes)).rejects.toMatchObject({ code });
  });

  test.each([
    [{ onnx: 17, table: 1 }, true],
    [{ table: 1 }, true],
    [{ table: 0 }, false],
    [{ onnx: 17, litert: 30 }, false],
    [{ onnx: 18 }, true],
  ])("asks each runtime for its own level: %o", async (runtimes, fits) => {
    const requires = {
      ...(await makeRelease(3)).metadata.requires,
      runtime: ["onnx", "table"],
      levels: { table: 1 },
    };
    const { envelope } = await makeRelease(3, { requires });
    const taken = verify(envelope, { capabilities: { ...context().capabilities, runtimes } });
    if (fits) await expect(taken).resolves.toMatchObject({ version: 3 });
    else await expect(taken).rejects.toMatchObject({ code: "RELEASE_REQUIRES" });
  });

  test("of a development root is taken in development", async () => {
    const { envelope } = await makeRelease(3);
    const root = makeRoot({ development: true });
    await expect(verify(envelope, { root, environment: "development" })).resolves.toBeDefined();
  });

  test("needs as many different keys as the role asks for", async () => {
    const twice = { ...releaseKey, id: "alias" };
    const keys = { ...makeRoot().keys, [second.id]: keyOf(second), alias: keyOf(releaseKey) };
    const role = { keys: [releaseKey.id, second.id, "alias"], threshold: 2 };
    const root = makeRoot({ keys, roles: { ...makeRoot().roles, release: role } });
    const signedBy = async (...by: (typeof second)[]) => (await makeRelease(3, { keys: by })).envelope;
    await expect(verify(await signedBy(releaseKey, second), { root })).resolves.toBeDefined();
    for (const by of [[releaseKey], [releaseKey, releaseKey], [releaseKey, twice], [releaseKey, stranger]]) {
      await expect(verify(await signedBy(...by), { root })).rejects.toThrow(/RELEASE_SIGNATURE_INVALID/);
    }
  });

  test("with thousands of signatures costs no more than a few, and one key's second one costs nothing", async () => {
    const { envelope } = await makeRelease(3);
    const [good] = envelope.signatures;
    const bad = { ...good!, sig: `AAAA${good!.sig.slice(4)}` };
    let looks = 0;
    const counting = {
      ...platform,
      verify: (...call: Parameters<typeof platform.verify>) => ((looks += 1), platform.verify(...call)),
    };
    const many = { ...envelope, signatures: Array.from({ length: 5000 }, () => bad) };
    await expect(verifyRelease(many, context(), counting)).rejects.toMatchObject({
      code: "RELEASE_SIGNATURE_INVALID",
    });
    expect(looks).toBe(32);
    looks = 0;
    const twice = { ...envelope, signatures: [good!, good!, good!] };
    await expect(verifyRelease(twice, context(), counting)).resolves.toMatchObject({ version: 3 });
    expect(looks).toBe(1);
  });

  test("is never taken by a role that asks for no key", async () => {
    const root = makeRoot({ roles: { ...makeRoot().roles, release: { keys: [], threshold: 0 } } });
    const { envelope } = await makeRelease(3);
    await expect(verify({ ...envelope, signatures: [] }, { root })).rejects.toThrow(
      /RELEASE_SIGNATURE_INVALID/,
    );
  });

  test.each([null, 7, {}, { payloadType: RELEASE_TYPE, payload: "%", signatures: [] }])(
    "is refused where the envelope is %o",
    async (envelope) => {
      await expect(verify(envelope as Envelope)).rejects.toMatchObject({ code: "RELEASE_MALFORMED" });
    },
  );
});

describe("roots", () => {
  const role = { keys: [second.id], threshold: 1 };
  const next = (version: number, changes: Partial<RootMetadata> = {}) =>
    makeRoot({
      version,
      keys: { ...makeRoot().keys, [second.id]: keyOf(second) },
      roles: { root: role, release: makeRoot().roles.release },
      ...changes,
    });
  const follow = (...chain: readonly Envelope[]) => verifyRoots(makeRoot(), chain, platform);

  test("are followed when the old root and the new one have both signed", async () => {
    const chain = [sealRoot(next(2), [rootKey, second]), sealRoot(next(3), [second])];
    await expect(follow(...chain)).resolves.toEqual(next(3));
    await expect(verifyRoots(next(3), chain, platform)).resolves.toEqual(next(3));
    await expect(follow()).resolves.toEqual(makeRoot());
  });

  test.each([
    ["only the new one has signed", sealRoot(next(2), [second]), "RELEASE_SIGNATURE_INVALID"],
    ["only the old one has signed", sealRoot(next(2), [rootKey]), "RELEASE_SIGNATURE_INVALID"],
    ["a version was left out", sealRoot(next(3), [rootKey, second]), "RELEASE_MALFORMED"],
    ["a release stands in its place", seal(RELEASE_TYPE, next(2), [rootKey, second]), "RELEASE_MALFORMED"],
    ["nobody has signed", { ...sealRoot(next(2), []), payload: "AAAA" }, "RELEASE_SIGNATURE_INVALID"],
    ["it is no envelope", {} as Envelope, "RELEASE_MALFORMED"],
  ])("are not followed when %s", async (_, envelope, code) => {
    await expect(follow(envelope)).rejects.toMatchObject({ code });
  });
});

test("versions are compared by number, part by part", () => {
  const sorted = ["0.0.9", "0.1.0", "0.9.9", "0.10.0", "1.0.0"];
  for (const [index, left] of sorted.entries()) {
    for (const [other, right] of sorted.entries()) {
      expect(compareVersions(left, right)).toBe(Math.sign(index - other));
    }
  }
});

/** A member of a manifest, the JSON that stands there, and whether every client takes the manifest. */
interface ManifestCase {
  readonly name: string;
  readonly member: readonly string[];
  readonly text: string;
  readonly taken: boolean;
}

const vectors = join(import.meta.dirname, "../../../vectors/release/manifest.json");
const { manifests } = JSON.parse(readFileSync(vectors, "utf8")) as { manifests: readonly ManifestCase[] };

describe("a manifest that every client takes or refuses alike", () => {
  test.each(manifests)("$name", async ({ member, text, taken }) => {
    const { metadata } = await makeRelease(3);
    // A text that stands nowhere else makes room for what JSON.stringify would not write.
    const put = (value: object, [key, ...rest]: readonly string[]): object => ({
      ...value,
      [key!]: rest.length === 0 ? "\u2603" : put(value[key as keyof object], rest),
    });
    const payload = JSON.stringify(put(metadata, member)).replace('"\u2603"', () => text);
    const answer = verify(sealText(RELEASE_TYPE, payload, [releaseKey]));
    if (taken) await expect(answer).resolves.toBeDefined();
    else await expect(answer).rejects.toMatchObject({ name: "TidelineError" });
  });
});

test.each([
  [31, true],
  [32, false],
])("of many signatures the first 32 are looked at: one behind %i others", async (strangers, isTaken) => {
  const { envelope } = await makeRelease(3);
  const [signature] = envelope.signatures;
  const others = Array.from({ length: strangers }, () => ({ ...signature!, keyid: "other" }));
  const answer = verify({ ...envelope, signatures: [...others, signature!] });
  if (isTaken) await expect(answer).resolves.toBeDefined();
  else await expect(answer).rejects.toMatchObject({ code: "RELEASE_SIGNATURE_INVALID" });
});
