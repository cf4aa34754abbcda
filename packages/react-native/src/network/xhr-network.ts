import type { Network, NetworkRequest, NetworkResponse } from "@tideline/device";
import { platformGlobal } from "../platform-global.ts";
import { noAnswer, tooLong } from "./too-long.ts";

/** The part of `XMLHttpRequest` that the adapter uses. */
export interface HttpRequest {
  responseType: string;
  timeout: number;
  withCredentials: boolean;
  readonly status: number;
  readonly response: unknown;
  onreadystatechange: (() => void) | null;
  onprogress: ((event: { readonly loaded: number }) => void) | null;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  ontimeout: (() => void) | null;
  readonly readyState: number;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  getAllResponseHeaders(): string | null;
  send(body?: Uint8Array): void;
  abort(): void;
}

const HEADERS_RECEIVED = 2;

function headersOf(text: string | null): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of (text ?? "").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

function send(create: () => HttpRequest, wanted: NetworkRequest): Promise<NetworkResponse> {
  const { method, url, headers, body, timeoutMs, maxBytes } = wanted;
  return new Promise((resolve, reject) => {
    const request = create();
    const timer = platformGlobal.setTimeout(() => fail(noAnswer(url, "no answer in time")), timeoutMs);
    let over = false;
    const end = (settle: () => void): void => {
      if (over) return;
      over = true;
      platformGlobal.clearTimeout(timer);
      settle();
    };
    const fail = (error: Error): void =>
      end(() => {
        reject(error);
        request.abort();
      });
    request.onreadystatechange = () => {
      if (request.readyState !== HEADERS_RECEIVED) return;
      if (Number(request.getResponseHeader("content-length")) > maxBytes) fail(tooLong(url, maxBytes));
    };
    // A server may leave the length out or lie about it, and never end.
    request.onprogress = ({ loaded }) => {
      if (loaded > maxBytes) fail(tooLong(url, maxBytes));
    };
    request.onerror = () => fail(noAnswer(url, "no connection"));
    request.ontimeout = () => fail(noAnswer(url, "no answer in time"));
    request.onload = () => {
      const answer = new Uint8Array((request.response as ArrayBuffer | null) ?? new ArrayBuffer(0));
      if (answer.length > maxBytes) return fail(tooLong(url, maxBytes));
      const response = {
        status: request.status,
        headers: headersOf(request.getAllResponseHeaders()),
        body: answer,
      };
      end(() => resolve(response));
    };
    try {
      request.open(method, url);
      request.responseType = "arraybuffer";
      // iOS takes it for the time between two packets, so the timer above is what ends a request.
      request.timeout = timeoutMs;
      request.withCredentials = false;
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.send(body);
    } catch (cause) {
      fail(noAnswer(url, String(cause)));
    }
  });
}

/**
 * HTTP by `XMLHttpRequest`, which React Native has always had. Its `fetch` stands on it, but keeps the whole answer
 * before it shows any; here an answer that grows too long is aborted while it comes. No cookies are sent.
 *
 * @param create makes a request; React Native's own by default.
 */
export function xhrNetwork(create: () => HttpRequest = () => new platformGlobal.XMLHttpRequest!()): Network {
  return Object.freeze({ request: (wanted: NetworkRequest) => send(create, wanted) });
}
