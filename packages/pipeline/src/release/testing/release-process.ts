import { join } from "node:path";
import { openArtifacts } from "../artifact.ts";
import { openKeys, rotateReleaseKey } from "../key.ts";

// Makes or rotates the keys of a folder and stores an artifact; the crash test ends it on the way.
const [folder = "", action = ""] = process.argv.slice(2);
const keys = await openKeys(join(folder, "keys"), { now: 0 });
if (action === "rotate") await rotateReleaseKey(keys, { now: 0 });
const artifacts = await openArtifacts(join(folder, "artifact"));
await artifacts.put(Uint8Array.of(1, 2, 3));
