import { checkModel } from "../check.ts";
import { ELEMENT_TYPES, type ElementType } from "../element-type.ts";
import { readFlat } from "../flat-buffer-read.ts";
import type { FlatTable } from "../flat-buffer-schema.ts";
import type { OnnxModel } from "../onnx.ts";
import { unsupported } from "../unsupported.ts";
import { ORT_SCHEMA } from "./ort-schema.ts";

/** What ONNX Runtime's build calls element types: those of C++. */
const TYPES: Readonly<Partial<Record<ElementType, string>>> = {
  bfloat16: "BFloat16",
  bool: "bool",
  float16: "MLFloat16",
  float32: "float",
  float64: "double",
  int16: "int16_t",
  int32: "int32_t",
  int64: "int64_t",
  int8: "int8_t",
  string: "std::string",
  uint16: "uint16_t",
  uint32: "uint32_t",
  uint64: "uint64_t",
  uint8: "uint8_t",
  float8e4m3fn: "Float8E4M3FN",
  float8e4m3fnuz: "Float8E4M3FNUZ",
  float8e5m2: "Float8E5M2",
  float8e5m2fnuz: "Float8E5M2FNUZ",
};

/** What {@link requiredOperators} says besides operators. */
export interface RequiredOperatorOptions {
  /** Whether the file names the element types too, for `--enable_reduced_operator_type_support`. Default true. */
  readonly types?: boolean;
}

/** What an element type is called there. @throws MODEL_UNSUPPORTED where it is not named */
function typeName(of: string, elementType: ElementType): string {
  const type = TYPES[elementType];
  if (type !== undefined) return type;
  throw unsupported(of, "element types that ONNX Runtime reduces by", elementType);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The configuration file of a build of ONNX Runtime that holds nothing but what these models need
 * (`build.sh --include_ops_by_config`): each domain with its opset and operators, and all element types that any of their values
 * has. What ONNX Runtime's own optimisation puts in their place is not in it: of an `.ort` file ask
 * {@link requiredOrtOperators}. The same models give the same text, in whatever order.
 *
 * @throws GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`, and for element types that its build does not name, where types are wanted.
 * @example
 * await writeFile("required_operators.config", requiredOperators([model]));
 */
export function requiredOperators(
  models: readonly OnnxModel[],
  { types = true }: RequiredOperatorOptions = {},
): string {
  const needed = new Map<string, Set<string>>();
  const elements = new Set<string>();
  for (const model of models) {
    const opsets = new Map(model.opsets.map(({ domain, version }) => [domain, version]));
    const bodies = [model.graph, ...(model.functions ?? [])];
    for (const { op, domain } of bodies.flatMap(({ nodes }) => nodes)) {
      const key = `${domain === "" ? "ai.onnx" : domain};${opsets.get(domain) ?? 1}`;
      needed.set(key, (needed.get(key) ?? new Set()).add(op));
    }
    if (!types) continue;
    for (const { elementType } of [...checkModel(model).values(), ...model.graph.initializers])
      elements.add(typeName(`graph "${model.graph.name}"`, elementType));
  }
  return configuration(needed, types ? elements : undefined);
}

/** The lines of a configuration: operators by domain and opset, and element types where they are wanted. */
function configuration(
  needed: ReadonlyMap<string, ReadonlySet<string>>,
  elements: ReadonlySet<string> | undefined,
): string {
  const lines = [...needed]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([key, ops]) => `${key};${[...ops].toSorted(compare).join(",")}`);
  const allowed = elements ? [`!globally_allowed_types;${[...elements].toSorted(compare).join(",")}`] : [];
  return `${[...allowed, ...lines].join("\n")}\n`;
}

/** Tables of a list that a field may have. */
const listOf = (table: FlatTable | undefined, field: string): readonly FlatTable[] =>
  (table?.[field] ?? []) as readonly FlatTable[];

/**
 * The same for files of ONNX Runtime's own format, whose operators are those that its optimisation left: a product and a sum are
 * one Gemm there. Operators stand under the opset that brought their form, as the runtime's own tools write them.
 *
 * @throws MODEL_UNSUPPORTED for files with fields that are not known, and for element types that the build does not name.
 * @example
 * await writeFile("required_operators.config", requiredOrtOperators([await readFile("model.ort")]));
 */
export function requiredOrtOperators(files: readonly Uint8Array[]): string {
  const needed = new Map<string, Set<string>>();
  const elements = new Set<string>();
  const names = new Map(Object.entries(ELEMENT_TYPES).map(([name, { code }]) => [code, name as ElementType]));
  const see = (code: unknown): void => {
    const elementType = names.get(Number(code));
    if (elementType !== undefined && elementType !== "undefined")
      elements.add(typeName("requiredOrtOperators", elementType));
  };
  const visit = (graph: FlatTable): void => {
    for (const { data_type } of listOf(graph, "initializers")) see(data_type);
    for (const { type } of listOf(graph, "node_args"))
      see(((type as FlatTable | undefined)?.["value"] as FlatTable | undefined)?.["elem_type"]);
    for (const node of listOf(graph, "nodes")) {
      const key = `${(node["domain"] as string | undefined) || "ai.onnx"};${String(node["since_version"] ?? 1)}`;
      needed.set(key, (needed.get(key) ?? new Set()).add(node["op_type"] as string));
      for (const { g, graphs = [] } of listOf(node, "attributes"))
        for (const body of [...(g === undefined ? [] : [g]), ...(graphs as readonly FlatTable[])])
          visit(body as FlatTable);
    }
  };
  for (const bytes of files) visit((readFlat(bytes, ORT_SCHEMA)["model"] as FlatTable)["graph"] as FlatTable);
  return configuration(needed, elements);
}
