import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
  ".bin": "application/octet-stream",
};

/** The page may load its own files and run WebAssembly; it may reach no other place, in whatever way. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A server of the built page on loopback. */
export interface PageServer {
  readonly address: string;
  close(): Promise<void>;
}

/** Serves a built page on loopback: its files by GET, and nothing else, so that nothing can be sent to it either. */
export async function servePage(folder: string, port: number): Promise<PageServer> {
  const find = async (path: string): Promise<{ type: string; body: Uint8Array } | null> => {
    const name = path === "/" ? "index.html" : path.slice(1);
    const type = TYPES[extname(name)];
    // One folder, no subfolders: a flat name cannot lead out of it.
    if (type === undefined || !/^[A-Za-z0-9.-]+$/.test(name)) return null;
    return readFile(join(folder, name)).then(
      (body) => ({ type, body }),
      () => null,
    );
  };
  const server = createServer((request, response) => {
    if (request.method !== "GET") return void response.writeHead(405, { allow: "GET" }).end();
    void find(URL.parse(request.url ?? "/", "http://page")?.pathname ?? "").then((found) => {
      if (found === null) return void response.writeHead(404).end();
      response
        .writeHead(200, {
          "content-type": found.type,
          "cache-control": "no-cache",
          "content-security-policy": POLICY,
          "referrer-policy": "no-referrer",
          "x-content-type-options": "nosniff",
        })
        .end(found.body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
