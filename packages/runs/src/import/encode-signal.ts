import {
  type Arrays,
  type Engine,
  formatShape,
  type Inr,
  ndarray,
  type Program,
  type Signal,
  sameShape,
  shapesOf,
  sizeOf,
  throwIfAborted,
  XincError,
} from '@xinc/core';
import type { Encoding } from './recognise-network.js';

const FRAME = 'frame';
const CODE = 'code';

/**
 * Computes the parameter that an encoder makes of the signal's frames, one after another.
 * @returns the parameter by its name
 * @throws XincError `invalid-file` where it makes another shape of them, `numeric` where what it makes are no numbers;
 *   `cancelled`
 */
export async function encodeSignal(
  inr: Inr,
  { encoder, weights }: Encoding,
  signal: Signal,
  engine: Engine,
  abort: AbortSignal | undefined,
): Promise<Arrays> {
  const { parameter } = encoder;
  const { shape } = inr.parameters.find(({ name }) => name === parameter)!;
  const { frames, height, width } = signal.shape;
  const ofFrame = [1, ...shape.slice(1)];
  const values = new Float32Array(sizeOf(shape));
  const constants = weights();
  const program: Program = (ops, { [FRAME]: frame, ...given }) => ({ [CODE]: encoder.encode(ops, given, frame) });
  const executable = await engine.compile(
    program,
    { ...shapesOf(constants), [FRAME]: [1, 3, height, width] },
    { outputs: [CODE] },
  );
  try {
    for (let frame = 0; frame < frames; frame++) {
      throwIfAborted(abort);
      const { rgb } = await signal.frame(frame);
      const area = height * width;
      const planes = Float32Array.from({ length: 3 * area }, (_, i) => rgb[3 * (i % area) + Math.floor(i / area)]);
      const { [CODE]: code } = await executable.run({ ...constants, [FRAME]: ndarray([1, 3, height, width], planes) });
      if (!sameShape(code.shape, ofFrame) || frames !== shape[0]) {
        throw new XincError(
          'invalid-file',
          `The encoder makes ${frames} × ${formatShape(code.shape.slice(1))} of the signal, and the network's '${parameter}' is ${formatShape(shape)}`,
          { subject: parameter, hint: 'Save what it made in training beside the network, and import that.' },
        );
      }
      if (code.data.some((value) => !Number.isFinite(value))) {
        throw new XincError('numeric', `The encoder makes no numbers of frame ${frame}`, {
          subject: parameter,
          hint: 'The training that made it has probably diverged; use an earlier checkpoint.',
        });
      }
      values.set(code.data, frame * sizeOf(ofFrame));
    }
  } finally {
    await executable.dispose();
  }
  return { [parameter]: ndarray(shape, values) };
}
