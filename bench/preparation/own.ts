import { forgetPeak, residentBytes } from "../side/memory.ts";
import type { OwnCase } from "./own-case.ts";

/** Our side: `node own.js <case> ours <folder> <rows> [<way>]`; one job, one line of JSON at the end. See `message.ts`. */
const [name, , folder, rows, way] = process.argv.slice(2) as [string, string, string, string, string?];
const started = residentBytes("VmRSS");
const { own } = (await import(`./own/${name}.ts`)) as { own: OwnCase };
const loaded = way === undefined ? await own.load(folder, Number(rows)) : undefined;
const before = process.cpuUsage();
const from = performance.now();
const result =
  way === undefined ? await own.run(loaded as never) : await own.ways![way]!(folder, Number(rows));
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
