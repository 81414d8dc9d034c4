import { createRequire } from 'node:module';
import { type NdArray, ndarray } from '@xinc/core';
import { decodeNpy, decodeSafetensors } from '@xinc/core/formats';
import { createLocalPool, createNetwork, createTracer, switchOff, type Tracer } from '@xinc/core/trace';
import { type ConvSource, type DenseSource, loadKernels } from '@xinc/kernels';
import type { LabelView, RunView, Session } from '@xinc/viewer-page';
import { beforeAll, describe, expect, test } from 'vitest';
import { ask } from './ask.js';
import { type MadeRun, SEED, workbench, writeFaithfulness } from './made-runs.js';

/* What the server answers is what @xinc/core computes. */

const bench = workbench();
let address: string;
beforeAll(async () => {
  address = (await bench.start()).address;
});

const tracers = new Map<MadeRun, Promise<Tracer>>();
/** The run traced here, by core alone. */
function tracerOf(made: MadeRun): Promise<Tracer> {
  const present =
    tracers.get(made) ??
    made.run
      .weights(made.inr.parameters)
      .then(async (weights) => createTracer(createNetwork(made.inr, weights, bench.engine), await createLocalPool()));
  tracers.set(made, present);
  return present;
}

async function bytesOf(path: string) {
  const { status, body } = await ask(address, path);
  expect([path, status]).toEqual([path, 200]);
  return body;
}
const arrayOf = async (path: string) => decodeNpy(await bytesOf(path), path);
const tensorsOf = async (path: string) => decodeSafetensors(await bytesOf(path), path);

/** A layer for the kernels as the page makes it. */
async function sourceOf(path: string): Promise<DenseSource | ConvSource> {
  const { tensors, metadata } = await tensorsOf(path);
  const given = Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, JSON.parse(text)]));
  const { input, scale, kernel, bias } = tensors;
  if (given.kind === 'dense') {
    const [pixels, neurons] = input.shape;
    return { ...given, input: input.data, pixels, neurons, scale: scale.data } as DenseSource;
  }
  const [outChannels, , kernelSize] = kernel.shape;
  const convolution = { inputShape: input.shape, kernel: kernel.data, outChannels, kernelSize, bias: bias.data };
  return { ...given, ...convolution, input: input.data } as ConvSource;
}

describe('the session', () => {
  test('lists runs and the plugins of the registry, with the address of a panel', async () => {
    const session = (await ask(address, '/api/session')).json<Session>();
    expect(session.version).toBe('9.8.7');
    expect(session.runs).toEqual(['image', 'video', 'custom'].map((name) => ({ id: name, name })));
    expect(session.plugins).toContainEqual({
      kind: 'analysis',
      name: 'mine',
      title: '<script>alert(1)</script>',
      package: '@test/plugins',
      version: '1.2.3',
      panel: 'api/panels/%40test/plugins',
    });
    expect(session.plugins.map(({ name, panel }) => [name, panel !== undefined])).toContainEqual(['ort', false]);
  });

  test('serves the panel of a plugin, and nothing else of its package', async () => {
    const { body, headers } = await ask(address, '/api/panels/%40test/plugins');
    expect(body.toString()).toBe('export const title = "Mine";');
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    for (const path of ['engines', '@test/plugins/secret.js', '@test', '@test/plugins/panel.js']) {
      expect((await ask(address, `/api/panels/${path}`)).status).toBe(404);
    }
  });
});

describe('a run', () => {
  test('is described with its layers, training, results and labels', async () => {
    const { video } = bench;
    await video.run.write(
      'analysis/sums/result.json',
      JSON.stringify({
        title: 'Sums',
        description: '',
        findings: ['x'],
        notes: [],
        omissions: [],
        figures: [],
        tables: [],
        arrays: [],
      }),
    );
    await video.run.write('analysis/.sums.0123abcd.tmp/result.json', 'half-written');
    const view = (await ask(address, '/api/runs/video')).json<RunView>();
    const conv = { kind: 'conv', weight: expect.any(String) };
    expect(view).toMatchObject({
      id: 'video',
      signal: { kind: 'video', frames: 2, height: 16, width: 24, path: 'cat.png' },
      model: { name: 'nerv', title: 'A test’s model', parameters: 7 },
      seed: SEED,
      ready: true,
      layers: [
        { id: 'block1', neurons: 6 * 96, outputs: 96, ...conv },
        { id: 'block2', neurons: 6 * 24, outputs: 24, ...conv },
        { id: 'head', neurons: 6 * 3, outputs: 3, ...conv },
      ],
      network: { sampling: 'frames', perPixel: [] },
      psnr: 19.5,
      framePsnr: [19.5, 19.5],
      training: {
        step: 3,
        steps: 3,
        live: false,
        curve: [
          { step: 1, psnr: 10, seconds: 0.1 },
          { step: 3, psnr: 20, seconds: 0.2 },
        ],
      },
      groupings: [{ name: 'halves', title: 'halves', frames: [0] }],
      analyses: [{ name: 'sums', title: 'Sums', findings: ['x'] }],
    });
    expect(view.weightsVersion).toBeGreaterThan(1e12);
    expect(view.analyses).toHaveLength(1);
  });

  test('calls groupings as a person did, and tells apart those called alike', async () => {
    const { run } = bench.custom;
    const called = async (name: string, text?: string) => {
      await run.write(`signal/labels/${name}/frame-0000.json`, '{}');
      if (text !== undefined) await run.write(`signal/labels/${name}/grouping.json`, text);
    };
    await called('grid-4-8-cells', '{"title":"grid:4x8"}');
    await called('rgb-8', '{"title":"rgb"}');
    await called('rgb-16', '{"title":"rgb"}');
    await called('broken', 'null');
    const { groupings } = (await ask(address, '/api/runs/custom')).json<RunView>();
    expect(groupings.flatMap(({ name, byFrame }) => (byFrame ? [name] : []))).toEqual(['rgb-8']);
    expect(groupings.map(({ name, title }) => [name, title])).toEqual([
      ['broken', 'broken'],
      ['grid-4-8-cells', 'grid:4x8'],
      ['halves', 'halves'],
      ['rgb-16', 'rgb (rgb-16)'],
      ['rgb-8', 'rgb (rgb-8)'],
    ]);
  });

  test('tells how faithful each layer is, where it was tested and the result can be read', async () => {
    const { run } = bench.image;
    const faithfulness = async () =>
      (await ask(address, '/api/runs/image')).json<RunView>().layers.map(({ faithfulness }) => faithfulness);
    expect(await faithfulness()).toEqual([undefined, undefined, undefined]);
    await writeFaithfulness(run, { layer1: 0.17, layer3: 'NaN', other: 1 });
    expect(await faithfulness()).toEqual([0.17, undefined, undefined]);
    await run.write('analysis/faithfulness/result.json', '{"values":{"rankCorrelation":{"layer1":0.5}}}');
    expect(await faithfulness()).toEqual([undefined, undefined, undefined]);
    await run.remove('analysis/faithfulness');
  });

  test('tells the kind of each layer and the parameter that holds its neurons', async () => {
    const { layers, network } = (await ask(address, '/api/runs/image')).json<RunView>();
    expect(layers.map(({ id, neurons, kind, weight }) => [id, neurons, kind, weight])).toEqual([
      ['layer1', 12, 'dense', 'layer1.weight'],
      ['layer2', 10, 'dense', 'layer2.weight'],
      ['layer3', 10, 'dense', 'layer3.weight'],
    ]);
    expect(network).toEqual({ sampling: 'pixels', pixelsAtOnce: 16 * 24, perPixel: ['coordinates'] });
    const custom = (await ask(address, '/api/runs/custom')).json<RunView>();
    expect(custom.layers).toEqual([
      { id: 'ramps', label: 'Ramps', reading: 'traced by its plugin', neurons: 3, kind: 'custom', traced: 'server' },
    ]);
    expect(custom.untraced).toEqual([]);
  });

  test('says what analyses left out in the words of whoever serves it', async () => {
    const { run } = bench.video;
    const omissions = [{ layer: 'layer1', why: 'it has no motion; `frames` takes more' }];
    await run.write('analysis/partly/result.json', JSON.stringify({ omissions }));
    const worded = await bench.start({ word: (text) => text.replaceAll(/`(\w+)`/g, '--$1') });
    const viewOf = async (from: string) => (await ask(from, '/api/runs/video')).json<RunView>();
    const leftOut = async (from: string) =>
      (await viewOf(from)).analyses.find(({ name }) => name === 'partly')!.omissions[0].why;
    expect(await leftOut(worded.address)).toBe('it has no motion; --frames takes more');
    expect(await leftOut(address)).toBe(omissions[0].why);
    await run.remove('analysis/partly');
  });

  test('gives an analysis another version when its results are written again', async () => {
    const version = async () => {
      const { analyses } = (await ask(address, '/api/runs/video')).json<RunView>();
      return analyses.find(({ name }) => name === 'again')!.version;
    };
    await bench.video.run.write('analysis/again/result.json', '{}');
    const first = await version();
    expect(await version()).toBe(first);
    await bench.video.run.write('analysis/again/result.json', '{ }');
    expect(await version()).not.toBe(first);
  });

  test('shows a result that cannot be read with why, beside the others', async () => {
    await bench.custom.run.write('analysis/broken/result.json', 'nothing');
    const view = (await ask(address, '/api/runs/custom')).json<RunView>();
    expect(view.ready).toBe(true);
    expect(view.analyses).toMatchObject([{ name: 'broken', problem: expect.stringContaining('broken') }]);
  });
});

describe('pictures', () => {
  test('are the signal and the reconstruction', async () => {
    const { video } = bench;
    for (const frame of [0, 1]) {
      const signal = await arrayOf(`/api/runs/video/frames/${frame}/signal.npy`);
      expect(signal).toEqual({ shape: [16, 24, 3], data: video.frame(frame).rgb });
      const { rgb } = await (await tracerOf(video)).network.reconstruct(frame);
      const reconstruction = await arrayOf(`/api/runs/video/frames/${frame}/reconstruction.npy`);
      expect(reconstruction).toEqual({ shape: [16, 24, 3], data: rgb });
    }
  });

  test('of labels are groups and an array at the address given', async () => {
    const view = (await ask(address, '/api/runs/image/frames/0/labels/halves')).json<LabelView>();
    expect(view.groups).toEqual([{ name: 'left' }, { name: 'right', category: 'side', color: '#ff0000' }]);
    const { shape, data } = await arrayOf(`/${view.labels}`);
    expect(shape).toEqual([16, 24]);
    expect(data).toBeInstanceOf(Uint16Array);
    expect([data[0], data[23]]).toEqual([0, 1]);
    expect((await ask(address, '/api/runs/image/frames/0/labels/others')).status).toBe(404);
  });
});

describe('maps made from the source served', () => {
  test.each([
    ['image', 'layer1', 0],
    ['image', 'layer2', 0],
    ['image', 'layer3', 0],
    ['video', 'block1', 1],
    ['video', 'block2', 0],
    ['video', 'head', 1],
  ] as const)('of %s %s are those of the tracer', async (name, layer, frame) => {
    const kernels = await loadKernels();
    const opened = kernels.open(await sourceOf(`/api/runs/${name}/frames/${frame}/layers/${layer}/source`));
    const tracer = await tracerOf(bench[name]);
    const neurons = Array.from({ length: opened.neurons }, (_, n) => n);
    expect(neurons).toHaveLength(tracer.layers.find(({ id }) => id === layer)!.neurons);
    const expected = await tracer.maps(layer, frame, neurons);
    expect(expected.some((value) => value !== 0)).toBe(true);
    expect(opened.maps(neurons)).toEqual(expected);
    kernels.dispose();
  });
});

describe('maps made by the server', () => {
  const maps = (run: string, layer: string, request: unknown, frame = 0) =>
    ask(address, `/api/runs/${run}/frames/${frame}/layers/${layer}/maps`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: typeof request === 'string' ? request : JSON.stringify(request),
    });

  test('are those of the tracer, for layers of any kind', async () => {
    for (const [made, name, layer] of [
      [bench.custom, 'custom', 'ramps'],
      [bench.image, 'image', 'layer3'],
      [bench.video, 'video', 'block2'],
    ] as const) {
      const { body, status } = await maps(name, layer, { neurons: [2, 0] });
      expect(status).toBe(200);
      const expected = await (await tracerOf(made)).maps(layer, 0, [2, 0]);
      expect(decodeNpy(body, 'maps')).toEqual({ shape: [2, 16, 24], data: expected });
    }
  });

  test('of a region are the region’s', async () => {
    const region = { top: 3, left: 4, height: 2, width: 5 };
    const { body } = await maps('custom', 'ramps', { neurons: [1], region });
    const expected = await (await tracerOf(bench.custom)).maps('ramps', 0, [1], { region });
    expect(decodeNpy(body, 'maps')).toEqual({ shape: [1, 2, 5], data: expected });
  });

  test.each([
    ['{', 'it is not JSON'],
    [{}, 'neurons'],
    [{ neurons: [] }, 'neurons'],
    [{ neurons: [1.5] }, 'neurons.0'],
    [{ neurons: [0], region: { top: 0, left: 20, height: 1, width: 5 } }, 'does not lie in the picture of 16×24'],
    [{ neurons: [0], region: { top: 0, left: 0, height: 0, width: 5 } }, 'region.height'],
    [{ neurons: [0], path: '/etc/passwd' }, 'path'],
    [{ neurons: [3] }, 'has no neuron 3. Its neurons are numbered 0 to 2'],
  ])('asked for as %j are refused', async (request, message) => {
    const reply = await maps('custom', 'ramps', request);
    expect(reply.status).toBe(400);
    expect(reply.json<{ message: string }>().message).toContain(message);
  });

  test('that are too many for one answer are refused, saying how many are not', async () => {
    const reply = await maps('custom', 'ramps', { neurons: Array.from({ length: 50_000 }, () => 0) });
    expect(reply.status).toBe(413);
    expect(reply.json<{ message: string }>().message).toContain('ask for 43690 at a time');
  });
});

describe('the network for the page', () => {
  const { InferenceSession, Tensor } = createRequire(createRequire(import.meta.url).resolve('@xinc/engine-ort'))(
    'onnxruntime-node',
  );

  /** Runs a graph as a page would. */
  async function evaluate(graph: Uint8Array, values: Readonly<Record<string, NdArray>>) {
    const session = await InferenceSession.create(graph);
    const feeds = (session.inputNames as string[]).map((input) => {
      const { data, shape } = values[input];
      return [input, new Tensor('float32', data, [...shape])];
    });
    const outputs: Record<string, { dims: number[]; data: Float32Array }> = await session.run(
      Object.fromEntries(feeds),
    );
    const arrays = Object.entries(outputs).map(([name, { dims, data }]): [string, NdArray] => [
      name,
      { shape: dims, data },
    ]);
    return { inputs: session.inputNames as string[], outputs: Object.fromEntries(arrays) };
  }

  /** The picture that the graph served gives. */
  async function runGraph(
    name: string,
    frame: number,
    parameters: Readonly<Record<string, NdArray>>,
  ): Promise<Float32Array> {
    const { tensors: inputs } = await tensorsOf(`/api/runs/${name}/frames/${frame}/inputs`);
    const graph = await bytesOf(`/api/runs/${name}/network.onnx`);
    return (await evaluate(graph, { ...parameters, ...inputs })).outputs.output.data;
  }

  const halfOf = (name: string, half: string, changing: readonly string[]) =>
    bytesOf(`/api/runs/${name}/network.onnx?half=${half}${changing.map((weight) => `&changing=${weight}`).join('')}`);

  test.each([
    ['image', 0, 'layer1.weight', 'layer3.weight'],
    ['video', 1, 'block2.weight', 'head.weight'],
  ])(
    'comes in halves: %s is the same picture, and what is before does not read what changes',
    async (name, frame, early, late) => {
      const { tensors: weights } = await tensorsOf(`/api/runs/${name}/weights.safetensors`);
      const { tensors: inputs } = await tensorsOf(`/api/runs/${name}/frames/${frame}/inputs`);
      const whole = await runGraph(name, frame, weights);
      const readBefore: string[][] = [];
      for (const changing of [early, late]) {
        const before = await evaluate(await halfOf(name, 'before', [changing]), { ...weights, ...inputs });
        readBefore.push(before.inputs);
        const after = await evaluate(await halfOf(name, 'after', [changing]), {
          ...weights,
          ...inputs,
          ...before.outputs,
        });
        for (const [i, value] of after.outputs.output.data.entries()) expect(value).toBeCloseTo(whole[i], 5);
        expect(before.inputs).not.toContain(changing);
      }
      // What changes a later layer is after the cut of an earlier one.
      expect(readBefore[0]).not.toContain(late);
      expect(readBefore[1]).toContain(early);
    },
  );

  test('has no halves where everything depends on what changes', async () => {
    expect(await halfOf('image', 'before', ['layer1.weight', 'frequencies'])).toHaveLength(0);
  });

  test('refuses halves that there are none of', async () => {
    for (const [query, message] of [
      ['half=middle&changing=layer1.weight', "half=middle: a network has the halves 'before' and 'after'"],
      ['half=before&changing=nobody', 'changing=nobody: there is no such parameter'],
    ]) {
      const reply = await ask(address, `/api/runs/image/network.onnx?${query}`);
      expect([reply.status, reply.json<{ message: string }>().message]).toEqual([400, message]);
    }
  });

  test('has weights and inputs as inputs, and gives the reconstruction', async () => {
    for (const [name, made] of [
      ['image', bench.image],
      ['video', bench.video],
    ] as const) {
      const { tensors: weights } = await tensorsOf(`/api/runs/${name}/weights.safetensors`);
      expect(weights).toEqual(await made.run.weights(made.inr.parameters));
      const frame = name === 'video' ? 1 : 0;
      const { network } = await tracerOf(made);
      const { output } = await network.evaluate(frame, ['output']);
      const given = await runGraph(name, frame, weights);
      for (const [i, value] of given.entries()) expect(value).toBeCloseTo(output.data[i], 5);
    }
  });

  test('shows the picture without a neuron when its weights are zero', async () => {
    const { network } = await tracerOf(bench.image);
    const off = switchOff(network, 'layer2', [1, 4]);
    const { output } = await network.evaluate(0, ['output'], undefined, off);
    const given = await runGraph('image', 0, off);
    for (const [i, value] of given.entries()) expect(value).toBeCloseTo(output.data[i], 5);
    const { output: whole } = await network.evaluate(0, ['output']);
    expect(given.some((value, i) => Math.abs(value - whole.data[i]) > 1e-4)).toBe(true);
  });

  test('is not offered where no engine writes ONNX', async () => {
    const { Registry } = await import('@xinc/core/node');
    const viewer = await bench.start({ registry: new Registry() });
    expect((await ask(viewer.address, '/api/runs/image')).json<RunView>().network).toBeNull();
    expect((await ask(viewer.address, '/api/runs/image/network.onnx')).status).toBe(422);
  });
});

test.each([
  '/api/runs/image/frames/1/signal.npy',
  '/api/runs/image/frames/x/signal.npy',
  '/api/runs/image/frames/0/signal.png',
  '/api/runs/image/frames/0',
  '/api/runs/image/frames/0/layers/layer9/source',
  '/api/runs/image/frames/0/layers/layer1',
  '/api/runs/image/frames/0/layers/layer1/source/more',
  '/api/runs/nobody',
  '/api/runs',
  '/api',
  '/api/session/more',
  '/nothing.js',
])('there is nothing at %s', async (path) => {
  const reply = await ask(address, path);
  expect(reply.status).toBe(404);
  expect(reply.json()).toMatchObject({ code: 'not-found', message: expect.any(String) });
});

test('a plane as the network’s own input is a tensor of all pixels', async () => {
  const { tensors } = await tensorsOf('/api/runs/custom/frames/0/inputs');
  expect(tensors.ramp).toEqual(
    ndarray(
      [16 * 24, 1],
      Float32Array.from({ length: 16 * 24 }, (_, p) => (p % 24) / 24),
    ),
  );
});
