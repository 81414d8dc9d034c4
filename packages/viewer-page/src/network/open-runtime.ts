import type { InferenceSession } from 'onnxruntime-web';
import asyncifyModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import plainModule from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import plainBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { unzipped } from '../access/inside/blocks.js';
import type { NetworkDevice } from './network-messages.js';

type Runtime = typeof import('onnxruntime-web');

/** ONNX Runtime, ready to make sessions. */
export interface OpenRuntime {
  readonly Tensor: Runtime['Tensor'];
  readonly device: NetworkDevice;
  open(graph: Uint8Array): Promise<InferenceSession>;
}

/** More threads than this do not make small networks faster. */
const MOST_THREADS = 4;

/** ONNX Runtime whose binary is at hand, compressed by gzip: WebAssembly on one thread. */
export async function openRuntimeOf(compressed: Uint8Array<ArrayBuffer>): Promise<OpenRuntime> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await unzipped(compressed);
  return runtimeOf(ort, { kind: 'wasm', threads: 1 });
}

/**
 * WebGPU where the browser has it, else WebAssembly: with threads where the page may share memory. Only the one that is used is
 * loaded, from the page's own server.
 */
export async function openRuntime(): Promise<OpenRuntime> {
  const threads = globalThis.crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1) : 1;
  const adapter = await gpuAdapter();
  if (adapter === undefined) return openWasm({ kind: 'wasm', threads });
  if (typeof adapter === 'string') return openWasm({ kind: 'wasm', threads, reason: adapter });
  const ort = await import('onnxruntime-web/webgpu');
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = { mjs: absolute(asyncifyModule), wasm: absolute(asyncifyBinary) };
  return runtimeOf(ort, { kind: 'webgpu', threads });
}

async function openWasm(device: NetworkDevice): Promise<OpenRuntime> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = device.threads;
  ort.env.wasm.wasmPaths = { mjs: absolute(plainModule), wasm: absolute(plainBinary) };
  return runtimeOf(ort, device);
}

function runtimeOf(ort: Runtime, device: NetworkDevice): OpenRuntime {
  ort.env.logLevel = 'error';
  return {
    Tensor: ort.Tensor,
    device,
    open: (graph) => ort.InferenceSession.create(graph, { executionProviders: [device.kind] }),
  };
}

/** `undefined` where the browser has no WebGPU; a text where it has, and gives no device. */
async function gpuAdapter(): Promise<object | string | undefined> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<object | null> } };
  if (!gpu) return undefined;
  try {
    return (await gpu.requestAdapter()) ?? 'the browser gives no graphics processor';
  } catch (error) {
    return (error as Error).message;
  }
}

const absolute = (address: string) => new URL(address, import.meta.url).href;
