import { deriveHooks, type Inr, type InrProgram, ndarray, type SignalShape, XincError } from '@xinc/core';
import { planArchitecture } from './architecture.js';
import type { HnervConfig } from './config.js';
import { EMBEDDING_INDEX, forward } from './forward.js';
import { layerNames } from './layer-names.js';
import { checkpointLayouts } from './layouts.js';
import { parameterSpecs } from './parameters.js';
import { trainingDefaults } from './training.js';

/** @throws XincError `invalid-option` if the configuration does not fit the signal, naming what would. */
export function buildHnerv(config: HnervConfig, signal: SignalShape): Inr {
  const architecture = planArchitecture(config, signal);
  const { ofFrame } = architecture.embedding;
  const program: InrProgram = {
    signal,
    parameters: parameterSpecs(architecture),
    sampling: 'frames',
    inputs: (frames) => ({
      [EMBEDDING_INDEX]: ndarray(
        [frames.length],
        Float32Array.from(frames, (frame) => embeddingOf(frame, ofFrame)),
      ),
    }),
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

function embeddingOf(frame: number, ofFrame: readonly number[]): number {
  const embedding = ofFrame[frame];
  if (embedding !== undefined) return embedding;
  throw new XincError('not-found', `hnerv: there is no frame ${frame}`, {
    subject: 'frame',
    hint: ofFrame.length === 1 ? 'The signal has only frame 0.' : `Frames are 0 to ${ofFrame.length - 1}.`,
  });
}
