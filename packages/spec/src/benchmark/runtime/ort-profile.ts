import { tidelineError } from "../../error.ts";
import { percentile } from "../clock.ts";
import type { OperatorTime } from "../report.ts";

/** What is read of an event of ONNX Runtime's profile (a trace as Chromium's tools read it). */
interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly dur?: number;
  readonly args?: { readonly op_name?: string; readonly provider?: string; readonly node_index?: string };
}

/** Events of a profile: a list in JSON, or lines of which some are events (the web's build prints them). */
function eventsOf(text: string): readonly ProfileEvent[] {
  try {
    return JSON.parse(text) as readonly ProfileEvent[];
  } catch {
    return text.split("\n").flatMap((line) => {
      const json = line.trim().replace(/,$/, "");
      if (json[0] !== "{") return [];
      try {
        return [JSON.parse(json) as ProfileEvent];
      } catch {
        return [];
      }
    });
  }
}

/**
 * Times by operator of a profile of ONNX Runtime, the dearest first. Events of kernels, in whole microseconds as it writes them.
 *
 * @param runs calls that were profiled
 * @throws DATA_MALFORMED for a text without such events.
 */
export function operatorTimes(text: string, runs: number): readonly OperatorTime[] {
  const kernels = eventsOf(text).filter(
    ({ cat, name }) => cat === "Node" && name !== undefined && name.endsWith("_kernel_time"),
  );
  if (kernels.length === 0)
    throw tidelineError("DATA_MALFORMED", {
      who: "profile of ONNX Runtime",
      expected: "events of kernels",
      received: `${text.length} characters without one`,
    });
  const found = new Map<string, { op: string; provider: string; nodes: Map<string, number[]> }>();
  for (const { name, dur = 0, args } of kernels) {
    const [op, provider] = [args?.op_name ?? "unknown", args?.provider ?? "unknown"];
    const key = `${op}\n${provider}`;
    const own = found.get(key) ?? { op, provider, nodes: new Map<string, number[]>() };
    const node = `${name} ${args?.node_index ?? ""}`;
    own.nodes.set(node, [...(own.nodes.get(node) ?? []), dur]);
    found.set(key, own);
  }
  return Array.from(found.values(), ({ op, provider, nodes }) => ({
    op,
    provider,
    nodes: nodes.size,
    us: Array.from(nodes.values(), (all) => usual(all, runs)).reduce((sum, one) => sum + one, 0),
  })).sort((left, right) => right.us - left.us);
}

/** What a node takes of a call: its median, since the system interrupts some, as often as it runs in a call. */
function usual(all: readonly number[], runs: number): number {
  const sorted = all.slice().sort((left, right) => left - right);
  return percentile(sorted, 0.5) * (all.length / runs);
}
