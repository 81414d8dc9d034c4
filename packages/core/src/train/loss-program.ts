import type { Program } from '../engine.js';
import type { Inr } from '../inr.js';
import { TARGET } from './batches.js';

/** The mean squared error of a batch: parameters, inputs and `TARGET` by name → `loss`. */
export function lossProgram(inr: Inr): Program {
  return (ops, values) => {
    const { output } = inr.forward(ops, values, values);
    return { loss: ops.mean(ops.square(ops.sub(output, values[TARGET]))) };
  };
}
