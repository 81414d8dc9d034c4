import { mapValues, shapesOf } from '../arrays.js';
import type { Shapes } from '../engine.js';
import { differentiate } from '../graph/differentiate.js';
import { traceProgram } from '../graph/graph.js';
import { peakBytes } from '../graph/peak-bytes.js';
import type { Inr } from '../inr.js';
import { sizeOf } from '../ndarray.js';
import { trainingMemory } from '../optimizers/optimizer.js';
import { TARGET } from './batches.js';
import { lossProgram } from './loss-program.js';

/** Bytes of a value. */
const BYTES = 4;
/** Copies of a batch: that of the step under way and the next one, each where it was made and in the engine. */
const BATCHES = 4;
/** Copies of the parameters and of what the optimiser remembers: before and after a step, one that is saved, and that file's bytes. */
const STATES = 4;
/** Bytes that a process and an engine take whatever they compute, about. */
const PROGRAM = 230e6;
/** What an engine holds for a step in proportion to the values that are alive at once: measured, 1.0 to 1.3 in oneDNN, 1.1 to 1.6 in ONNX Runtime. */
const ALLOCATED = 1.25;

/**
 * Bytes of memory that training takes, about: counted of the step's graph, whose values are kept until what reads them is computed,
 * of the batches and of the training's state. What an engine needs beside these is between ONNX Runtime's and oneDNN's; another may take other amounts.
 * @param batch pixels or frames of a step
 */
export function trainingBytes(inr: Inr, batch: number): number {
  const { frames, height, width } = inr.signal;
  const pixels = height * width;
  const size = Math.min(batch, inr.sampling === 'pixels' ? pixels : frames);
  const target = inr.sampling === 'pixels' ? [size, 3] : [size, 3, height, width];
  const parameters = Object.fromEntries(inr.parameters.map(({ name, shape }) => [name, shape]));
  const shapes = { ...inputShapes(inr, size), [TARGET]: target };
  const { graph, inputs: nodes, outputs } = traceProgram(lossProgram(inr), { ...parameters, ...shapes });
  const trained = inr.parameters.filter(({ trainable }) => trainable).map(({ name }) => name);
  const gradients = differentiate(
    graph,
    outputs.loss,
    trained.map((name) => nodes[name]),
  );
  const step = peakBytes({
    ...outputs,
    ...Object.fromEntries(trained.map((name, i) => [`gradient:${name}`, gradients[i]])),
  });
  const state = [
    ...Object.values(parameters),
    ...Object.values(trainingMemory(inr)).flatMap((part) => Object.values(part)),
  ];
  const count = (all: readonly (readonly number[])[]) => BYTES * all.reduce((sum, shape) => sum + sizeOf(shape), 0);
  return PROGRAM + ALLOCATED * step + BATCHES * count(Object.values(shapes)) + STATES * count(state);
}

/** Shapes of the network's inputs for so many pixels or frames: those of one and of two say which of their axes grow. */
function inputShapes(inr: Inr, size: number): Shapes {
  const of = (count: number): Shapes =>
    shapesOf(
      inr.sampling === 'pixels'
        ? inr.inputs([0], new Uint32Array(count))
        : inr.inputs(Array.from({ length: count }, (_, i) => i)),
    );
  const one = of(1);
  if (size === 1) return one;
  const two = of(2);
  return mapValues(one, (shape, name) => shape.map((extent, axis) => extent + (size - 1) * (two[name][axis] - extent)));
}
