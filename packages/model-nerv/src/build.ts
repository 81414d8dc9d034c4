import { deriveHooks, type Inr, type InrProgram, type SignalShape, XincError } from '@xinc/core';
import { planArchitecture } from './architecture.js';
import type { NervConfig } from './config.js';
import { encodeFrames } from './encoding.js';
import { ENCODING, forward } from './forward.js';
import { layerNames } from './layer-names.js';
import { checkpointLayouts } from './naming.js';
import { parameterSpecs } from './parameters.js';
import { trainingDefaults } from './training.js';

/** @throws XincError `invalid-option` if the configuration does not fit the signal, naming what would. */
export function buildNerv(config: NervConfig, signal: SignalShape): Inr {
  const architecture = planArchitecture(config, signal);
  const program: InrProgram = {
    signal,
    parameters: parameterSpecs(architecture),
    sampling: 'frames',
    inputs(frames) {
      for (const frame of frames) checkFrame(frame, signal);
      return { [ENCODING]: encodeFrames(frames, signal.frames, architecture.encoding) };
    },
    forward: (ops, parameters, inputs) => forward(architecture, ops, parameters, inputs),
  };
  const { layers, recorded, untraced } = deriveHooks(program, { name: layerNames(architecture) });
  return {
    ...program,
    layers,
    recorded,
    untraced,
    training: trainingDefaults(config, signal),
    checkpoints: checkpointLayouts(architecture),
  };
}

function checkFrame(frame: number, { frames }: SignalShape): void {
  if (Number.isInteger(frame) && frame >= 0 && frame < frames) return;
  throw new XincError('not-found', `nerv: there is no frame ${frame}`, {
    subject: 'frame',
    hint: frames === 1 ? 'The signal has only frame 0.' : `Frames are 0 to ${frames - 1}.`,
  });
}
