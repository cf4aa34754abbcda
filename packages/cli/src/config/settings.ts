import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseRegion, tidelineError } from "@tideline/spec";
import { readConfig, type ConfigFile } from "./config-file.ts";
import { parseInteger, parsePositive } from "./number-flag.ts";

/** Flags that the configuration file can give too, as they stand on the command line. */
export interface SettingFlags {
  readonly config?: string;
  readonly folder?: string;
  readonly host?: string;
  readonly port?: string;
  readonly app?: string;
  readonly region?: string;
  readonly seed?: string;
  readonly speed?: string;
}

/** What a command works with: flags first, then the file, then what stands here. Paths are absolute. */
export interface Settings {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly app: string;
  /** The region whose people's data the folder holds; null where neither flag nor file says one. */
  readonly region: string | null;
  readonly seed: number;
  /** Null: as fast as fits what is played. */
  readonly speed: number | null;
}

const DEFAULTS = { folder: ".tideline/loop", host: "127.0.0.1", port: 4600, seed: 1 } as const;

/** The definition of the main job. */
const exampleApp = (): string => fileURLToPath(import.meta.resolve("@tideline/example-activity"));

/** A region as it is compared. @throws `ARGUMENT_INVALID` */
function readRegion(label: string | undefined): string | null {
  if (label === undefined) return null;
  const region = parseRegion(label);
  if (region !== null) return region;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "tideline",
    field: "--region",
    expected: "at most 32 letters, digits and hyphens between them",
    received: label.slice(0, 80),
  });
}

/** Reads the configuration file and lets the flags win over it. @throws `ARGUMENT_INVALID`, `CONFIG_MALFORMED` */
export async function readSettings(flags: SettingFlags): Promise<Settings> {
  const flag = {
    port: parseInteger("--port", flags.port, { maximum: 65_535 }),
    seed: parseInteger("--seed", flags.seed, { maximum: Number.MAX_SAFE_INTEGER }),
    speed: parsePositive("--speed", flags.speed),
  };
  const file: ConfigFile = await readConfig(flags.config);
  return {
    folder: resolve(flags.folder ?? file.folder ?? DEFAULTS.folder),
    host: flags.host ?? file.host ?? DEFAULTS.host,
    port: flag.port ?? file.port ?? DEFAULTS.port,
    region: readRegion(flags.region) ?? readRegion(file.region),
    app: resolve(flags.app ?? file.app ?? exampleApp()),
    seed: flag.seed ?? file.seed ?? DEFAULTS.seed,
    speed: flag.speed ?? file.speed ?? null,
  };
}
