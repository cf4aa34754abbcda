import { checkModel } from "../check.ts";
import type { ElementType } from "../element-type.ts";
import type { OnnxModel } from "../onnx.ts";
import { unsupported } from "../unsupported.ts";

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

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The configuration file of a build of ONNX Runtime that holds nothing but what these models need
 * (`build.sh --include_ops_by_config`): each domain with its opset and operators, and all element types that any of their values
 * has. What ONNX Runtime's own optimisation puts in their place is not in it: give it the model as it was optimised, or load
 * it without. The same models give the same text, in whatever order.
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
    for (const { elementType } of [...checkModel(model).values(), ...model.graph.initializers]) {
      const type = TYPES[elementType];
      if (type === undefined)
        throw unsupported(
          `graph "${model.graph.name}"`,
          "element types that ONNX Runtime reduces by",
          elementType,
        );
      elements.add(type);
    }
  }
  const lines = [...needed]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([key, ops]) => `${key};${[...ops].toSorted(compare).join(",")}`);
  const allowed = types ? [`!globally_allowed_types;${[...elements].toSorted(compare).join(",")}`] : [];
  return `${[...allowed, ...lines].join("\n")}\n`;
}
