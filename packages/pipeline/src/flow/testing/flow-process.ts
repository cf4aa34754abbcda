/** A process that runs a flow of three steps over the folder of its argument; tests kill it at a crash point. */
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { openCatalog } from "../../catalog/catalog.ts";
import { ownFolder } from "../../catalog/owner.ts";
import { runFlow } from "../run-flow.ts";

const folder = process.argv[2]!;
const owner = await ownFolder(folder, { command: "flow" });
const catalog = await openCatalog(folder, { epoch: owner.epoch });
const answer = await runFlow(
  { catalog, clock: Date.now },
  { name: "letters", input: { of: "abc" } },
  async (step) => {
    let text = "";
    for (const letter of "abc") {
      text = await step(letter, text, async () => {
        await appendFile(join(folder, "worked"), letter);
        return text + letter;
      });
    }
    return text;
  },
);
console.log(answer);
await catalog.close();
owner.release();
