// Expo's command reads this file from the installed package, on Node.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createTidelinePlugin } from "./dist/plugin/index.js";

const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

const folderOf = (platformRoot) => join(platformRoot, "app/src/main/res/xml");

function readResource(platformRoot, name) {
  const file = join(folderOf(platformRoot), name);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

function writeResource(platformRoot, name, text) {
  const folder = folderOf(platformRoot);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}

// oxlint-disable-next-line import/no-default-export -- the form that Expo asks for
export default createTidelinePlugin({
  plugins: require("expo/config-plugins"),
  readResource,
  writeResource,
  version,
});
