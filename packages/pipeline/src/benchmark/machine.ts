import { readFileSync, readdirSync } from "node:fs";
import { arch, cpus, release, totalmem, type as systemType } from "node:os";
import type { BenchmarkDevice } from "@tideline/spec/benchmark";

/** What this machine is. */
export function machine(): BenchmarkDevice {
  const [first] = cpus();
  return Object.freeze({
    kind: "machine",
    name: `Node ${process.versions.node}`,
    system: `${systemType()} ${release()}, ${arch()}`,
    processor: first?.model.trim() ?? null,
    cores: cpus().length,
    memoryBytes: totalmem(),
  });
}

/** Resident memory of a process, from Linux's `/proc`. */
function residentOf(pid: number): { readonly now: number; readonly peak: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
    return { now: 1024 * kilobytes("VmRSS"), peak: 1024 * kilobytes("VmHWM") };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

/**
 * Resident memory of this process. On Linux from `/proc`: what `getrusage` calls the most there is that of the process that started
 * this one, where that was larger.
 */
export function ownMemory(): { readonly now: number; readonly peak: number } {
  return (
    residentOf(process.pid) ?? { now: process.memoryUsage.rss(), peak: 1024 * process.resourceUsage().maxRSS }
  );
}

/** Processes with their parents, of Linux. */
function parents(): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // The name of a program may hold spaces and brackets: what follows the last bracket is plain.
      found.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

/** Whether a process is below another one. */
function isBelow(of: ReadonlyMap<number, number>, pid: number, root: number): boolean {
  for (let at = of.get(pid); at !== undefined && at > 1; at = of.get(at)) if (at === root) return true;
  return false;
}

/**
 * Resident memory of the process of a browser that renders the page, the largest one of its kind below `root`; or why it is not known.
 */
export function rendererMemory(root: number): { readonly now: number; readonly peak: number } | string {
  if (process.platform !== "linux") return "the memory of another process is read on Linux alone";
  const tree = parents();
  const renderers = [...tree.keys()].flatMap((pid) => {
    if (!isBelow(tree, pid, root)) return [];
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer")) return [];
    } catch {
      return [];
    }
    const own = residentOf(pid);
    return own === undefined ? [] : [own];
  });
  const largest = renderers.toSorted((left, right) => right.now - left.now)[0];
  return largest ?? "no process of the browser renders a page";
}
