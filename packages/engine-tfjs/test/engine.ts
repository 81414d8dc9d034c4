import { libraryConvolution } from '../src/convolution.js';
import { TfjsEngine } from '../src/engine.js';
import { loadRuntime } from '../src/runtime.js';

/** The module that the engine uses, for counting tensors and building rules by hand. */
export const { tf } = await loadRuntime();

/** An engine with the convolution of the native backend, run by the plain JavaScript one. */
export const engineWithLibraryConvolution = (): TfjsEngine =>
  new TfjsEngine({ tf, convolve: libraryConvolution(tf), description: 'library convolution' });
