import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What an address answers: bytes, an answer that never ends, one that breaks off in the middle, or (undefined) that
 * there is no such thing.
 */
export type Answer = Uint8Array | string | "endless" | { readonly cut: Uint8Array } | undefined;

/** Sends until the other side has had enough. */
function sendForever(response: ServerResponse): void {
  const part = Buffer.alloc(65_536, "x");
  const more = (): void => {
    while (!response.destroyed && response.write(part));
  };
  response.on("drain", more);
  more();
}

/** The bytes of a `Range` header. */
function rangeOf(bytes: Uint8Array, range: string) {
  const [first = 0, last = bytes.length - 1] = range.slice("bytes=".length).split("-").map(Number);
  const header = { "content-range": `bytes ${first}-${last}/${bytes.length}` };
  return { part: bytes.subarray(first, last + 1), first, header };
}

/** Sends the first half of some bytes, whole ranges within it too, and breaks the connection at what lies beyond. */
function breakOff(response: ServerResponse, bytes: Uint8Array, range = `bytes=0-${bytes.length - 1}`): void {
  const { part, first, header } = rangeOf(bytes, range);
  const own = Math.max(0, Math.min(part.length, (bytes.length >> 1) - first));
  response.writeHead(first === 0 && part.length === bytes.length ? 200 : 206, {
    ...header,
    "content-length": part.length,
  });
  response.write(part.subarray(0, own), () => {
    if (own === part.length) response.end();
    else response.destroy();
  });
}

/** A real HTTP server on loopback whose answers a test sets; `address` ends without a slash. */
export async function serve(
  answer: (path: string) => Answer,
): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const found = answer(request.url ?? "/");
    if (found === undefined) response.writeHead(404).end();
    else if (found === "endless") sendForever(response.writeHead(200));
    else if (typeof found === "object" && "cut" in found)
      breakOff(response, found.cut, request.headers.range);
    else if (typeof found === "object" && request.headers.range) {
      const { part, header } = rangeOf(found, request.headers.range);
      response.writeHead(206, header).end(part);
    } else response.writeHead(200).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
