import { graphBuilder, type OnnxModel, type OnnxNode } from "@tideline/graph";
import { expect, test } from "vitest";
import { demandKnown } from "./unknown-operator.ts";

function model(node: Pick<OnnxNode, "op" | "domain" | "attributes">): OnnxModel {
  const g = graphBuilder("foreign");
  const x = g.input("x", "float32", ["N", 2]);
  g.output("y", g.op("Relu", [x]));
  const whole = g.build();
  const [relu] = whole.graph.nodes;
  const foreign = { ...relu!, ...node, name: "foreign", outputs: ["z"] };
  return { ...whole, graph: { ...whole.graph, nodes: [relu!, foreign] } };
}

test("a file as an exporter wrote it is sent to import, one of unknown operators told them, a chain of texts let through", () => {
  const ml = "ai.onnx.ml";
  expect(() => demandKnown("a.onnx", model({ op: "Scaler", domain: ml, attributes: {} }))).toThrow(
    /received Scaler\. Run tideline import a\.onnx --out .*MODEL_UNSUPPORTED/,
  );
  expect(() => demandKnown("a.onnx", model({ op: "DictVectorizer", domain: ml, attributes: {} }))).toThrow(
    /received ai\.onnx\.ml\.DictVectorizer\. tideline import a\.onnx says/,
  );
  const fine = model({ op: "Neg", domain: "", attributes: {} });
  for (const known of [
    fine,
    model({ op: "Tokenizer", domain: "com.microsoft", attributes: {} }),
    model({ op: "TfIdfVectorizer", domain: "", attributes: {} }),
  ])
    expect(() => demandKnown("a.onnx", known)).not.toThrow();
  const twice = { ...fine, opsets: [...fine.opsets, { domain: "ai.onnx", version: 18 }] };
  expect(() => demandKnown("a.onnx", twice)).toThrow(/named twice\. Run tideline import/);
});
