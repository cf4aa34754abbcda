import {
  ELEMENT_TYPES,
  elementCount,
  type ElementType,
  type OnnxNode,
  type OnnxTensor,
} from "@tideline/graph";

/** The lowest and the highest whole number of the types that weights and values are rounded to. */
const RANGES = {
  int4: [-8, 7],
  uint4: [0, 15],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
} as const satisfies Partial<Record<ElementType, readonly [number, number]>>;

/** Whole numbers with a scale: what a QuantizeLinear makes, and a DequantizeLinear reads. */
export interface WholeForm {
  readonly elementType: keyof typeof RANGES;
  readonly lowest: number;
  readonly highest: number;
  /** The scale of each number, or one for all. */
  readonly scale: Float32Array;
  /** The zero point of each number, or one for all. */
  readonly zero: Float32Array;
}

/** The whole numbers of a tensor, of four bits too. */
export function wholeNumbers({ elementType, dims, values }: OnnxTensor): Float32Array {
  const length = elementCount(dims);
  if (elementType !== "int4" && elementType !== "uint4")
    return Float32Array.from(values as Int8Array, Number);
  const bytes = values as Uint8Array;
  return Float32Array.from({ length }, (_, at) => {
    const nibble = (bytes[at >> 1]! >> (4 * (at & 1))) & 15;
    return elementType === "int4" && nibble > 7 ? nibble - 16 : nibble;
  });
}

/** Whole numbers as a tensor like another one. */
export function wholeTensor(like: OnnxTensor, whole: Float32Array): OnnxTensor {
  const { elementType } = like;
  if (elementType === "int4" || elementType === "uint4") {
    const bytes = new Uint8Array(Math.ceil(whole.length / 2));
    for (const [at, value] of whole.entries()) bytes[at >> 1]! |= (value & 15) << (4 * (at & 1));
    return Object.freeze({ ...like, values: bytes });
  }
  const values = (like.values as Int8Array).slice();
  values.set(whole);
  return Object.freeze({ ...like, values });
}

/** Spreads a scale or zero point of a node over a tensor's numbers: one for all, one a place of an axis, or blocks of it. */
function spread(
  node: OnnxNode,
  given: Float32Array,
  scaleDims: readonly number[],
  dims: readonly number[],
): Float32Array {
  if (given.length === 1) return given;
  const [stated, blocks] = [node.attributes["axis"], node.attributes["block_size"]];
  const axis = ((stated?.type === "int" ? stated.value : 1) + dims.length) % dims.length;
  const block = blocks?.type === "int" ? blocks.value : 0;
  const inner = elementCount(dims.slice(axis + 1));
  const length = dims[axis]!;
  const places = block === 0 ? length : scaleDims[axis]!;
  return Float32Array.from({ length: elementCount(dims) }, (_, at) => {
    const place = Math.floor(at / inner) % length;
    if (block === 0) return given[place]!;
    const outer = Math.floor(at / (inner * length));
    return given[(outer * places + Math.floor(place / block)) * inner + (at % inner)]!;
  });
}

/** How a node rounds values of these lengths; undefined where its scale is no constant or its type is none of ours. */
export function wholeForm(
  node: OnnxNode,
  elementType: ElementType,
  dims: readonly number[],
  constantOf: (name: string) => OnnxTensor | undefined,
): WholeForm | undefined {
  const range = (RANGES as Partial<Record<ElementType, readonly [number, number]>>)[elementType];
  const scale = constantOf(node.inputs[1]!);
  const named = (node.inputs[2] ?? "") !== "";
  const zero = named ? constantOf(node.inputs[2]!) : undefined;
  if (range === undefined || scale === undefined || (named && zero === undefined)) return undefined;
  if (ELEMENT_TYPES[scale.elementType].kind !== "float") return undefined;
  const scales = Float32Array.from(scale.values as Float32Array);
  const zeros = zero === undefined ? Float32Array.of(0) : wholeNumbers(zero);
  return {
    elementType: elementType as WholeForm["elementType"],
    lowest: range[0],
    highest: range[1],
    scale: spread(node, scales, scale.dims, dims),
    zero: spread(node, zeros, zero?.dims ?? [], dims),
  };
}

/** A constant of float32 spread over lengths as ONNX broadcasts; undefined where it is no float32 or does not fit. */
function broadcast(
  { elementType, dims, values }: OnnxTensor,
  to: readonly number[],
): Float32Array | undefined {
  const ahead = to.length - dims.length;
  const fits = dims.every((length, axis) => length === 1 || length === to[ahead + axis]);
  if (elementType !== "float32" || ahead < 0 || !fits) return undefined;
  const places = dims.flatMap((length, axis) =>
    length === 1
      ? []
      : [
          {
            length,
            inner: elementCount(to.slice(ahead + axis + 1)),
            stride: elementCount(dims.slice(axis + 1)),
          },
        ],
  );
  return Float32Array.from({ length: elementCount(to) }, (_, at) => {
    const place = places.reduce(
      (sum, { length, inner, stride }) => sum + stride * (Math.floor(at / inner) % length),
      0,
    );
    return (values as Float32Array)[place]!;
  });
}

/** The form of whole numbers that are scaled by a product, after zeros were subtracted where there are any. */
export function scaledForm(
  { elementType, dims }: OnnxTensor,
  scale: OnnxTensor,
  zero?: OnnxTensor,
): WholeForm | undefined {
  const range = (RANGES as Partial<Record<ElementType, readonly [number, number]>>)[elementType];
  const [scales, zeros] = [
    broadcast(scale, dims),
    zero === undefined ? Float32Array.of(0) : broadcast(zero, dims),
  ];
  if (range === undefined || scales === undefined || zeros === undefined) return undefined;
  return {
    elementType: elementType as WholeForm["elementType"],
    lowest: range[0],
    highest: range[1],
    scale: scales,
    zero: zeros,
  };
}

/** The numbers that whole ones stand for. */
export function widened({ scale, zero }: WholeForm, whole: Float32Array): Float32Array {
  return whole.map((value, at) => (value - (zero[at] ?? zero[0]!)) * (scale[at] ?? scale[0]!));
}

/** The nearest whole numbers; of two the even one, as QuantizeLinear takes it. */
export function narrowed({ scale, zero, lowest, highest }: WholeForm, values: Float32Array): Float32Array {
  return values.map((value, at) => {
    const exact = Math.fround(value / (scale[at] ?? scale[0]!));
    const low = Math.floor(exact);
    const whole = exact - low === 0.5 ? low + (low % 2 === 0 ? 0 : 1) : Math.round(exact);
    return Math.min(highest, Math.max(lowest, whole + (zero[at] ?? zero[0]!)));
  });
}
