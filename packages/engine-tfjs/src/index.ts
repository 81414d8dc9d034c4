import { defineEngine, type EngineOptions, XincError } from '@xinc/core';
import { TfjsEngine } from './engine.js';
import { loadRuntime } from './runtime.js';

const DEVICES = ['cpu'];

/**
 * The engine `tfjs`: programs over TensorFlow.js, run eagerly, in the native library of `@tensorflow/tfjs-node` where
 * that loads and in plain JavaScript elsewhere; `Engine.description` says which.
 */
export default defineEngine({
  kind: 'engine',
  name: 'tfjs',
  title: 'TensorFlow.js',
  devices: DEVICES,
  async create({ device = 'cpu', threads }: EngineOptions = {}) {
    if (!DEVICES.includes(device)) {
      throw new XincError('unsupported', `The engine tfjs has no device '${device}'`, {
        subject: device,
        hint: `It has: ${DEVICES.join(', ')}.`,
      });
    }
    if (threads !== undefined && !(Number.isSafeInteger(threads) && threads >= 1)) {
      throw new XincError('invalid-option', `The number of threads is ${threads}, not a whole number of at least 1`, {
        subject: 'threads',
      });
    }
    return new TfjsEngine(await loadRuntime(threads));
  },
});
