import { describe, expect, test, vi } from 'vitest';
import type { Arrays, Engine, PreparedBatch, Trainer, TrainerState, TrainingProgram } from '../engine.js';
import type { Inr } from '../inr.js';
import { ndarray } from '../ndarray.js';
import type { Frame, Signal } from '../signal.js';
import { createBatches, TARGET } from './batches.js';
import { initializeParameters } from './initialize.js';
import { type TrainingState, train } from './train.js';

const shape = { kind: 'image', frames: 1, height: 4, width: 5 } as const;

/** A picture whose red value is its pixel's index. */
const picture: Frame = {
  height: 4,
  width: 5,
  rgb: Float32Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? i / 3 : 0)),
};

function signalOf(frames: readonly Frame[], kind: 'image' | 'video' = 'image'): Signal {
  return {
    shape: { ...shape, kind, frames: frames.length },
    source: { path: 'test', sha256: '', originalHeight: 4, originalWidth: 5, notes: [] },
    frame: async (index) => frames[index],
  };
}

function inrOf(sampling: Inr['sampling'], frames = 1): Inr {
  return {
    signal: { ...shape, frames },
    sampling,
    parameters: [
      { name: 'w', shape: [2], init: { kind: 'uniform', bound: 0.5 }, trainable: true },
      { name: 'f', shape: [3], init: { kind: 'normal', deviation: 2 }, trainable: false },
    ],
    inputs: (chosen, pixels) => ({
      place: pixels
        ? ndarray([pixels.length], Float32Array.from(pixels))
        : ndarray([chosen.length], Float32Array.from(chosen)),
    }),
    forward: (_ops, parameters) => ({ output: parameters.w, activations: {} }),
    layers: [],
    training: {
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      learningRate: 0.1,
      schedule: (q) => 1 - q,
      steps: 5,
      batch: 8,
    },
  };
}

/** Remembers what it was asked for; its parameter is the number of steps taken. */
class RecordingEngine {
  readonly batches: Arrays[] = [];
  readonly rates: number[] = [];
  disposed = 0;
  constructor(
    readonly lossAt: (step: number) => number = () => 0.25,
    readonly weightAt: (step: number) => number = (step) => step,
  ) {}

  readonly engine = {
    compileTraining: async (spec: TrainingProgram): Promise<Trainer> => {
      let step = spec.state?.step ?? 0;
      const prepared = new Map<PreparedBatch, Arrays>();
      return {
        prepare: async (batch) => {
          const handle = { dispose: () => void prepared.delete(handle) };
          prepared.set(handle, batch);
          return handle;
        },
        step: async (batch, rate) => {
          const arrays = prepared.get(batch);
          if (!arrays) throw new Error('a batch was used after it was disposed of');
          this.batches.push(arrays);
          this.rates.push(rate);
          return this.lossAt(step++);
        },
        state: async (): Promise<TrainerState> => ({
          step,
          parameters: { w: ndarray([2], Float32Array.of(step, this.weightAt(step))) },
          memory: {},
        }),
        dispose: async () => {
          this.disposed++;
        },
      };
    },
  } as unknown as Engine;
}

describe('training', () => {
  test('takes the steps, at the rates of the schedule, and gives trained and fixed parameters', async () => {
    const recording = new RecordingEngine();
    const steps: number[] = [];
    const weights = await train({
      inr: inrOf('pixels'),
      signal: signalOf([picture]),
      engine: recording.engine,
      seed: 3,
      onStep: ({ step, psnr }) => {
        steps.push(step);
        expect(psnr).toBeCloseTo(6.0206, 3);
      },
    });
    expect(steps).toEqual([1, 2, 3, 4, 5]);
    expect(recording.rates.map((rate) => Number(rate.toFixed(3)))).toEqual([0.1, 0.08, 0.06, 0.04, 0.02]);
    expect([...weights.w.data]).toEqual([5, 5]);
    expect(weights.f).toEqual(initializeParameters(inrOf('pixels').parameters, 3).f);
    expect(recording.disposed).toBe(1);
  });

  test('goes on from a state with the very batches that were to come', async () => {
    const whole = new RecordingEngine();
    const options = { inr: inrOf('pixels'), signal: signalOf([picture]), seed: 7 };
    await train({ ...options, engine: whole.engine });
    const first = new RecordingEngine();
    const controller = new AbortController();
    let state: TrainingState | undefined;
    const stopped = train({
      ...options,
      engine: first.engine,
      abort: controller.signal,
      onStep: ({ step }) => step === 2 && controller.abort(),
      onState: async (saved) => {
        state = saved;
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(state!.trainer.step).toBe(2);
    const second = new RecordingEngine();
    await train({ ...options, engine: second.engine, state: state! });
    expect([...first.batches, ...second.batches]).toEqual(whole.batches);
    expect([...first.rates, ...second.rates]).toEqual(whole.rates);
  });

  test('stops at a loss that is no number, and says where', async () => {
    const { engine } = new RecordingEngine((step) => (step === 3 ? Number.NaN : 0.1));
    const training = train({ inr: inrOf('pixels'), signal: signalOf([picture]), engine });
    await expect(training).rejects.toThrow('Training diverged: the loss is NaN at step 4. Try a smaller learning rate');
  });

  test('does not take weights that the last step made no numbers of', async () => {
    const { engine } = new RecordingEngine(undefined, () => Number.POSITIVE_INFINITY);
    const training = train({ inr: inrOf('pixels'), signal: signalOf([picture]), engine });
    await expect(training).rejects.toThrow("Training diverged: 'w' is not finite after step 5. Try a smaller");
  });

  test('saves its state now and then', async () => {
    const saved = await savedSteps({ steps: 6, step: 15_000, save: 0 });
    expect(saved).toEqual([2, 4, 6]);
  });

  test('saves less often where saving takes long', async () => {
    // After the first, which takes 2 s, the next is due 50 · 2 s later.
    const saved = await savedSteps({ steps: 12, step: 15_000, save: 2000 });
    expect(saved).toEqual([2, 9]);
  });
});

/** After which steps a training saves, by a clock on which each step and each save takes so many milliseconds. */
async function savedSteps({ steps, step, save }: Record<'steps' | 'step' | 'save', number>): Promise<number[]> {
  let time = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time);
  const saved: number[] = [];
  try {
    await train({
      inr: inrOf('pixels'),
      signal: signalOf([picture]),
      engine: new RecordingEngine().engine,
      steps,
      onStep: () => {
        time += step;
      },
      onState: async ({ trainer }) => {
        saved.push(trainer.step);
        time += save;
      },
    });
  } finally {
    clock.mockRestore();
  }
  return saved;
}

describe('batches', () => {
  test('of pixels pair each pixel with its colour', async () => {
    const batches = createBatches(inrOf('pixels'), signalOf([picture]), 8, 0, {});
    const { place, [TARGET]: target } = await batches.batch(4);
    expect(batches.constant).toBe(false);
    expect(target.shape).toEqual([8, 3]);
    for (let i = 0; i < 8; i++) expect([...target.data.subarray(3 * i, 3 * i + 3)]).toEqual([place.data[i], 0, 0]);
  });

  test('are the same for the same seed and step, and differ from step to step', async () => {
    const make = () => createBatches(inrOf('pixels'), signalOf([picture]), 8, 1, {});
    const [a, b] = [make(), make()];
    expect(await a.batch(3)).toEqual(await b.batch(3));
    expect(await a.batch(3)).not.toEqual(await a.batch(4));
  });

  test('hold the whole picture where it fits', async () => {
    const batches = createBatches(inrOf('pixels'), signalOf([picture]), 20, 0, {});
    expect(batches.constant).toBe(true);
    expect([...(await batches.batch(0)).place.data]).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test.each([8, 20])(
    'of %i pixels of a video are of one frame each, with its colours, and of every frame once an epoch',
    async (size) => {
      const frames = Array.from({ length: 3 }, (_, t) => ({
        ...picture,
        rgb: Float32Array.from({ length: 60 }, (_, i) => 100 * t + (i % 3 === 0 ? i / 3 : 0)),
      }));
      const inr: Inr = {
        ...inrOf('pixels', 3),
        inputs: ([frame], pixels) => ({
          place: ndarray(
            [size],
            Float32Array.from(pixels!, (p) => 100 * frame + p),
          ),
        }),
      };
      const batches = createBatches(inr, signalOf(frames, 'video'), size, 0, {});
      expect(batches.constant).toBe(false);
      const seen: number[] = [];
      for (let step = 0; step < 6; step++) {
        const { place, [TARGET]: target } = await batches.batch(step);
        for (let i = 0; i < size; i++) expect(target.data[3 * i]).toBe(place.data[i]);
        seen.push(Math.floor(place.data[0] / 100));
      }
      expect(seen.slice(0, 3).sort()).toEqual([0, 1, 2]);
      expect(seen.slice(3).sort()).toEqual([0, 1, 2]);
    },
  );

  test('of frames show every frame once an epoch, channels apart', async () => {
    const frames = Array.from({ length: 5 }, (_, t) => ({
      ...picture,
      rgb: Float32Array.from({ length: 60 }, (_, i) => 100 * t + (i % 3)),
    }));
    const batches = createBatches(inrOf('frames', 5), signalOf(frames, 'video'), 2, 0, {});
    const seen: number[] = [];
    for (let step = 0; step < 5; step++) {
      const { place, [TARGET]: target } = await batches.batch(step);
      expect(target.shape).toEqual([2, 3, 4, 5]);
      for (const [i, frame] of place.data.entries()) {
        seen.push(frame);
        for (let c = 0; c < 3; c++) expect(target.data[(3 * i + c) * 20]).toBe(100 * frame + c);
      }
    }
    expect(seen.slice(0, 5).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(seen.slice(5).sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

test('start weights depend on the seed, and on the parameters before alone', () => {
  const [w, f] = inrOf('pixels').parameters;
  expect(initializeParameters([w, f], 1).w).toEqual(initializeParameters([w], 1).w);
  expect(initializeParameters([w, f], 1).f).not.toEqual(initializeParameters([f], 1).f);
  expect(initializeParameters([w], 1)).not.toEqual(initializeParameters([w], 2));
  for (const value of initializeParameters([w], 1).w.data) expect(Math.abs(value)).toBeLessThanOrEqual(0.5);
});

/** A grey picture, which the network of `approaching` draws better with every step. */
const grey: Frame = { height: 4, width: 5, rgb: new Float32Array(60).fill(0.5) };

/** An engine whose network is 0.5 ÷ step from `grey`: its PSNR is 6.02 dB + 20·log₁₀(step). It counts the frames that are drawn. */
function approaching(lossAt = (step: number) => (0.5 / (step + 1)) ** 2) {
  const recording = new RecordingEngine(lossAt);
  const drawn: number[] = [];
  const engine = {
    ...recording.engine,
    compile: async () => ({
      run: async ({ w, place }: Arrays) => {
        drawn.push(w.data[0]);
        const output = new Float32Array(3 * place.shape[0]).fill(0.5 + 0.5 / w.data[0]);
        return { output: ndarray([place.shape[0], 3], output) };
      },
      dispose: async () => {},
    }),
  } as unknown as Engine;
  return { engine, recording, drawn };
}

describe('training until a PSNR', () => {
  const options = { inr: inrOf('pixels'), signal: signalOf([grey]), steps: 20 };

  test('ends at the first step whose picture has it, at the rates of all steps', async () => {
    const { engine, recording } = approaching();
    // 24 dB are those of step 7.9.
    const weights = await train({ ...options, engine, untilPsnr: 24 });
    expect([...weights.w.data]).toEqual([8, 8]);
    const whole = approaching();
    await train({ ...options, engine: whole.engine });
    expect(recording.rates).toEqual(whole.recording.rates.slice(0, 8));
    expect(recording.disposed).toBe(1);
  });

  test('ends at the same step when it was interrupted', async () => {
    const first = approaching();
    const controller = new AbortController();
    let state: TrainingState | undefined;
    const stopped = train({
      ...options,
      engine: first.engine,
      untilPsnr: 24,
      abort: controller.signal,
      onStep: ({ step }) => step === 6 && controller.abort(),
      onState: async (saved) => {
        state = saved;
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    const second = approaching();
    const weights = await train({ ...options, engine: second.engine, untilPsnr: 24, state: state! });
    expect(weights.w.data[0]).toBe(8);
    const whole = approaching();
    await train({ ...options, engine: whole.engine, untilPsnr: 24 });
    expect([...first.drawn, ...second.drawn]).toEqual(whole.drawn);
  });

  test('takes all steps where it is never reached, and where a picture is NaN', async () => {
    const never = approaching();
    expect((await train({ ...options, engine: never.engine, untilPsnr: 90 })).w.data[0]).toBe(20);
    const broken = { ...grey, rgb: grey.rgb.map((value, i) => (i === 7 ? Number.NaN : value)) };
    const signal = { ...signalOf([broken]) };
    expect((await train({ ...options, signal, engine: approaching().engine, untilPsnr: 24 })).w.data[0]).toBe(20);
  });

  test('looks at most 200 times, and not while a batch is far from it', async () => {
    const near = approaching(() => 1e-3);
    await train({ ...options, steps: 1000, engine: near.engine, untilPsnr: 32.9 + 60 });
    expect(near.drawn).toEqual([]);
    const often = approaching(() => 1e-9);
    await train({ ...options, steps: 1000, engine: often.engine, untilPsnr: 92.9 });
    expect(often.drawn).toEqual(Array.from({ length: 199 }, (_, i) => 5 * (i + 1)));
  });
});
