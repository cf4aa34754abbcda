import type { FlatSchema } from "../flat-buffer-schema.ts";

/**
 * ONNX Runtime's own format (onnxruntime, core/flatbuffers/schema/ort.fbs, format 6). Sets are what it keeps in maps without an
 * order. Raw numbers start at multiples of 16 bytes, since it may compute with them in place.
 */
export const ORT_SCHEMA: FlatSchema = {
  identifier: "ORTM",
  root: "InferenceSession",
  align: 16,
  structs: { EdgeEnd: 12 },
  unions: { TypeInfoValue: ["TensorTypeAndShape", "SequenceType", "MapType"] },
  tables: {
    InferenceSession: [
      ["ort_version", "text"],
      ["model", "Model"],
      ["", ""],
      ["kernel_type_str_resolver", "KernelTypeStrResolver"],
    ],
    Model: [
      ["ir_version", "i64"],
      ["opset_import", "[OperatorSetId]", "domain"],
      ["producer_name", "text"],
      ["producer_version", "text"],
      ["domain", "text"],
      ["model_version", "i64"],
      ["doc_string", "text"],
      ["graph", "Graph"],
      ["graph_doc_string", "text"],
      ["metadata_props", "[StringStringEntry]", "key"],
    ],
    OperatorSetId: [
      ["domain", "text"],
      ["version", "i64"],
    ],
    StringStringEntry: [
      ["key", "text"],
      ["value", "text"],
    ],
    Graph: [
      ["initializers", "[Tensor]", "name"],
      ["node_args", "[ValueInfo]", "name"],
      ["nodes", "[Node]"],
      ["max_node_index", "u32"],
      ["node_edges", "[NodeEdge]"],
      ["inputs", "[text]"],
      ["outputs", "[text]"],
      ["sparse_initializers", "[SparseTensor]", "values.name"],
      ["runtime_optimizations", "RuntimeOptimizations"],
    ],
    Tensor: [
      ["name", "text"],
      ["doc_string", "text"],
      ["dims", "[i64]"],
      ["data_type", "i32"],
      ["raw_data", "[u8]"],
      ["string_data", "[text]"],
      // Slot 6, `external_data_offset`, tells a place in another file: such a model is left as it is.
    ],
    SparseTensor: [
      ["values", "Tensor"],
      ["indices", "Tensor"],
      ["dims", "[i64]"],
    ],
    ValueInfo: [
      ["name", "text"],
      ["doc_string", "text"],
      ["type", "TypeInfo"],
    ],
    TypeInfo: [
      ["denotation", "text"],
      ["value_type", "u8"],
      ["value", "TypeInfoValue"],
    ],
    TensorTypeAndShape: [
      ["elem_type", "i32"],
      ["shape", "Shape"],
    ],
    SequenceType: [["elem_type", "TypeInfo"]],
    MapType: [
      ["key_type", "i32"],
      ["value_type", "TypeInfo"],
    ],
    Shape: [["dim", "[Dimension]"]],
    Dimension: [
      ["value", "DimensionValue"],
      ["denotation", "text"],
    ],
    DimensionValue: [
      ["dim_type", "i8"],
      ["dim_value", "i64"],
      ["dim_param", "text"],
    ],
    Node: [
      ["name", "text"],
      ["doc_string", "text"],
      ["domain", "text"],
      ["since_version", "i32"],
      ["index", "u32"],
      ["op_type", "text"],
      ["type", "i32"],
      ["execution_provider_type", "text"],
      ["inputs", "[text]"],
      ["outputs", "[text]"],
      ["attributes", "[Attribute]", "name"],
      ["input_arg_counts", "[i32]"],
      ["implicit_inputs", "[text]"],
    ],
    NodeEdge: [
      ["node_index", "u32"],
      ["input_edges", "[EdgeEnd]"],
      ["output_edges", "[EdgeEnd]"],
    ],
    Attribute: [
      ["name", "text"],
      ["doc_string", "text"],
      ["type", "i32"],
      ["f", "f32"],
      ["i", "i64"],
      ["s", "text"],
      ["t", "Tensor"],
      ["g", "Graph"],
      ["floats", "[f32]"],
      ["ints", "[i64]"],
      ["strings", "[text]"],
      ["tensors", "[Tensor]"],
      ["graphs", "[Graph]"],
    ],
    RuntimeOptimizations: [["records", "[RuntimeOptimizationRecordContainerEntry]", "optimizer_name"]],
    RuntimeOptimizationRecordContainerEntry: [
      ["optimizer_name", "text"],
      ["runtime_optimization_records", "[RuntimeOptimizationRecord]"],
    ],
    RuntimeOptimizationRecord: [
      ["action_id", "text"],
      ["nodes_to_optimize_indices", "NodesToOptimizeIndices"],
      ["", ""],
      ["produced_op_ids", "[text]"],
    ],
    NodesToOptimizeIndices: [
      ["node_indices", "[u32]"],
      ["num_inputs", "u32"],
      ["num_outputs", "u32"],
      ["has_variadic_input", "bool"],
      ["has_variadic_output", "bool"],
      ["num_variadic_inputs", "u32"],
      ["num_variadic_outputs", "u32"],
    ],
    KernelTypeStrResolver: [["op_kernel_type_str_args", "[OpIdKernelTypeStrArgsEntry]", "op_id"]],
    OpIdKernelTypeStrArgsEntry: [
      ["op_id", "text"],
      ["kernel_type_str_args", "[KernelTypeStrArgsEntry]", "kernel_type_str"],
    ],
    KernelTypeStrArgsEntry: [
      ["kernel_type_str", "text"],
      ["args", "[ArgTypeAndIndex]"],
    ],
    ArgTypeAndIndex: [
      ["arg_type", "i8"],
      ["index", "u32"],
    ],
  },
};
