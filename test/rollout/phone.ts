import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  chunkedDownload,
  createClient,
  createModels,
  reportUpdates,
  tableRuntime,
  type Client,
  type ModelRuntime,
} from "@tideline/device";
import { createMemoryPorts, createMemorySecure, createMemoryStorage } from "@tideline/device/testing";
import type { RootMetadata } from "@tideline/spec";
import { nodeNetwork } from "../../apps/fleet/src/adapter/node-network.ts";
import { platform } from "../device-fixture.ts";
import { app } from "./app.ts";

/** Where a phone sends to, and whom it trusts. */
export interface PhonePlace {
  readonly collect: string;
  readonly console: string;
  readonly writeKey: string;
  readonly root: RootMetadata;
}

/** What is wrong with the runtime of a phone, for models of which it holds. */
export type Fault = "none" | "wrong" | "throws" | "fatal";

/** A phone of the pose app on real HTTP, whose runtime can be bad with some models. */
export interface Phone {
  /** Starts the app, as after a restart. */
  start(): Promise<Client>;
  close(): void;
}

/** Makes a phone; its random bytes come from its name, so that each run draws the same installs. */
export function createPhone(name: string, place: PhonePlace, isBad: (model: Uint8Array) => Fault): Phone {
  const files = new Map<string, Uint8Array>();
  const secrets = new Map<string, Uint8Array>();
  const network = nodeNetwork();
  let drawn = 0;
  const random = (length: number): Uint8Array =>
    createHash("sha512")
      .update(`${name}/${(drawn += 1)}`)
      .digest()
      .subarray(0, length);
  return {
    start: async () => {
      const storage = createMemoryStorage(files);
      const runtime: ModelRuntime = {
        ...tableRuntime,
        load: async (bytes, names) => {
          const fault = isBad(bytes);
          if (fault === "fatal") storage.stop();
          if (fault === "fatal" || fault === "throws") throw new Error("illegal instruction");
          const model = await tableRuntime.load(bytes, names);
          const run: typeof model.run = async (...call) => {
            const answer = await model.run(...call);
            return fault === "wrong" ? answer.toReversed() : answer;
          };
          return { ...model, run };
        },
      };
      const ports = createMemoryPorts(platform, {
        storage,
        network,
        random,
        runtimes: [runtime],
        secure: createMemorySecure(secrets),
        clock: Date.now,
        gzip: async (bytes) => new Uint8Array(gzipSync(bytes)),
      });
      const { collect, console, writeKey, root } = place;
      const models = reportUpdates(
        createModels({ root, channel: "stable", environment: "development", download: chunkedDownload }),
      );
      const client = await createClient({ app, ports, collect, console, writeKey, user: name, models });
      await client.setConsent(["research"]);
      return client;
    },
    close: () => network.close(),
  };
}
