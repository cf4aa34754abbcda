import * as module from "node:module";
import { join } from "node:path";
import { forgetPeak, residentBytes } from "../side/memory.ts";
import type { OwnCase } from "./own-case.ts";

/** Our side: `node own.ts <case> ours <folder> <rows>`; one job, one line of JSON at the end. See `message.ts`. */
const [name, , folder, rows] = process.argv.slice(2) as [string, string, string, string];
// As the command line does it, and Python its peers': what is compiled is kept between runs.
module.enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/tideline"));
const started = residentBytes("VmRSS");
const { own } = (await import(`./own/${name}.ts`)) as { own: OwnCase };
const loaded = await own.load(folder, Number(rows));
const before = process.cpuUsage();
const from = performance.now();
const result = await own.run(loaded as never);
const seconds = (performance.now() - from) / 1000;
const cpu = process.cpuUsage(before);
const peak = residentBytes("VmHWM");
forgetPeak();
const digest = own.digest(result as never);
process.stdout.write(
  `${JSON.stringify({
    version: `Tideline on node ${process.version}`,
    imported: started,
    seconds,
    cpu: (cpu.user + cpu.system) / 1e6,
    peak,
    digest,
  })}\n`,
);
