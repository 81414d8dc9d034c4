import { isXincError, XincError } from '@xinc/core';
import { expect, test } from 'vitest';
import onnx from '../src/index.js';
import { BAD_FILES, type BadFile, SIGNAL } from './bad-files.js';

/* Files that are no network, or none that can be read: each is refused in one line that says what is wrong with it. */

/** Reads a file and builds its network, as an import does before anything runs. @returns what is said */
function refused({ bytes, arrays = {}, signal = SIGNAL }: BadFile): XincError | undefined {
  const beside = () => {
    throw new XincError('not-found', 'weights.bin is missing');
  };
  try {
    onnx.files!.checkBeginning!(bytes.subarray(0, 4096), 'network.onnx');
    const { config } = onnx.files!.read({ name: 'network.onnx', bytes, beside, arrays });
    onnx.build(onnx.config.parse(config), signal);
    return undefined;
  } catch (error) {
    if (isXincError(error)) return error;
    throw error;
  }
}

test.each(BAD_FILES)('$what', (file) => {
  const error = refused(file);
  expect(error?.message).toBe(file.says);
  expect(error?.message).not.toMatch(/\n|undefined|\[object|NaN/);
});
