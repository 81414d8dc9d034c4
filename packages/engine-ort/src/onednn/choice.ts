import { XincError } from '@xinc/core';
import type { Device } from '../devices.js';
import type { StepLibrary } from '../runtime/protocol.js';

/** Which library computes training steps: `off`, or the path of oneDNN's. */
const VARIABLE = 'XINC_ONEDNN';

/** Where its steps were measured and found faster. */
const isMeasured = process.platform === 'linux' && process.arch === 'x64';

export function stepLibrary(device: Device): StepLibrary {
  const chosen = process.env[VARIABLE];
  if (device !== 'cpu' || chosen === 'off') return 'none';
  if (chosen) return { file: chosen };
  return isMeasured ? 'if-present' : 'none';
}

/** What to do where a step fails in it. */
export const WITHOUT_ONEDNN = `Set ${VARIABLE}=off to have ONNX Runtime compute training steps.`;

/** The refusal of a library that was named and cannot be used. */
export function oneDnnRefused(cause: Error): XincError {
  return new XincError('unsupported', `oneDNN cannot be used from '${process.env[VARIABLE]}': ${cause.message}`, {
    subject: VARIABLE,
    hint: `Give the path of libdnnl, version 2 or 3, whose threads are OpenMP's. ${WITHOUT_ONEDNN}`,
    cause,
  });
}
