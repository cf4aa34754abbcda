import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { signEnvelope, type SigningKey } from "@tideline/pipeline";
import { ROOT_TYPE, toBase64, type RootMetadata } from "@tideline/spec";

/** DER of an Ed25519 private key up to its 32 bytes (RFC 8410, section 7). */
const PRIVATE_DER = Buffer.from("302e020100300506032b657004220420", "hex");

/** The Ed25519 key of a seed: 32 times the same byte. Everybody can make it, so it is worth nothing. */
function fixedKey(seed: number): SigningKey & { readonly pem: string } {
  const der = Buffer.concat([PRIVATE_DER, Buffer.alloc(32, seed)]);
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const raw = Buffer.from(createPublicKey(secret).export({ format: "jwk" }).x!, "base64url");
  return {
    id: createHash("sha256").update(raw).digest("hex"),
    public: { scheme: "ed25519", public: toBase64(raw) },
    sign: (message) => new Uint8Array(sign(null, message, secret)),
    pem: secret.export({ format: "pem", type: "pkcs8" }) as string,
  };
}

/** Writes fixed development keys as those of a folder, with a root that is valid for a year from `now`. */
export async function writeFixedKeys(folder: string, now: number): Promise<void> {
  const [rootKey, releaseKey] = [fixedKey(1), fixedKey(2)];
  const root: RootMetadata = {
    type: "root",
    format: 1,
    version: 1,
    expires: now + 365 * 86_400_000,
    development: true,
    keys: { [rootKey.id]: rootKey.public, [releaseKey.id]: releaseKey.public },
    roles: { root: { keys: [rootKey.id], threshold: 1 }, release: { keys: [releaseKey.id], threshold: 1 } },
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  for (const { id, pem } of [rootKey, releaseKey])
    await writeFile(join(folder, `${id}.pem`), pem, { mode: 0o600 });
  const chain = [signEnvelope(ROOT_TYPE, root, [rootKey])];
  await writeFile(join(folder, "root.json"), JSON.stringify({ format: 1, chain }), { mode: 0o600 });
}
