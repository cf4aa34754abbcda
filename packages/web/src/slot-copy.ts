import { createClient, type OpenRequest, type SecureStorage, type Storage } from "@tideline/device";
import { concatBytes } from "@tideline/spec";
import { fetchNetwork } from "./fetch-network.ts";
import { indexedDbStorage } from "./indexed-db-storage.ts";
import type { WebClientOptions } from "./slot-client.ts";
import { databasesOf } from "./slot.ts";
import { browserPorts } from "./web-ports.ts";

/** What tells who an install is; everything else of a slot is not copied. */
const COPIED = ["identity.json", "queue.json"];

/** A storage that is gone with the page. */
function memoryStorage(files: Map<string, Uint8Array>): Storage & SecureStorage {
  return {
    append: async (name, bytes) => {
      files.set(name, concatBytes([files.get(name) ?? new Uint8Array(0), bytes]));
    },
    read: async (name) => files.get(name)?.slice() ?? null,
    write: async (name, bytes) => void files.set(name, bytes.slice()),
    remove: async (name) => void files.delete(name),
    list: async (prefix) => [...files.keys()].filter((name) => name.startsWith(prefix)).sort(),
  };
}

/** Some files of a database. */
async function copyOf(
  database: string,
  isCopied: (name: string) => boolean,
): Promise<Map<string, Uint8Array>> {
  const storage = await indexedDbStorage(database);
  try {
    const files = new Map<string, Uint8Array>();
    for (const name of (await storage.list("")).filter(isCopied)) {
      files.set(name, (await storage.read(name))!);
    }
    return files;
  } finally {
    storage.close();
  }
}

/**
 * Asks the server for everything that it holds of another slot's install, whether a page has that slot or not: by a
 * client on a copy of its identity, so that nothing of the slot is touched and no page has to answer.
 *
 * @returns null where the slot has no install.
 * @throws what `exportMe` throws.
 */
export async function exportSlot(options: WebClientOptions, number: number): Promise<OpenRequest | null> {
  const { app, collect, console, writeKey, limits, ports: choice = {} } = options;
  const { database, secrets } = databasesOf(app.name, number);
  const files = await copyOf(database, (name) => COPIED.includes(name));
  if (!files.has("identity.json")) return null;
  const client = await createClient({
    app,
    collect,
    console,
    writeKey,
    user: null,
    ...(limits && { limits }),
    ports: {
      ...browserPorts(choice),
      network: choice.network ?? fetchNetwork,
      storage: memoryStorage(files),
      secure: memoryStorage(await copyOf(secrets, () => true)),
      instance: "copy",
    },
  });
  try {
    return await client.exportMe();
  } finally {
    await client.close();
  }
}
