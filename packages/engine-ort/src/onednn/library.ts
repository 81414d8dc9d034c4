import type { LibraryHandle } from 'koffi';

/** A pointer of the library's, or memory that a call reads or fills in. */
export type Pointer = unknown;

/** What the library answers; 0 is success. */
const STATUS = [
  'success',
  'out of memory',
  'invalid arguments',
  'unimplemented',
  'last implementation',
  'runtime error',
];

/** A call that the library did not serve. */
export class OneDnnError extends Error {
  constructor(
    call: string,
    readonly status: number,
  ) {
    super(`${call}: ${STATUS[status] ?? `status ${status}`}`);
  }

  /** Whether the library says that it does not do such a thing, and not that something went wrong. */
  get isRefusal(): boolean {
    return STATUS[this.status] === 'unimplemented' || STATUS[this.status] === 'invalid arguments';
  }
}

/** What the system finds by name, newest version first. It is looked for where it was measured: Linux. */
const FILES = ['libdnnl.so.3', 'libdnnl.so.2'];
const DEBIAN =
  'It is not installed: it is the package libdnnl2 (Debian 12, Ubuntu 22.04) or libdnnl3 (later ones) of apt-get';

/** The library, or in one sentence why it is not used. */
export type FoundOneDnn = { readonly library: OneDnn } | { readonly why: string };

/**
 * @param file the library to open in place of the system's
 * @throws Error where `file` is no library that can be used
 */
export async function findOneDnn(threads: number, file?: string): Promise<FoundOneDnn> {
  let koffi: typeof import('koffi');
  try {
    koffi = await import('koffi');
  } catch (error) {
    if (file !== undefined) throw error;
    return { why: 'The optional package koffi, which calls it, is not installed' };
  }
  spinBriefly(koffi);
  let why = DEBIAN;
  for (const name of file === undefined ? FILES : [file]) {
    try {
      return { library: new OneDnn(koffi, koffi.load(name), threads) };
    } catch (error) {
      if (file !== undefined) throw error;
      const { message } = error as Error;
      if (!message.includes('No such file')) why = `${name} cannot be used: ${message}`;
    }
  }
  return { why };
}

/** How often a thread of GCC's OpenMP looks for work before it sleeps: about 100 µs, as for ONNX Runtime's threads. */
const SPINS = '3000';

/**
 * Has threads that wait spin for a moment. By itself each does so for some 15 ms, on a processor that ONNX Runtime, which makes SOAP's new bases,
 * or another process could use. The library of threads reads it when it is loaded; what the user has set stays.
 */
function spinBriefly({ load }: typeof import('koffi')): void {
  if (process.platform !== 'linux' || process.env.OMP_WAIT_POLICY !== undefined) return;
  try {
    load('libc.so.6').func('int setenv(const char* name, const char* value, int overwrite)')(
      'GOMP_SPINCOUNT',
      SPINS,
      0,
    );
  } catch {
    // Another C library: threads spin for longer, and nothing else changes.
  }
}

const CPU = 1;
const IN_ORDER = 1;

/** oneDNN of version 2 or 3 on processors: its C functions by name, and what all of them are given. */
export class OneDnn {
  readonly version: string;
  /** 2 or 3: their calls differ where descriptors are made. */
  readonly major: number;
  readonly engine: Pointer;
  readonly #stream: Pointer;
  readonly #koffi: typeof import('koffi');
  readonly #library: LibraryHandle;
  readonly #functions = new Map<string, (...args: unknown[]) => unknown>();
  readonly #execute: (primitive: Pointer, stream: Pointer, count: number, args: Buffer) => number;
  readonly #setData: (memory: Pointer, data: Float32Array) => number;

  /** @throws Error where it is no oneDNN of these versions, or one whose threads cannot be counted. */
  constructor(koffi: typeof import('koffi'), library: LibraryHandle, threads: number) {
    this.#koffi = koffi;
    this.#library = library;
    const version = [...koffi.decode(this.call('void* dnnl_version()'), koffi.array('int', 3))] as number[];
    this.version = version.join('.');
    this.major = version[0];
    if (this.major !== 2 && this.major !== 3) throw new Error(`version ${this.version} is neither 2 nor 3`);
    // The function is found in the library of threads that this one was linked with; it counts for the thread that calls it.
    this.call('void omp_set_num_threads(int threads)', threads);
    // Sums depend on how many they are.
    this.call('void omp_set_dynamic(int dynamic)', 0);
    this.engine = this.create('dnnl_engine_create', 'int kind, size_t index', CPU, 0);
    this.#stream = this.create('dnnl_stream_create', 'void* engine, unsigned int flags', this.engine, IN_ORDER);
    this.#execute = library.func('int dnnl_primitive_execute(void* primitive, void* stream, int count, void* args)');
    this.#setData = library.func('int dnnl_memory_set_data_handle(void* memory, void* data)');
  }

  /** @param declaration in C */
  call(declaration: string, ...args: unknown[]): unknown {
    let called = this.#functions.get(declaration);
    if (!called) {
      called = this.#library.func(declaration) as (...args: unknown[]) => unknown;
      this.#functions.set(declaration, called);
    }
    return called(...args);
  }

  /** Calls a function that answers with a status. */
  run(name: string, parameters: string, ...args: unknown[]): void {
    const status = this.call(`int ${name}(${parameters})`, ...args) as number;
    if (status !== 0) throw new OneDnnError(name, status);
  }

  /** Calls a function whose first parameter is where it puts what it makes. */
  create(name: string, parameters = '', ...args: unknown[]): Pointer {
    const made: Pointer[] = [null];
    this.run(name, parameters === '' ? '_Out_ void** made' : `_Out_ void** made, ${parameters}`, made, ...args);
    return made[0];
  }

  execute(primitive: Pointer, count: number, args: Buffer): void {
    const status = this.#execute(primitive, this.#stream, count, args);
    if (status !== 0) throw new OneDnnError('dnnl_primitive_execute', status);
  }

  setData(memory: Pointer, data: Float32Array): void {
    const status = this.#setData(memory, data);
    if (status !== 0) throw new OneDnnError('dnnl_memory_set_data_handle', status);
  }

  addressOf(pointer: Pointer): bigint {
    return this.#koffi.address(pointer);
  }

  dispose(): void {
    this.run('dnnl_stream_destroy', 'void* stream', this.#stream);
    this.run('dnnl_engine_destroy', 'void* engine', this.engine);
  }
}
