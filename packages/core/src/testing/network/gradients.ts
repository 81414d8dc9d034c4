import type { Arrays, Program } from '../../engine.js';
import { type NdArray, ndarray } from '../../ndarray.js';
import type { Frame } from '../../signal.js';
import { shortly } from '../difference.js';
import { gradientErrors } from '../gradient-errors.js';
import { type BuiltNetwork, somePixels } from './built-network.js';

const TARGET = 'target';

/**
 * The gradient of the training's loss by each parameter that is trained, against differences.
 * @returns by engine, the largest error
 * @throws XincError `plugin` naming engine and parameter
 */
export async function checkGradients(built: BuiltNetwork): Promise<Record<string, number>> {
  const { tested, inr, weights, engines, tolerance, frame, picture } = built;
  const pixels = somePixels(built);
  const target = pixels ? rowsOf(picture, pixels) : planesOf(picture);
  const inputs: Arrays = { ...weights, ...inr.inputs([frame], pixels, weights), [TARGET]: target };
  const program: Program = (ops, values) => {
    const { output } = inr.forward(ops, values, values);
    return { loss: ops.mean(ops.square(ops.sub(output, values[TARGET]))) };
  };
  const trained = inr.parameters.filter(({ trainable }) => trainable).map(({ name }) => name);
  const errors = await gradientErrors(program, inputs, engines, trained);
  const together = errors.together();
  for (const [i, { name: engine }] of engines.entries()) {
    if (together[i].relative <= tolerance.gradients) continue;
    for (const parameter of trained) {
      const { relative, derivative, difference } = errors.of(parameter)[i];
      if (relative <= tolerance.gradients) continue;
      const found = `${shortly(derivative)} in a direction in which differences give ${shortly(difference)}`;
      throw tested.fail(
        `gradient by '${parameter}'`,
        `on the engine '${engine}' it is ${found}: ${shortly(relative)} of what is expected, ${tolerance.gradients} is allowed`,
        'Training follows this gradient; steps such as floor, round and greater have none.',
      );
    }
  }
  return Object.fromEntries(engines.map(({ name }, i) => [name, together[i].relative]));
}

function rowsOf({ rgb }: Frame, pixels: Uint32Array): NdArray {
  return ndarray(
    [pixels.length, 3],
    Float32Array.from({ length: 3 * pixels.length }, (_, i) => rgb[3 * pixels[Math.floor(i / 3)] + (i % 3)]),
  );
}

function planesOf({ rgb, height, width }: Frame): NdArray {
  const area = height * width;
  return ndarray(
    [1, 3, height, width],
    Float32Array.from(rgb, (_, i) => rgb[3 * (i % area) + Math.floor(i / area)]),
  );
}
