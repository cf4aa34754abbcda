/** A process that keeps the retentions of the folder of its argument; tests kill it on the way. */
import { NOW, openRetained } from "./retained-folder.ts";

const folder = await openRetained(process.argv[2]!);
await folder.retain(NOW, false);
await folder.close();
