import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What an address answers: bytes, an answer that never ends, or (undefined) that there is no such thing. */
export type Answer = Uint8Array | string | "endless" | undefined;

/** Sends until the other side has had enough. */
function sendForever(response: ServerResponse): void {
  const part = Buffer.alloc(65_536, "x");
  const more = (): void => {
    while (!response.destroyed && response.write(part));
  };
  response.on("drain", more);
  more();
}

/** A real HTTP server on loopback whose answers a test sets; `address` ends without a slash. */
export async function serve(
  answer: (path: string) => Answer,
): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const found = answer(request.url ?? "/");
    if (found === undefined) response.writeHead(404).end();
    else if (found === "endless") sendForever(response.writeHead(200));
    else response.writeHead(200).end(found);
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
