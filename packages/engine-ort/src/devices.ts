import { availableParallelism } from 'node:os';
import { type EngineOptions, XincError } from '@xinc/core';

/** What ONNX Runtime calls execution providers: where it can run, and what a machine needs for it. */
const DEVICES = {
  cpu: { provider: 'cpu', needs: '' },
  cuda: {
    provider: 'cuda',
    needs:
      'It takes an NVIDIA card with CUDA 12, cuDNN 9 and the CUDA files that the install script of onnxruntime-node fetches.',
  },
  webgpu: { provider: 'webgpu', needs: 'It takes a graphics card with a Vulkan, Metal or Direct3D 12 driver.' },
  dml: { provider: 'dml', needs: 'DirectML is part of Windows.' },
  coreml: { provider: 'coreml', needs: 'Core ML is part of macOS.' },
} as const;

export type Device = keyof typeof DEVICES;
export const devices = Object.keys(DEVICES) as readonly Device[];

/** What an engine runs on, with the defaults filled in. */
export interface RuntimeOptions {
  readonly device: Device;
  readonly threads: number;
}

/** @throws XincError `invalid-option` for a device that does not exist or a number of threads that makes no sense. */
export function readOptions({ device = 'cpu', threads = availableParallelism() }: EngineOptions): RuntimeOptions {
  if (!isDevice(device)) {
    throw new XincError('invalid-option', `There is no device '${device}'`, {
      subject: 'device',
      hint: `The engine 'ort' knows: ${devices.join(', ')}.`,
    });
  }
  if (!Number.isInteger(threads) || threads < 1) {
    throw new XincError('invalid-option', `The number of threads is ${threads}, not a whole number of at least 1`, {
      subject: 'threads',
    });
  }
  return { device, threads };
}

function isDevice(name: string): name is Device {
  return Object.hasOwn(DEVICES, name);
}

/** The refusal of a device that this machine does not have. */
export function deviceMissing(device: Device, cause: unknown): XincError {
  const { needs } = DEVICES[device];
  return new XincError(
    'unsupported',
    `The device '${device}' cannot be used on this machine (${process.platform} ${process.arch})`,
    { subject: device, hint: `${needs} Choose the device 'cpu' to go on without it.`, cause },
  );
}
