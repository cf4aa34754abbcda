import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { createClient, type Client } from "@tideline/device";
import { createMemoryPorts, createMemorySecure, createMemoryStorage } from "@tideline/device/testing";
import { releasePorts } from "@tideline/pipeline";
import { nodeNetwork } from "../../apps/fleet/src/adapter/node-network.ts";
import { app } from "../../examples/activity/app.ts";

/** A phone of a person: its storage stays when its app is opened with another address. */
export interface RegionPhone {
  readonly user: string;
  /** Words that are found on a disk only where this person's events are. */
  readonly canaries: Readonly<Record<string, string>>;
  open(collect: string, writeKey: string): Promise<Client>;
}

/** A phone of a person of a region. */
export function regionPhone(user: string, region: string): RegionPhone {
  const ports = createMemoryPorts(releasePorts, {
    storage: createMemoryStorage(),
    secure: createMemorySecure(),
    network: nodeNetwork(),
    clock: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    gzip: async (bytes) => new Uint8Array(gzipSync(bytes)),
  });
  return {
    user,
    canaries: {
      [`target of ${user}`]: `canary_${user}_target`,
      [`screen of ${user}`]: `canary_${user}_screen`,
    },
    open: (collect, writeKey) =>
      createClient({ app, ports, collect, console: collect, writeKey, user, region }),
  };
}

/** Records taps of a phone, with its person's canaries. */
export async function recordTaps(client: Client, user: string, count: number): Promise<void> {
  await client.setConsent(["analytics"]);
  for (let tap = 0; tap < count; tap += 1) {
    const properties = { target: `canary_${user}_target`, screen: `canary_${user}_screen` };
    await client.track(app.events["tap"]!, properties);
  }
}
