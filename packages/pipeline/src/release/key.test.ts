import { createHash } from "node:crypto";
import { chmod, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { RELEASE_TYPE, fromBase64, preAuthentication, verifyRoots } from "@tideline/spec";
import { expect, test } from "vitest";
import { createKeys, openKeys, renewRoot, rotateReleaseKey, rotateRootKey } from "./key.ts";
import { releasePorts } from "./release-port.ts";
import { signEnvelope } from "./sign.ts";
import { NEW_YEAR } from "./testing/sample-release.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const base = temporaryFolder();
let count = 0;
const fresh = (): string => join(base, `keys-${(count += 1)}`);
const now = NEW_YEAR;

test("keys are made once, for their owner's eyes only, and marked as development keys", async () => {
  const folder = fresh();
  const keys = await openKeys(folder, { now });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const names = await readdir(folder);
  expect(names.filter((name) => name.endsWith(".pem"))).toHaveLength(2);
  for (const name of names) expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o600);
  expect(keys.root).toMatchObject({ version: 1, development: true });
  expect(await openKeys(folder, { now: now + 1 })).toMatchObject({ root: keys.root, chain: keys.chain });
});

test("a key id is the SHA-256 of the raw public key", async () => {
  const { root, rootKey, releaseKey } = await openKeys(fresh(), { now });
  for (const { id, public: key } of [rootKey!, releaseKey]) {
    expect(fromBase64(key.public)).toHaveLength(32);
    expect(id).toBe(createHash("sha256").update(fromBase64(key.public)).digest("hex"));
    expect(root.keys[id]).toEqual(key);
  }
});

test("printing or serialising keys shows no private key", async () => {
  const folder = fresh();
  const keys = await openKeys(folder, { now });
  const pem = await readFile(join(folder, `${keys.rootKey!.id}.pem`), "utf8");
  expect(pem).toContain("BEGIN PRIVATE KEY");
  const secret = pem.split("\n")[1]!;
  expect(inspect(keys, { depth: 10, showHidden: true }) + JSON.stringify(keys)).not.toContain(
    secret.slice(-20),
  );
});

test("a signature holds under WebCrypto, over the pre-authentication encoding", async () => {
  const { releaseKey } = await openKeys(fresh(), { now });
  const envelope = signEnvelope(RELEASE_TYPE, { b: 1, a: "ü" }, [releaseKey]);
  const payload = fromBase64(envelope.payload);
  expect(new TextDecoder().decode(payload)).toBe('{"a":"ü","b":1}');
  const message = preAuthentication(RELEASE_TYPE, payload, releasePorts.text);
  const raw = fromBase64(releaseKey.public.public) as Uint8Array<ArrayBuffer>;
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  const verify = (of: Uint8Array): Promise<boolean> =>
    crypto.subtle.verify(
      "Ed25519",
      key,
      fromBase64(envelope.signatures[0]!.sig) as Uint8Array<ArrayBuffer>,
      of as Uint8Array<ArrayBuffer>,
    );
  expect(await verify(message)).toBe(true);
  message[message.length - 1]! ^= 1;
  expect(await verify(message)).toBe(false);
});

test("a phone follows rotations of the release key and of the root key from the root it pinned", async () => {
  const folder = fresh();
  const first = await openKeys(folder, { now });
  const second = await rotateReleaseKey(first, { now: now + 1 });
  const third = await rotateRootKey(second, { now: now + 2 });
  const fourth = await rotateReleaseKey(third, { now: now + 3 });
  expect(fourth.chain).toHaveLength(4);
  expect(second.releaseKey.id).not.toBe(first.releaseKey.id);
  expect(third.chain[2]!.signatures.map(({ keyid }) => keyid)).toEqual([
    first.rootKey!.id,
    third.rootKey!.id,
  ]);
  expect(await verifyRoots(first.root, fourth.chain, releasePorts)).toEqual(fourth.root);
  expect(await verifyRoots(third.root, fourth.chain, releasePorts)).toEqual(fourth.root);
  expect(await openKeys(folder, { now })).toMatchObject({ root: fourth.root });
});

test("a root that the old root did not sign is not followed", async () => {
  const mine = await openKeys(fresh(), { now });
  const other = await rotateRootKey(await openKeys(fresh(), { now }), { now });
  await expect(verifyRoots(mine.root, other.chain, releasePorts)).rejects.toMatchObject({
    code: "RELEASE_SIGNATURE_INVALID",
  });
});

test("keys that others may read, roots that were changed and lost keys are refused", async () => {
  const folder = fresh();
  const keys = await openKeys(folder, { now });
  const pem = join(folder, `${keys.releaseKey.id}.pem`);
  await chmod(pem, 0o644);
  await expect(openKeys(folder, { now })).rejects.toMatchObject({ code: "FOLDER_INVALID" });
  await chmod(pem, 0o600);

  const path = join(folder, "root.json");
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace(/"sig":"..../, '"sig":"AAAA'));
  await expect(openKeys(folder, { now })).rejects.toThrow("roots that sign one another");
  await writeFile(path, "{");
  await expect(openKeys(folder, { now })).rejects.toMatchObject({ code: "FOLDER_INVALID" });
  await writeFile(path, text);

  await writeFile(pem, "not a key: SECRET");
  const refused = await openKeys(folder, { now }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "FOLDER_INVALID" });
  expect(inspect(refused)).not.toContain("SECRET");
  await rm(pem);
  await expect(openKeys(folder, { now })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a production root's private key stays where it was put, and what needs it asks for that place", async () => {
  const [folder, vault] = [fresh(), fresh()];
  const made = await createKeys(folder, { now, development: false, rootKeyFolder: vault });
  expect(made.root).toMatchObject({ version: 1, development: false });
  expect((await readdir(vault)).sort()).toEqual([`${made.rootKey!.id}.pem`]);
  expect(await readdir(folder)).not.toContain(`${made.rootKey!.id}.pem`);

  const opened = await openKeys(folder, { now });
  expect(opened).toMatchObject({ root: made.root, rootKey: null });
  await expect(rotateReleaseKey(opened, { now })).rejects.toMatchObject({ code: "NOT_FOUND" });
  const second = await rotateReleaseKey(opened, { now: now + 1, rootKeyFolder: vault });
  const third = await rotateRootKey(second, { now: now + 2, rootKeyFolder: vault });
  const fourth = await renewRoot(await openKeys(folder, { now }), { now: now + 3, rootKeyFolder: vault });
  expect(fourth.root).toMatchObject({ version: 4, development: false, roles: third.root.roles });
  expect(fourth.root.expires).toBe(third.root.expires + 1);
  expect(await verifyRoots(made.root, fourth.chain, releasePorts)).toEqual(fourth.root);
  expect((await readdir(folder)).filter((name) => name.endsWith(".pem"))).toHaveLength(2);
});

test("keys that phones may trust are not replaced by new ones", async () => {
  const folder = fresh();
  const { root } = await openKeys(folder, { now });
  await expect(createKeys(folder, { now, development: false })).rejects.toMatchObject({
    code: "FOLDER_INVALID",
  });
  expect((await openKeys(folder, { now })).root).toEqual(root);
});
