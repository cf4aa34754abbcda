import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { nearestRemedy } from "@tideline/learn/nearest-name";
import { tidelineError } from "@tideline/spec";
import { Type, type Static } from "typebox";
import { Compile } from "typebox/compile";
import { firstIllegal, placeOf } from "./json-place.ts";

const word = Type.Optional(Type.String({ minLength: 1 }));
const schema = Type.Object(
  {
    folder: word,
    host: word,
    port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
    app: word,
    region: word,
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    speed: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  },
  { additionalProperties: false },
);
const validator = Compile(schema);

/** What `tideline.json` may hold. `folder` and `app` are absolute once it is read. */
export type ConfigFile = Readonly<Static<typeof schema>>;

/** Every key, in the words of an error. */
const EXPECTED: Readonly<Record<keyof ConfigFile, string>> = {
  folder: "the path of a folder",
  host: "a host name or address",
  port: "an integer from 0 to 65535",
  app: "the path of a module that exports app",
  region: "a region, such as eu",
  seed: "an integer from 0",
  speed: "a number above 0",
};

/** Name of the file that is read from the working directory when no other is named. */
const CONFIG_NAME = "tideline.json";

/**
 * Checks the text of a configuration; paths in it count from the file's folder.
 *
 * @throws `CONFIG_MALFORMED` naming file, and line and column or key, what was expected and what came.
 * @example
 * parseConfig("/srv/gym/tideline.json", '{ "port": 4700, "app": "app.ts" }').app; // "/srv/gym/app.ts"
 */
export function parseConfig(path: string, text: string): ConfigFile {
  const illegal = firstIllegal(text);
  if (illegal !== null) {
    const { line, column } = placeOf(text, illegal);
    throw tidelineError("CONFIG_MALFORMED", {
      who: path,
      field: `line ${line}, column ${column}`,
      expected: "JSON",
      received: illegal === text.length ? "the end of the file" : JSON.stringify(text[illegal]),
    });
  }
  const value: unknown = JSON.parse(text);
  if (!validator.Check(value)) throw faultOf(path, value);
  const absolute = (name: "folder" | "app") =>
    value[name] === undefined ? {} : { [name]: resolve(dirname(path), value[name]) };
  return Object.freeze({ ...value, ...absolute("folder"), ...absolute("app") });
}

/** The first thing that is wrong with a value that is no configuration. */
function faultOf(path: string, value: unknown) {
  const known = Object.keys(EXPECTED);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const received = JSON.stringify(value).slice(0, 40);
    return tidelineError("CONFIG_MALFORMED", { who: path, expected: "a JSON object", received });
  }
  const stranger = Object.keys(value).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    const expected = `one of ${known.join(", ")}`;
    const remedy = nearestRemedy(stranger, known);
    return tidelineError("CONFIG_MALFORMED", { who: path, field: `"${stranger}"`, expected, remedy });
  }
  const name = validator.Errors(value)[0]!.instancePath.slice(1) as keyof ConfigFile;
  const received = JSON.stringify((value as Record<string, unknown>)[name]).slice(0, 80);
  const expected = EXPECTED[name];
  return tidelineError("CONFIG_MALFORMED", { who: path, field: `"${name}"`, expected, received });
}

/**
 * Reads the configuration: the named file, or `tideline.json` in the working directory when there is one.
 *
 * @throws `DATA_NOT_FOUND` for a named file that is not there, `CONFIG_MALFORMED`.
 */
export async function readConfig(named: string | undefined): Promise<ConfigFile> {
  const path = resolve(named ?? CONFIG_NAME);
  try {
    return parseConfig(path, await readFile(path, "utf8"));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" && named === undefined) return {};
    if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR" || code === "EACCES") {
      const received = code === "ENOENT" ? "no file" : code;
      throw tidelineError("DATA_NOT_FOUND", { who: `--config ${path}`, expected: "a file", received, cause });
    }
    throw cause;
  }
}
