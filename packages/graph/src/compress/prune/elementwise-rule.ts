import { keepAxis, tieAxes, type AxisRule, type PlacedValue, type RuleCall } from "./axis-rule.ts";

/** Ties an input's axes to those of an output to which it broadcasts, counted from the back. */
function tieBroadcast(call: RuleCall, input: PlacedValue, output: PlacedValue): void {
  const lead = output.axes.length - input.axes.length;
  for (const [axis, places] of input.axes.entries()) {
    // A single number that meets them all stays; it says nothing of the others.
    if (places?.length === 1 && output.axes[lead + axis]?.length !== 1) keepAxis(call, places);
    else tieAxes(call, places, output.axes[lead + axis]);
  }
}

/** Operators that work element by element: place by place, inputs broadcast. */
export const elementwise: AxisRule = (call) => {
  const output = call.outputs[0]!;
  for (const input of call.inputs) if (input !== undefined) tieBroadcast(call, input, output);
  for (const further of call.outputs.slice(1)) tieBroadcast(call, further, output);
};

/** Operators whose first input alone has channels; the others are bounds and settings. */
export const unary: AxisRule = (call) => {
  elementwise({ ...call, inputs: call.inputs.slice(0, 1) });
  for (const setting of call.inputs.slice(1)) for (const axis of setting?.axes ?? []) keepAxis(call, axis);
};
