import { parseJson, toHex, type Digest, type TextCodec } from "@tideline/spec";
import type { NetworkRequest, NetworkResponse } from "../ports.ts";
import { jsonResponse } from "./memory-collector.ts";

/** A request of a person, as the server has it. */
export interface TakenRequest {
  readonly id: string;
  readonly kind: "export" | "erase";
  readonly install: string;
  /** Of the secret that it was made with: whoever shows that again sees the request. */
  readonly proof: string;
  state: "accepted" | "running" | "done" | "failed";
}

/** The console's part for people's rights, in memory: takes requests down, and knows one again. */
export interface MemorySubject {
  /** How often anything was asked. */
  asked: number;
  readonly taken: TakenRequest[];
  /** Answers requests under `/v1/subject`, the path without the address; undefined for any other. */
  answer(request: NetworkRequest): Promise<NetworkResponse | undefined>;
}

interface Body {
  readonly format?: unknown;
  readonly install?: string;
  readonly secret?: string;
}

/** Bytes of lower-case hexadecimal. */
const fromHex = (digits: string): Uint8Array =>
  Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** A server that has taken nothing down. */
export function createMemorySubject(text: TextCodec, digest: Digest): MemorySubject {
  const taken: TakenRequest[] = [];
  const proofOf = async (secret = ""): Promise<string> => toHex(await digest(fromHex(secret)));

  const take = async (
    kind: TakenRequest["kind"],
    body: Body | null | undefined,
  ): Promise<NetworkResponse> => {
    const { format, install = "", secret = "" } = body ?? {};
    if (format !== 1 || !/^[0-9a-f]{32}$/.test(install) || !/^[0-9a-f]{64}$/.test(secret)) {
      return jsonResponse(400, { code: "ARGUMENT_INVALID" }, text);
    }
    const proof = await proofOf(secret);
    let request = taken.find((one) => one.kind === kind && one.proof === proof && one.state !== "failed");
    if (request === undefined) {
      request = { id: `request-${taken.length + 1}`, kind, install, proof, state: "accepted" };
      taken.push(request);
    }
    return jsonResponse(202, { format: 1, request: request.id, state: request.state }, text);
  };

  const subject: MemorySubject = {
    asked: 0,
    taken,
    answer: async ({ method, url, headers, body }) => {
      subject.asked += 1;
      const path = url.slice(url.indexOf("/v1/"));
      const asked = /^\/v1\/subject\/(export|erase)$/.exec(path);
      if (method === "POST" && asked !== null) {
        if (!headers["authorization"]?.startsWith("Basic ")) return jsonResponse(401, {}, text);
        return take(asked[1] as TakenRequest["kind"], parseJson(body!, text) as Body | undefined);
      }
      const look = /^\/v1\/subject\/requests\/([^/]+)(\/export)?$/.exec(path);
      if (method !== "GET" || look === null) return undefined;
      const proof = await proofOf(headers["x-tideline-secret"]);
      const request = taken.find((one) => one.id === look[1] && one.proof === proof);
      if (request === undefined) return jsonResponse(404, {}, text);
      const { id, kind, state } = request;
      if (look[2] === undefined) return jsonResponse(200, { format: 1, request: id, kind, state }, text);
      if (kind !== "export" || state !== "done") return jsonResponse(404, {}, text);
      return { status: 200, headers: {}, body: text.encode(`{"install":"${request.install}"}\n`) };
    },
  };
  return subject;
}
