/** A process that turns the loop of the folder of its argument twice; tests kill it on the way. */
import { reopenLoop } from "./canary-folder.ts";

const loop = await reopenLoop(process.argv[2]!);
await loop.turn();
await loop.turn();
await loop.close();
