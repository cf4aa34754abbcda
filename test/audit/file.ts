import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";

/** Hexadecimal SHA-256. */
export function hashOf(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** JSON with sorted keys. */
export function sorted(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)))
      : item,
  );
}

/** Writes a file with the folders above it; what is neither text nor bytes becomes JSON. */
export function put(root: string, name: string, content: unknown): void {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content),
  );
}

/** A record of a phone's journal. */
export function journalRecord(header: object, attachment: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const payload = Buffer.concat([Buffer.alloc(4), json, attachment]);
  payload.writeUInt32LE(json.length, 0);
  const framing = Buffer.alloc(8);
  framing.writeUInt32LE(payload.length, 0);
  framing.writeUInt32LE(crc32(payload), 4);
  return Buffer.concat([framing, payload]);
}

/** A row by column. */
export type Row = Readonly<Record<string, unknown>>;

/** A table to be written: types by column, times as milliseconds since 1970. */
export interface Table {
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/** Writes Parquet files by name (relative to the root). */
export async function writeParquet(root: string, tables: Readonly<Record<string, Table>>): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = join(root, "rows.ndjson");
  for (const [name, { columns, rows: list }] of Object.entries(tables)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(rows, list.map((row) => JSON.stringify(row)).join("\n"));
    const isTime = (type: string) => type === "TIMESTAMP";
    const types = Object.entries(columns).map(
      ([column, type]) => `"${column}": '${isTime(type) ? "BIGINT" : type}'`,
    );
    const select = Object.entries(columns).map(([column, type]) =>
      isTime(type) ? `epoch_ms("${column}") as "${column}"` : `"${column}"`,
    );
    await connection.run(
      `copy (select ${select.join(", ")} from read_json('${rows}', format = 'newline_delimited', columns = {${types.join(", ")}}))
       to '${join(root, name)}' (format parquet)`,
    );
  }
  rmSync(rows, { force: true });
  connection.closeSync();
  instance.closeSync();
}

/** A key of a role. */
export interface Key {
  readonly id: string;
  readonly public: string;
  readonly secret: KeyObject;
}

/** A fresh Ed25519 key. */
export function makeKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x!, "base64url");
  return { id: hashOf(raw), public: raw.toString("base64"), secret: privateKey };
}

/** A DSSE envelope over a JSON payload. */
export function envelope(payloadType: string, value: unknown, ...keys: readonly Key[]): object {
  const payload = Buffer.from(JSON.stringify(value));
  const message = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
    payload,
  ]);
  const signatures = keys.map(({ id, secret }) => ({
    keyid: id,
    sig: sign(null, message, secret).toString("base64"),
  }));
  return { payloadType, payload: payload.toString("base64"), signatures };
}
