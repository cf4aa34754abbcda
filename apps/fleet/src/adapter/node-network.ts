import { Agent, request as httpRequest } from "node:http";
import { Agent as SecureAgent, request as httpsRequest } from "node:https";
import type { Network, NetworkRequest, NetworkResponse } from "@tideline/device";
import { tidelineError } from "@tideline/spec";

/** A {@link Network} that keeps connections. */
export interface NodeNetwork extends Network {
  /** Ends idle connections. */
  close(): void;
}

/** HTTP by Node's own client: real connections, `maxBytes` held while the answer is read. */
export function nodeNetwork(): NodeNetwork {
  const agents = { "http:": new Agent({ keepAlive: true }), "https:": new SecureAgent({ keepAlive: true }) };

  const request = (wanted: NetworkRequest): Promise<NetworkResponse> =>
    new Promise((resolve, reject) => {
      const url = new URL(wanted.url);
      const secure = url.protocol === "https:";
      const headers = {
        ...wanted.headers,
        ...(wanted.body === undefined ? {} : { "content-length": wanted.body.length }),
      };
      const call = (secure ? httpsRequest : httpRequest)(url, {
        method: wanted.method,
        headers,
        agent: agents[secure ? "https:" : "http:"],
        signal: AbortSignal.timeout(wanted.timeoutMs),
      });
      call.on("error", reject);
      call.on("response", (answer) => {
        const parts: Buffer[] = [];
        let length = 0;
        answer.on("data", (part: Buffer) => {
          length += part.length;
          if (length > wanted.maxBytes) {
            const expected = `at most ${wanted.maxBytes} bytes`;
            reject(tidelineError("DATA_MALFORMED", { who: "network", field: wanted.url, expected }));
            call.destroy();
          } else parts.push(part);
        });
        answer.on("error", reject);
        answer.on("end", () => {
          const entries = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
          resolve({
            status: answer.statusCode!,
            headers: Object.fromEntries(entries),
            body: Buffer.concat(parts),
          });
        });
      });
      call.end(wanted.body);
    });

  return Object.freeze({
    request,
    close: () => {
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  });
}
