import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";
import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { toBase64, tidelineError } from "@tideline/spec";
import { makeFolder, writeDurably } from "../catalog/index.ts";
import type { SigningKey } from "./sign.ts";

/** A signing key around a private one. */
function signingKey(key: KeyObject): SigningKey {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  const raw = Buffer.from(x, "base64url");
  return Object.freeze({
    id: createHash("sha256").update(raw).digest("hex"),
    public: Object.freeze({ scheme: "ed25519" as const, public: toBase64(raw) }),
    sign: (message: Uint8Array) => new Uint8Array(sign(null, message, key)),
  });
}

/** Refuses a key file or folder that others on the machine may read. Windows keeps no such bits. */
export async function refuseOthers(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const mode = (await stat(path)).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw tidelineError("FOLDER_INVALID", {
    who: path,
    expected: "a file that only its owner can read",
    received: `mode ${mode.toString(8).padStart(4, "0")}`,
    remedy: "Take the rights of others away (chmod go-rwx), and rotate the key if others may have read it.",
  });
}

/** Creates a folder for keys that only its owner can enter (mode 0700). */
export async function makeKeyFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  await chmod(folder, 0o700);
}

/** Makes an Ed25519 key and writes it durably to `<key id>.pem` in a folder: PKCS #8 in PEM, mode 0600. */
export async function createKeyFile(folder: string): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const key = signingKey(privateKey);
  const pem = privateKey.export({ format: "pem", type: "pkcs8" });
  await writeDurably(join(folder, `${key.id}.pem`), pem, { mode: 0o600 });
  return key;
}

/**
 * The key of an id.
 *
 * @throws NOT_FOUND without its file, FOLDER_INVALID when others may read it or it holds another key.
 */
export async function readKeyFile(folder: string, id: string): Promise<SigningKey> {
  const path = join(folder, `${id}.pem`);
  let key: SigningKey;
  try {
    await refuseOthers(path);
    key = signingKey(createPrivateKey(await readFile(path, "utf8")));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      throw tidelineError("NOT_FOUND", {
        who: path,
        expected: "the private key of the root metadata",
        received: "no file",
        remedy:
          "Restore it from a backup: without it nothing can be released to phones that trust this root.",
      });
    }
    // An error of the PEM reader may quote what it read; only ours goes on.
    if ((cause as { code?: string }).code === "FOLDER_INVALID") throw cause;
    throw tidelineError("FOLDER_INVALID", {
      who: path,
      expected: "an Ed25519 key in PEM",
      received: "other content",
    });
  }
  if (key.id === id) return key;
  throw tidelineError("FOLDER_INVALID", { who: path, expected: `key ${id}`, received: `key ${key.id}` });
}
