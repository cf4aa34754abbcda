import { writeOnnx, type RuntimeTensor } from "@tideline/graph";
import { writeLitert, type LitertPrecision } from "@tideline/graph/litert";
import { onnxruntimeNode, openLitert } from "@tideline/pipeline";
import { expect, test } from "vitest";
import { agreement, decisions } from "./litert/graph-answer.ts";
import { KIND_NETS, type KindNet } from "./litert/kind-net.ts";
import { hasLitertPython, runPythonLitert } from "./litert/python-litert.ts";

type Feeds = Readonly<Record<string, RuntimeTensor>>;

/** Rows by which ranges are seen: they are among those that are decided, whose classes nobody looks at for that. */
const SHOWN = 40;

/** Inputs as a file takes them, whose integers have 32 bits. */
const narrow = (inputs: Feeds): Feeds =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { dims, values }]) => [
      name,
      { dims, values: values instanceof BigInt64Array ? Int32Array.from(values, Number) : values },
    ]),
  );

function rowOf(inputs: Feeds, row: number): Feeds {
  const part = ({ dims, values }: RuntimeTensor): RuntimeTensor => {
    const length = values.length / dims[0]!;
    return { dims: [1, ...dims.slice(1)], values: values.slice(row * length, (row + 1) * length) as never };
  };
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, part(tensor)]));
}

function written({ graph, inputs }: KindNet, precision: LitertPrecision): Uint8Array {
  const rows = Array.from({ length: SHOWN }, (_, row) => rowOf(narrow(inputs), row));
  const result = writeLitert(graph, {
    precision,
    ...(precision === "int8" && { calibration: { rows: rows as never } }),
  });
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  return result.bytes;
}

async function accuracyOf({ graph, inputs, y, classes }: KindNet, bytes?: Uint8Array): Promise<number> {
  const output = graph.graph.outputs[0]!.name;
  const opened = bytes === undefined ? await onnxruntimeNode.load(writeOnnx(graph)) : await openLitert(bytes);
  const answer = await opened.run(bytes === undefined ? inputs : narrow(inputs), [output]);
  await opened.release();
  return agreement(decisions(answer[output]!.values as Float32Array, classes), y);
}

test.each(Object.entries(KIND_NETS))(
  "8 bits leave less than 0.3 of the bytes of a net of %s, and lose at most a point",
  async (kind, made) => {
    const net = await made();
    const [float, whole] = (["float32", "int8"] as const).map((precision) => written(net, precision));
    const [right, one, eight] = [
      await accuracyOf(net),
      await accuracyOf(net, float!),
      await accuracyOf(net, whole!),
    ];
    const share = whole!.length / float!.length;
    console.log(
      `${kind}: ${float!.length} bytes, int8 ${whole!.length} (${share}); right ${right}, ${one}, ${eight}`,
    );
    expect(float!.length).toBeGreaterThan(100_000);
    expect(share).toBeLessThan(0.3);
    expect(one).toBe(right);
    // Else nothing would be lost by deciding blindly.
    expect(right).toBeGreaterThan(0.6);
    expect(eight).toBeGreaterThanOrEqual(right - 0.01);
    if (!hasLitertPython()) return;
    const feeds = [0, 1].map((row) => rowOf(narrow(net.inputs), row)) as never;
    const { complaints } = await runPythonLitert([{ bytes: whole!, feeds }]);
    expect(complaints).toEqual([]);
  },
);
