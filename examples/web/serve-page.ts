import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { PageConfig } from "./open-client.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** A server of the built page on loopback. */
export interface PageServer {
  readonly address: string;
  close(): Promise<void>;
}

/** Serves a built page and what it is told about its server, on loopback only. */
export async function servePage(
  folder: string,
  options: { readonly port: number; readonly config: () => Promise<PageConfig> },
): Promise<PageServer> {
  const answer = async (path: string): Promise<{ type: string; body: Uint8Array | string } | null> => {
    if (path === "/config.json") {
      return { type: "application/json", body: JSON.stringify(await options.config()) };
    }
    const name = path === "/" ? "index.html" : path.slice(1);
    const type = TYPES[extname(name)];
    // One folder, no subfolders: a flat name cannot lead out of it.
    if (type === undefined || !/^[a-z0-9.-]+$/.test(name)) return null;
    return { type, body: await readFile(join(folder, name)) };
  };
  const server = createServer((request, response) => {
    answer(new URL(request.url ?? "/", "http://page").pathname).then(
      (found) =>
        found === null
          ? response.writeHead(404).end()
          : response
              .writeHead(200, { "content-type": found.type, "cache-control": "no-cache" })
              .end(found.body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
