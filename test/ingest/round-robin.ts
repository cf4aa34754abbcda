import { once } from "node:events";
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A proxy that gives each request to the next server. */
export interface RoundRobin {
  readonly address: string;
  /** Requests answered so far, by name of the server. */
  readonly served: ReadonlyMap<string, number>;
  /** Sends to a server from now on, or to none under that name where the address is null. */
  set(name: string, address: string | null): void;
  close(): Promise<void>;
}

/** Starts a proxy over HTTP. A server that does not answer makes it answer 502: trying again is the client's part. */
export async function startRoundRobin(): Promise<RoundRobin> {
  const servers = new Map<string, string>();
  const served = new Map<string, number>();
  const agent = new Agent({ keepAlive: true });
  let turn = 0;

  const refuse = (response: ServerResponse): void => {
    // Part of an answer may be on its way already: then the client gets no whole one.
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end("{}");
  };
  const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
    const targets = [...servers];
    const [name, address] = targets[(turn += 1) % Math.max(1, targets.length)] ?? [];
    if (address === undefined) {
      refuse(response);
      return;
    }
    const { method, headers, url } = incoming;
    const upstream = request(new URL(url!, address), { method: method!, headers, agent }, (answer) => {
      answer.on("end", () => served.set(name!, (served.get(name!) ?? 0) + 1));
      answer.on("error", () => refuse(response));
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    upstream.on("error", () => refuse(response));
    incoming.pipe(upstream);
  };

  const server = createServer(forward).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    served,
    set: (name, address) => void (address === null ? servers.delete(name) : servers.set(name, address)),
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
