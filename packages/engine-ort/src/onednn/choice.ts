import { XincError } from '@xinc/core';
import type { Device } from '../devices.js';
import type { StepLibrary } from '../runtime/protocol.js';

/** Which library computes training steps: `off`, or the path of oneDNN's. */
const VARIABLE = 'XINC_ONEDNN';

/** Processors that its steps were measured on and found faster. */
const MEASURED: readonly NodeJS.Architecture[] = ['x64'];

export function stepLibrary(device: Device): StepLibrary {
  const chosen = process.env[VARIABLE];
  if (device !== 'cpu' || chosen === 'off') return 'none';
  if (chosen) return { file: chosen };
  return MEASURED.includes(process.arch) ? 'if-present' : 'none';
}

/** The refusal of a library that was named and cannot be used. */
export function oneDnnRefused(cause: Error): XincError {
  return new XincError('unsupported', `oneDNN cannot be used from '${process.env[VARIABLE]}': ${cause.message}`, {
    subject: VARIABLE,
    hint: `Give the path of libdnnl, version 2 or 3, or 'off' to have ONNX Runtime compute training steps.`,
    cause,
  });
}
