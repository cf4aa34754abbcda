// Codes, slots and names are those of schema.fbs of TensorFlow Lite, version 3 (NOTICE names it).

/** A field of an options table: its slot and type. */
type OptionField = readonly [slot: number, type: "i8" | "i32" | "f32" | "bool"];

/** The options of operators, as the unions and tables of schema.fbs have them; the fields that we write. */
export const LITE_OPTIONS = {
  Add: { union: 11, fields: { fused_activation_function: [0, "i8"] } },
  ArgMax: { union: 40, fields: { output_type: [0, "i8"] } },
  ArgMin: { union: 57, fields: { output_type: [0, "i8"] } },
  BatchMatMul: {
    union: 101,
    fields: { adj_x: [0, "bool"], adj_y: [1, "bool"], asymmetric_quantize_inputs: [2, "bool"] },
  },
  Cast: { union: 37, fields: { in_data_type: [0, "i8"], out_data_type: [1, "i8"] } },
  Concatenation: { union: 10, fields: { axis: [0, "i32"], fused_activation_function: [1, "i8"] } },
  Conv2D: {
    union: 1,
    fields: {
      padding: [0, "i8"],
      stride_w: [1, "i32"],
      stride_h: [2, "i32"],
      fused_activation_function: [3, "i8"],
      dilation_w_factor: [4, "i32"],
      dilation_h_factor: [5, "i32"],
    },
  },
  Conv3D: {
    union: 106,
    fields: {
      padding: [0, "i8"],
      stride_d: [1, "i32"],
      stride_w: [2, "i32"],
      stride_h: [3, "i32"],
      fused_activation_function: [4, "i8"],
    },
  },
  Cumsum: { union: 102, fields: { exclusive: [0, "bool"], reverse: [1, "bool"] } },
  DepthToSpace: { union: 94, fields: { block_size: [0, "i32"] } },
  DepthwiseConv2D: {
    union: 2,
    fields: {
      padding: [0, "i8"],
      stride_w: [1, "i32"],
      stride_h: [2, "i32"],
      depth_multiplier: [3, "i32"],
      fused_activation_function: [4, "i8"],
      dilation_w_factor: [5, "i32"],
      dilation_h_factor: [6, "i32"],
    },
  },
  Div: { union: 29, fields: { fused_activation_function: [0, "i8"] } },
  FullyConnected: {
    union: 8,
    fields: {
      fused_activation_function: [0, "i8"],
      keep_num_dims: [2, "bool"],
      asymmetric_quantize_inputs: [3, "bool"],
    },
  },
  Gather: { union: 23, fields: { axis: [0, "i32"], batch_dims: [1, "i32"] } },
  Gelu: { union: 116, fields: { approximate: [0, "bool"] } },
  LeakyRelu: { union: 75, fields: { alpha: [0, "f32"] } },
  LocalResponseNormalization: {
    union: 13,
    fields: { radius: [0, "i32"], bias: [1, "f32"], alpha: [2, "f32"], beta: [3, "f32"] },
  },
  MirrorPad: { union: 77, fields: { mode: [0, "i8"] } },
  Mul: { union: 21, fields: { fused_activation_function: [0, "i8"] } },
  OneHot: { union: 61, fields: { axis: [0, "i32"] } },
  Pack: { union: 59, fields: { values_count: [0, "i32"], axis: [1, "i32"] } },
  Pool2D: {
    union: 5,
    fields: {
      padding: [0, "i8"],
      stride_w: [1, "i32"],
      stride_h: [2, "i32"],
      filter_width: [3, "i32"],
      filter_height: [4, "i32"],
      fused_activation_function: [5, "i8"],
    },
  },
  Reducer: { union: 27, fields: { keep_dims: [0, "bool"] } },
  ResizeBilinear: { union: 15, fields: { align_corners: [2, "bool"], half_pixel_centers: [3, "bool"] } },
  ResizeNearestNeighbor: {
    union: 74,
    fields: { align_corners: [0, "bool"], half_pixel_centers: [1, "bool"] },
  },
  ReverseSequence: { union: 87, fields: { seq_dim: [0, "i32"], batch_dim: [1, "i32"] } },
  Shape: { union: 55, fields: { out_type: [0, "i8"] } },
  Softmax: { union: 9, fields: { beta: [0, "f32"] } },
  SpaceToDepth: { union: 19, fields: { block_size: [0, "i32"] } },
  Split: { union: 35, fields: { num_splits: [0, "i32"] } },
  StridedSlice: {
    union: 32,
    fields: {
      begin_mask: [0, "i32"],
      end_mask: [1, "i32"],
      ellipsis_mask: [2, "i32"],
      new_axis_mask: [3, "i32"],
      shrink_axis_mask: [4, "i32"],
    },
  },
  Sub: { union: 28, fields: { fused_activation_function: [0, "i8"] } },
  TransposeConv: {
    union: 49,
    fields: {
      padding: [0, "i8"],
      stride_w: [1, "i32"],
      stride_h: [2, "i32"],
      fused_activation_function: [3, "i8"],
    },
  },
  Unpack: { union: 64, fields: { num: [0, "i32"], axis: [1, "i32"] } },
  While: { union: 93, fields: { cond_subgraph_index: [0, "i32"], body_subgraph_index: [1, "i32"] } },
} as const satisfies Record<
  string,
  { readonly union: number; readonly fields: Readonly<Record<string, OptionField>> }
>;

/** The name of an options table. */
export type LiteOptionsName = keyof typeof LITE_OPTIONS;
