import { expect, test } from "vitest";
import { codeCache } from "./code-cache.js";

test.each([
  ["file:///repo/packages/cli/src/tideline.js", "/repo/node_modules/.cache/tideline"],
  ["file:///app/node_modules/@tideline/cli/dist/tideline.js", "/app/node_modules/.cache/tideline"],
  [
    "file:///a%20b/node_modules/x/node_modules/@tideline/cli/dist/main.js",
    "/a b/node_modules/x/node_modules/.cache/tideline",
  ],
])("%s keeps compiled code in %s", (url, folder) => expect(codeCache(url)).toBe(folder));
