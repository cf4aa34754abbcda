import { createClient, createModels, type Client, type DevicePorts } from "@tideline/device";
import type { AppDefinition, RootMetadata } from "@tideline/spec";

/** What the page is told about its server. */
export interface PageConfig {
  /** Where events go. */
  readonly collect: string;
  /** Where releases come from. */
  readonly console: string;
  readonly writeKey: string;
  /** The root of trust; an app that is built for people carries it in its code. */
  readonly root: RootMetadata;
}

/** The configuration, from the server of this page. */
export async function readConfig(): Promise<PageConfig> {
  const response = await fetch("config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return (await response.json()) as PageConfig;
}

/** Opens the client of the page, and of its service worker, on the ports of a slot. */
export function openClient(app: AppDefinition, config: PageConfig, ports: DevicePorts): Promise<Client> {
  const { collect, console, writeKey, root } = config;
  return createClient({
    app,
    ports,
    collect,
    console,
    writeKey,
    user: null,
    models: createModels({
      root,
      channel: "stable",
      // A folder of `tideline start` has development keys, and says so in its root.
      environment: root.development ? "development" : "production",
    }),
  });
}
