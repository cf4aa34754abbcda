import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { fromBase64, preAuthentication, RELEASE_TYPE, toBase64, toHex } from "@tideline/spec";
import type { DriverInput } from "../../test/device-hermes-driver.ts";
import { tablePlan } from "../../test/benchmark/table-plan.ts";
import { makeRelease, makeRoot, platform } from "../../test/device-fixture.ts";
import type { TableCase, VectorInput } from "./vector-run.ts";
import type { WireCase } from "./wire-run.ts";

const vectors = join(import.meta.dirname, "../../vectors");
const base64At = (...path: string[]): string => readFileSync(join(vectors, ...path)).toString("base64");

/** The client's driver is given a release, its tampered twin, and the one signature that is valid. */
async function driverInput(): Promise<DriverInput> {
  const { envelope, metadata, artifacts } = await makeRelease(1);
  const root = makeRoot();
  const [signature] = envelope.signatures;
  const key = fromBase64(root.keys[signature!.keyid]!.public);
  const message = preAuthentication(RELEASE_TYPE, fromBase64(envelope.payload), platform.text);
  const valid = [key, await platform.digest(message), fromBase64(signature!.sig)].map(toHex).join(":");
  const tampered = toBase64(platform.text.encode(JSON.stringify({ ...metadata, version: 9 })));
  const texts = [...artifacts].map(([digest, bytes]) => [digest, platform.text.decode(bytes)] as const);
  return {
    root,
    release: envelope,
    tampered: { ...envelope, payload: tampered },
    artifacts: Object.fromEntries(texts),
    valid: [valid],
  };
}

function tableCases(): TableCase[] {
  const names = readdirSync(join(vectors, "table")).filter((file) => file.endsWith(".tlm"));
  return names.map((file) => {
    const name = file.slice(0, -4);
    const vector = JSON.parse(
      readFileSync(join(vectors, "table", `${name}.json`), "utf8"),
    ) as TableCase["vector"];
    return { name, table: base64At("table", file), vector };
  });
}

function refusedTables(): [string, string][] {
  const folder = join(vectors, "table/refuse");
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".tlm"));
  return files.map((file) => [file, base64At("table/refuse", file)]);
}

interface WireVector {
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly header?: unknown;
  readonly expect: { readonly frames?: WireCase["frames"] };
}

/** Batches that a server takes, with the samples that it makes of their frames. */
function wireCases(): WireCase[] {
  const folder = join(vectors, "wire");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((file) => {
    if (!file.endsWith(".bin") || file.startsWith("bad-")) return [];
    const name = file.slice(0, -4);
    const vector = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as WireVector;
    const body = readFileSync(join(folder, vector.request.body));
    // A phone packs, it never unpacks.
    const bytes = vector.request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    if (vector.header === undefined || bytes[0] === 0x7b) return [];
    const frames = vector.expect.frames ?? [];
    return [{ name, body: bytes.toString("base64"), header: vector.header, frames }];
  });
}

/** Signatures by Node: valid ones of several lengths, each with a changed message, key and signature. */
function signatures(): [string, string, string, boolean][] {
  return [0, 1, 63, 64, 200, 4096].flatMap((length) => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const key = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    const message = Buffer.alloc(length, length % 251);
    const signature = sign(null, message, privateKey);
    const flipped = (bytes: Buffer): Buffer => {
      const changed = Buffer.from(bytes);
      changed[5]! ^= 16;
      return changed;
    };
    const cases: [Buffer, Buffer, Buffer, boolean][] = [
      [key, message, signature, true],
      [flipped(key), message, signature, false],
      [key, Buffer.concat([message, key]), signature, false],
      [key, message, flipped(signature), false],
      [key, message, signature.subarray(1), false],
    ];
    return cases.map(([a, b, c, valid]): [string, string, string, boolean] => [
      a.toString("base64"),
      b.toString("base64"),
      c.toString("base64"),
      valid,
    ]);
  });
}

const TEXTS = [
  "",
  "plain",
  "Zoë 🚲",
  "\uFEFFmark",
  "\u0000\u007F\u0080\u07FF\u0800\uFFFF",
  "𐀀\u{10FFFF}",
  "日本".repeat(3000),
];
const MALFORMED = ["80", "c080", "c2", "e08080", "eda080", "f08080af", "f4908080", "ff", "61e2", "f0909f"];

/** A short run of the benchmark, sustained part included. */
function benchmarkCase(name: string): VectorInput["benchmark"] {
  const { plan, bytes } = tablePlan(name);
  return { plan: { ...plan, pace: { runs: 20, sustainSeconds: 0.3 } }, table: toBase64(bytes) };
}

/** Everything that the bundle on Hermes is told. */
export async function vectorInput(): Promise<VectorInput> {
  return {
    driver: await driverInput(),
    tables: tableCases(),
    refusedTables: refusedTables(),
    wire: wireCases(),
    batch: base64At("compat/v1/batch.tlb"),
    journal: base64At("compat/v1/journal.log"),
    texts: TEXTS.map((text) => [text, Buffer.from(text, "utf8").toString("hex")] as const),
    malformedTexts: MALFORMED.map((hex) => Buffer.from(hex, "hex").toString("base64")),
    signatures: signatures(),
    toCompress: base64At("compat/v1/journal.log"),
    benchmark: benchmarkCase("activity"),
  };
}
