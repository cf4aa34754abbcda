import type { CrashPoint } from "@tideline/device";
import { STORAGE_CHECKS } from "@tideline/device/testing";
import { app } from "@tideline/example-activity";
import { indexedDbStorage, openWebClient, ortWebRuntime, webCrypto } from "@tideline/web";
import { isTidelineError } from "@tideline/spec";
import * as ort from "onnxruntime-web/webgpu";

/** What the page does for a test. */
export interface Harness {
  /** Runs the conformance suite of storages; the names of checks that failed, with why. */
  storageChecks(): Promise<{ readonly passed: number; readonly failed: readonly string[] }>;
  /** Digest, gzip, text, randomness, signature on known answers. */
  cryptoChecks(): Promise<Readonly<Record<string, unknown>>>;
  /** What a model of `/model.onnx` answers to a window, on a provider of onnxruntime-web; or the error's code. */
  predict(provider: "wasm" | "webgpu", window: readonly number[]): Promise<readonly number[] | string>;
  /** Records pairs of events and sends; dies at a point when told. The labels that were recorded go to `/recorded`. */
  record(order: RecordOrder): Promise<{ readonly pending: number; readonly acknowledged: number }>;
}

/** What {@link Harness.record} is told. */
export interface RecordOrder {
  readonly collect: string;
  readonly label: string;
  readonly events: number;
  readonly dieAt: string | null;
  readonly pass: number;
}

/** Tells the test something and waits until it knows. */
function tell(path: string): void {
  const request = new XMLHttpRequest();
  request.open("GET", path, false);
  request.send();
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const harness: Harness = {
  storageChecks: async () => {
    let count = 0;
    const failed: string[] = [];
    for (const check of STORAGE_CHECKS) {
      const factory = {
        create: async () => {
          const name = `check-${(count += 1)}`;
          let storage = await indexedDbStorage(name);
          const reopen = async () => {
            storage.close();
            storage = await indexedDbStorage(name);
            return storage;
          };
          return { storage, reopen };
        },
      };
      await check.run(factory).catch((error: unknown) => failed.push(`${check.name}: ${String(error)}`));
    }
    return { passed: STORAGE_CHECKS.length - failed.length, failed };
  },
  cryptoChecks: async () => {
    const { text, digest, gzip, random, verify } = webCrypto;
    const packed = await gzip(text.encode("a".repeat(1000)));
    const unpacked = new Blob([packed as never]).stream().pipeThrough(new DecompressionStream("gzip"));
    const bytes = (digits: string): Uint8Array =>
      Uint8Array.from(digits.match(/../g)!, (pair) => Number.parseInt(pair, 16));
    // RFC 8032, section 7.1, test 2.
    const key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    const signature = bytes(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    return {
      digest: hex(await digest(text.encode("abc"))),
      gzip: [
        packed.length < 100,
        await new Response(unpacked).text().then((back) => back === "a".repeat(1000)),
      ],
      random: [random(70_000).length, new Set(random(1000)).size > 100],
      text: [text.decode(text.encode("Zoë 🚲")), [...text.encode("🚲")].length],
      verify: await verify(key, Uint8Array.of(0x72), signature),
      refused: await verify(key, Uint8Array.of(0x73), signature),
    };
  },
  predict: async (provider, window) => {
    ort.env.wasm.wasmPaths = new URL("/", location.href).href;
    ort.env.wasm.numThreads = 1;
    const bytes = new Uint8Array(await (await fetch("/model.onnx")).arrayBuffer());
    try {
      const names = { input: "window", output: "probabilities" };
      const model = await ortWebRuntime(ort, provider).load(bytes, names);
      const answer = await model.run(Float32Array.from(window), [1, 128, 9]);
      await model.release();
      return [...answer];
    } catch (error) {
      return isTidelineError(error) ? error.code : String(error);
    }
  },
  record: async ({ collect, label, events, dieAt, pass }) => {
    let passes = 0;
    const crashPoint = (point: CrashPoint): void => {
      if (point !== dieAt) return;
      passes += 1;
      if (passes === pass) tell("/die");
    };
    const client = await openWebClient({
      app,
      ports: { crashPoint },
      collect,
      console: "http://127.0.0.1:9",
      writeKey: "test-write-key",
      user: "person-1",
      limits: { batchEvents: 3, segmentBytes: 600, attempts: 2, backoffMs: 10 },
    });
    await client.setConsent(["analytics", "improve_product"]);
    const tap = app.events["tap"]!;
    for (let index = 0; index < events; index += 1) {
      const names = [`${label}-${index}a`, `${label}-${index}b`];
      await Promise.all(
        names.map(async (target) => {
          const id = await client.track(tap, { target, screen: "home" } as never);
          if (id !== null) tell(`/recorded?${target}`);
        }),
      );
      if (index % 2 === 1) await client.setConsent(["analytics"]);
      if (index % 3 === 2) await client.flush();
    }
    const { pending, acknowledged } = await client.flush();
    await client.close();
    return { pending, acknowledged };
  },
};

Object.assign(globalThis, { harness });
