import { BINARY_KINDS } from "@tideline/predict";
import { activationWords, COPY, placeOf, type Emitter } from "../emitter.ts";
import { floating, numberOf, type Known, type Lowering } from "../lowering.ts";
import { broadcastView, collapse, constantValues, rowMajor, type View } from "../view.ts";
import { findSpectrum } from "../spectrum.ts";

/** A constant on the right with its sums along neighbouring numbers, which readers walk fastest. */
function packed(emitter: Emitter, b: View): View {
  const rank = b.dims.length;
  if (b.store.values === undefined || b.dims[rank - 1] === 1) return b;
  const order = [...b.dims.keys()].slice(0, -2).concat(rank - 1, rank - 2);
  const turned = {
    ...b,
    dims: order.map((axis) => b.dims[axis]!),
    strides: order.map((axis) => b.strides[axis]!),
  };
  const values = constantValues(turned);
  const strides = rowMajor(turned.dims);
  const store = emitter.constant(values, turned.dims);
  return { ...store, dims: b.dims, strides: order.map((axis) => strides[axis]!) };
}

/** Matrices with any leading axes, and perhaps a bias `[m, n]`; every leading index that does not merge is one instruction. */
function product(
  emitter: Emitter,
  a: View,
  right: View,
  dims: readonly number[],
  bias?: View,
): View | string {
  const b = packed(emitter, right);
  const [m, k] = a.dims.slice(-2);
  const n = b.dims.at(-1)!;
  const lead = dims;
  const [left, other] = [a, b].map((view) => ({
    lead: broadcastView({ ...view, dims: view.dims.slice(0, -2), strides: view.strides.slice(0, -2) }, lead)
      .strides,
    inner: view.strides.slice(-2),
  }));
  const batch = collapse({ dims: lead, strides: [left!.lead, other!.lead, rowMajor(lead)] });
  if (batch.dims.length > 1) return "leading axes that do not make one";
  return emitter.emit("matmul", [a, b, bias], [...lead, m!, n], (target) => [
    batch.dims[0] ?? 1,
    m!,
    k!,
    n,
    placeOf(a),
    batch.strides[0]![0] ?? 0,
    ...left!.inner,
    placeOf(b),
    batch.strides[1]![0] ?? 0,
    ...other!.inner,
    placeOf(bias),
    ...(bias?.strides ?? [0, 0]),
    target,
    ...activationWords(COPY),
  ]);
}

/** A vector on the left as a row, one on the right as a column. */
function matrixOf({ view }: Known, side: "left" | "right"): View {
  const { dims, strides } = view;
  if (dims.length > 1) return view;
  return side === "left"
    ? { ...view, dims: [1, ...dims], strides: [0, ...strides] }
    : { ...view, dims: [...dims, 1], strides: [...strides, 0] };
}

/** The product over the last two axes; one with the waves of a spectrum becomes that operator. */
export const lowerMatMul: Lowering = floating(({ emitter, inputs, outputs }) => {
  const [a, b] = [matrixOf(inputs[0]!, "left"), matrixOf(inputs[1]!, "right")];
  const { dims } = outputs[0]!;
  const waves = inputs[0]!.constant && inputs[0]!.dims.length === 2 ? findSpectrum(inputs[0]!) : undefined;
  const alone = b.dims.slice(0, -2).every((dim) => dim === 1);
  if (waves !== undefined && alone) {
    const columns = b.dims.at(-1)!;
    const [along, across] = b.strides.slice(-2);
    return [
      emitter.emit("spectrum", [b], dims, (target) => [
        waves.size,
        waves.first,
        waves.bins,
        columns,
        placeOf(b),
        along!,
        across!,
        target,
      ]),
    ];
  }
  const lead = dims.slice(
    0,
    dims.length - (inputs[0]!.dims.length > 1 ? 1 : 0) - (inputs[1]!.dims.length > 1 ? 1 : 0),
  );
  const result = product(emitter, a, b, lead);
  return typeof result === "string" ? result : [{ ...result, dims, strides: rowMajor(dims) }];
});

/** A view times a constant: folded where it is constant itself. */
function scaled(emitter: Emitter, view: View, factor: number): View {
  if (factor === 1) return view;
  if (view.store.values !== undefined)
    return emitter.constant(
      constantValues(view).map((value) => value * factor),
      view.dims,
    );
  return emitter.binary(BINARY_KINDS.mul, view, emitter.constant(Float32Array.of(factor), []), view.dims);
}

/** Transposed operands are read with their strides exchanged. */
export const lowerGemm: Lowering = floating((call) => {
  const { emitter, inputs, outputs } = call;
  const side = ({ view }: Known, transposed: number): View =>
    transposed === 0 ? view : { ...view, dims: view.dims.toReversed(), strides: view.strides.toReversed() };
  const a = side(inputs[0]!, numberOf(call, "transA"));
  const b = side(inputs[1]!, numberOf(call, "transB"));
  const alpha = numberOf(call, "alpha");
  const [left, right] =
    b.store.values === undefined ? [scaled(emitter, a, alpha), b] : [a, scaled(emitter, b, alpha)];
  const c = inputs[2] && scaled(emitter, inputs[2].view, numberOf(call, "beta"));
  const result = product(emitter, left, right, [], c && broadcastView(c, outputs[0]!.dims));
  return typeof result === "string" ? result : [result];
});
