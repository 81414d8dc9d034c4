import type { InferenceSession } from 'onnxruntime-web';
import asyncifyModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import plainModule from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import plainBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { unzipped } from '../access/inside/blocks.js';
import type { RuntimeBinary } from '../access/runtime-binary.js';
import { fetchFile } from '../access/site/site-files.js';
import { hostedName } from '../access/site/site-paths.js';
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

/**
 * WebGPU where the browser has it, else WebAssembly: with threads where the page may share memory. Only the one that is used is
 * loaded, from where the page comes from. A binary at hand is WebAssembly's on one thread.
 */
export async function openRuntime(binary: RuntimeBinary): Promise<OpenRuntime> {
  if (binary.kind === 'bytes') {
    const ort = await import('onnxruntime-web/wasm');
    ort.env.wasm.wasmBinary = await unzipped(binary.compressed);
    return runtimeOf(ort, { kind: 'wasm', threads: 1 });
  }
  const threads = globalThis.crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1) : 1;
  const adapter = await gpuAdapter();
  if (typeof adapter !== 'object') {
    const ort = await import('onnxruntime-web/wasm');
    await setFiles(ort, plainModule, plainBinary, binary.packed);
    return runtimeOf(ort, { kind: 'wasm', threads, ...(adapter !== undefined && { reason: adapter }) });
  }
  const ort = await import('onnxruntime-web/webgpu');
  await setFiles(ort, asyncifyModule, asyncifyBinary, binary.packed);
  return runtimeOf(ort, { kind: 'webgpu', threads });
}

/** Whence the runtime loads its script and its binary. */
async function setFiles({ env }: Runtime, script: string, binary: string, packed: boolean): Promise<void> {
  env.wasm.wasmPaths = { mjs: absolute(script), wasm: absolute(binary) };
  if (!packed) return;
  const name = hostedName(binary);
  env.wasm.wasmBinary = await unzipped(await fetchFile(absolute(name), name));
}

function runtimeOf(ort: Runtime, device: NetworkDevice): OpenRuntime {
  ort.env.wasm.numThreads = device.threads;
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
