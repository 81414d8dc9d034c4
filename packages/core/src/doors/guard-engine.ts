import type { Engine, EnginePlugin, Executable, PreparedBatch, Trainer } from '../engine.js';
import { type NdArray, sizeOf } from '../ndarray.js';
import { isObject, requireThat, show } from './breach.js';
import { callAsync } from './call.js';
import type { Owner } from './fault.js';
import { withFunctions } from './with-functions.js';

/** An engine whose runtime's errors are told as its own, and whose results are checked for their form. */
export function guardEngine(owner: Owner, plugin: EnginePlugin): EnginePlugin {
  const { exportOnnx, exportOnnxHalves } = plugin;
  return withFunctions(plugin, {
    create: (options) =>
      callAsync(
        owner,
        'create',
        () => plugin.create(options),
        (engine) => {
          requireFunctions(engine, ['compile', 'compileGradient', 'compileTraining', 'dispose']);
          return guardRunning(owner, engine as unknown as Engine);
        },
      ),
    ...(exportOnnx && {
      exportOnnx: (model) => callAsync(owner, 'exportOnnx', () => exportOnnx.call(plugin, model), fileBytes),
    }),
    ...(exportOnnxHalves && {
      exportOnnxHalves: (model, changing) =>
        callAsync(
          owner,
          'exportOnnxHalves',
          () => exportOnnxHalves.call(plugin, model, changing),
          (halves: unknown) => {
            if (halves === null) return null;
            requireThat(isObject(halves), `it gave ${show(halves)}`, "Give the files 'before' and 'after', or null.");
            return { before: fileBytes(halves.before), after: fileBytes(halves.after) };
          },
        ),
    }),
  });
}

function fileBytes(file: unknown): Uint8Array {
  requireThat(file instanceof Uint8Array, `it gave ${show(file)}`, 'Give the bytes of a file.');
  return file;
}

function guardRunning(owner: Owner, engine: Engine): Engine {
  const executable = (made: unknown) => {
    requireFunctions(made, ['run', 'dispose']);
    return guardExecutable(owner, made as unknown as Executable);
  };
  return {
    name: engine.name,
    description: engine.description,
    ...(engine.advice !== undefined && { advice: engine.advice }),
    compile: (...args) => callAsync(owner, 'compile', () => engine.compile(...args), executable),
    compileGradient: (...args) =>
      callAsync(owner, 'compileGradient', () => engine.compileGradient(...args), executable),
    compileTraining: (spec) =>
      callAsync(
        owner,
        'compileTraining',
        () => engine.compileTraining(spec),
        (made) => {
          requireFunctions(made, ['prepare', 'step', 'state', 'dispose']);
          return guardTrainer(owner, made as unknown as Trainer);
        },
      ),
    dispose: () => callAsync(owner, 'dispose', () => engine.dispose(), nothing),
  };
}

function guardExecutable(owner: Owner, made: Executable): Executable {
  return {
    run: (inputs) =>
      callAsync(
        owner,
        'run',
        () => made.run(inputs),
        (results) => {
          requireThat(isObject(results), `it gave ${show(results)}`);
          for (const [name, array] of Object.entries(results)) checkArray(name, array);
          return results;
        },
      ),
    dispose: () => callAsync(owner, 'dispose', () => made.dispose(), nothing),
  };
}

function guardTrainer(owner: Owner, trainer: Trainer): Trainer {
  return {
    ...(trainer.description !== undefined && { description: trainer.description }),
    prepare: (batch) =>
      callAsync<PreparedBatch, PreparedBatch>(
        owner,
        'prepare',
        () => trainer.prepare(batch),
        (prepared) => prepared,
      ),
    step: (batch, learningRate) =>
      callAsync(
        owner,
        'step',
        () => trainer.step(batch, learningRate),
        (loss) => {
          requireThat(typeof loss === 'number', `it gave ${show(loss)}`, 'Give the loss, a number.');
          return loss;
        },
      ),
    state: () =>
      callAsync(
        owner,
        'state',
        () => trainer.state(),
        (state) => state,
      ),
    dispose: () => callAsync(owner, 'dispose', () => trainer.dispose(), nothing),
  };
}

const nothing = () => {};

function requireFunctions(made: unknown, names: readonly string[]): asserts made is object {
  requireThat(isObject(made), `it gave ${show(made)}`);
  for (const name of names) {
    requireThat(typeof made[name] === 'function', `what it gave has no function '${name}'`);
  }
}

function checkArray(name: string, array: NdArray): void {
  const fits =
    isObject(array) &&
    Array.isArray(array.shape) &&
    array.data instanceof Float32Array &&
    array.data.length === sizeOf(array.shape);
  requireThat(fits, `its result '${name}' is no array whose values fill its shape`);
}
