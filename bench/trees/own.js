import * as module from "node:module";
import { fileURLToPath } from "node:url";

// As the command line begins: what is compiled is kept between runs, as Python keeps its peers'.
module.enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/tideline", import.meta.url)));
await import("./own.ts");
