import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy, decodeSafetensors } from '@xinc/core/formats';
import { Run } from '@xinc/runs';
import { encodePng } from '@xinc/signals';
import { describe, expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();
const quick = ['--steps', '40', '--set', 'width=12', '--set', 'fourierFeatures=10'];

describe('xinc explain', () => {
  test('trains, traces, analyses and reports; then goes on from what is there', async () => {
    const run = work.file('explained');
    const args = ['explain', work.picture, '--out', run, ...quick];
    const first = await xinc(args);
    expect(first.stderr).toContain('Signal: picture.png, image of 18 × 26 pixels (height × width)');
    expect(first.status).toBe(0);
    expect(first.stdout).toContain(join(run, 'report.html'));
    const html = await readFile(join(run, 'report.html'), 'utf8');
    expect(html).toContain('picture.png');
    const analyses = await readdir(join(run, 'analysis'));
    for (const name of ['canvas', 'grouping-variance', 'pixels-per-neuron', 'neurons-per-pixel', 'completeness']) {
      expect(analyses).toContain(name);
    }
    const array = await readFile(join(run, 'analysis', 'canvas', 'frame-0000', 'layer1', 'neuron_abs_sum.npy'));
    expect(decodeNpy(array, 'sums').shape).toEqual([20]);
    const log = (await readFile(join(run, 'training.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(log.at(-1)).toMatchObject({ step: 40 });
    expect(Object.keys(log[0])).toEqual(['step', 'loss', 'psnr', 'seconds']);

    const weights = await readFile(join(run, 'weights.safetensors'));
    const second = await xinc([...args, '--json']);
    expect(second.status).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ run, report: join(run, 'report.html') });
    expect(await readFile(join(run, 'weights.safetensors'))).toEqual(weights);
  });

  test('refuses to go on with another seed, size or model, saying which', async () => {
    const run = work.file('fixed');
    const args = ['train', work.picture, '--out', run, ...quick];
    expect((await xinc(args)).status).toBe(0);
    const seed = await xinc([...args, '--seed', '3']);
    expect(seed.status).toBe(1);
    expect(seed.stderr).toContain('holds another run: the seed is 0 there, 3 here. Choose another --out');
    const size = await xinc([...args, '--size', '9x13']);
    expect(size.stderr).toContain('the size is 18×26 there, 9×13 here');
    const width = await xinc([...args, '--set', 'width=13']);
    expect(width.stderr).toContain("the model’s setting 'width' is 12 there, 13 here");
  });
});

describe('xinc train', () => {
  test('--fast trains by SOAP in fewer steps, and says so in the run and on the terminal', async () => {
    const run = work.file('fast');
    const small = ['--set', 'width=12', '--set', 'fourierFeatures=10'];
    const { stderr } = await xinc(['train', work.picture, '--out', run, '--fast', ...small]);
    const { model, training } = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
    expect(model.config).toMatchObject({ optimizer: 'soap', steps: training.steps });
    const trained = `by SOAP for ${training.steps} steps, not by the published Adam schedule`;
    expect(stderr).toContain(`Training: ${trained}`);
  });

  test('stopped by Ctrl-C and begun again ends with the very weights of a run without a stop', async () => {
    const steps = ['--steps', '500', '--size', '64x96'];
    const whole = await xinc(['train', work.picture, '--out', work.file('whole'), ...steps]);
    expect(whole.status).toBe(0);
    const args = ['train', work.picture, '--out', work.file('halves'), ...steps];
    const stopped = await xinc(args, { interruptAt: /Training …/ });
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).toMatch(/Stopped after step \d+ of 500; repeat the command to go on from there/);
    expect(existsSync(work.file('halves/training-state.safetensors'))).toBe(true);
    const rest = await xinc(args);
    expect(rest.stderr).toMatch(/Training goes on after step \d+ of 500/);
    expect(rest.status).toBe(0);
    const read = async (run: string) =>
      decodeSafetensors(await readFile(join(work.file(run), 'weights.safetensors')), run).tensors;
    expect(await read('halves')).toEqual(await read('whole'));
    expect(existsSync(work.file('halves/training-state.safetensors'))).toBe(false);
    const lines = (await readFile(work.file('halves/training.jsonl'), 'utf8')).trim().split('\n');
    const logged = lines.map((line) => JSON.parse(line).step);
    expect(logged).toEqual([...new Set(logged)].sort((a, b) => a - b));
  });

  test('begun again with another engine or other threads names both in the run', async () => {
    const run = work.file('threads');
    const args = ['train', work.picture, '--out', run, '--steps', '500', '--size', '64x96'];
    const stopped = await xinc([...args, '--threads', '1'], { interruptAt: /Training …/ });
    expect(stopped.status).toBe(130);
    const engine = async () => JSON.parse(await readFile(join(run, 'run.json'), 'utf8')).training.engine;
    expect(await engine()).toMatch(/^ONNX Runtime [\d.]+, cpu, 1 thread\b/);
    expect((await xinc([...args, '--threads', '2'])).status).toBe(0);
    expect(await engine()).toMatch(/, 1 thread\b.*; after step [1-9]\d*: ONNX Runtime [\d.]+, cpu, 2 threads/);
  });

  test('killed without warning, then begun again, ends with the weights of a run that was not', async () => {
    expect((await xinc(['train', work.picture, '--out', work.file('unkilled'), ...quick])).status).toBe(0);
    const args = ['train', work.picture, '--out', work.file('killed'), ...quick];
    const killed = await xinc(args, { interruptAt: /Training …/, signal: 'SIGKILL', delay: 0 });
    expect(killed.status).toBe(137);
    expect(existsSync(work.file('killed/xinc.lock'))).toBe(true);
    // As if it had been killed earlier still, while it stored the picture.
    await rm(work.file('killed/signal'), { recursive: true });
    await writeFile(work.file('killed/run.json.0123abcd.tmp'), '{"sche');
    const rest = await xinc(args);
    expect(rest.status, rest.stderr).toBe(0);
    const read = (run: string) => readFile(join(work.file(run), 'weights.safetensors'));
    expect((await read('killed')).equals(await read('unkilled'))).toBe(true);
    const left = (await readdir(work.file('killed'))).sort();
    expect(left).toEqual(['run.json', 'signal', 'training.jsonl', 'weights.safetensors']);
  });

  test('is refused while another process writes to the same run', async () => {
    const run = work.file('busy');
    const args = ['train', work.picture, '--out', run, ...quick];
    expect((await xinc(args)).status).toBe(0);
    await (await Run.open(run)).exclusively(async () => {
      const refused = await xinc(args);
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain(`xinc: ${run} is being written by another process (${process.pid}). Wait until`);
    });
    expect((await xinc(args)).status).toBe(0);
  });

  test('makes a run once, whoever else makes it at the same time', async () => {
    const run = work.file('contested');
    const seeds = ['1', '2', '3'];
    const train = (seed: string) => xinc(['train', work.picture, '--out', run, '--seed', seed, ...quick]);
    const outcomes = await Promise.all(seeds.map(train));
    const { seed } = (await Run.open(run)).manifest;
    for (const [i, { status, stderr }] of outcomes.entries()) {
      if (status === 0) expect(seed).toBe(Number(seeds[i]));
      else expect(stderr).toMatch(/is being written by another|holds a run by now|holds another run/);
    }
    const { status, stderr } = await train(String(seed));
    expect(status, stderr).toBe(0);
  });

  test('reaches the same loss curve on both engines', async () => {
    const curves = [];
    for (const engine of ['ort', 'tfjs']) {
      const run = work.file(engine);
      const { status, stderr } = await xinc(['train', work.picture, '--out', run, '--engine', engine, ...quick]);
      expect(status, stderr).toBe(0);
      expect(stderr).toContain(engine === 'ort' ? 'Engine: ONNX Runtime' : 'Engine: TensorFlow.js');
      const lines = (await readFile(join(run, 'training.jsonl'), 'utf8')).trim().split('\n');
      curves.push(lines.map((line) => JSON.parse(line).loss as number));
    }
    const [ort, tfjs] = curves;
    expect(ort[39]).toBeLessThan(0.9 * ort[0]);
    for (const [step, loss] of ort.entries()) expect(Math.abs(tfjs[step] / loss - 1)).toBeLessThan(1e-3);
  });
});

describe('xinc trace', () => {
  test('writes signed float32 maps as .npy, and a picture of them', async () => {
    const run = work.file('traced');
    await xinc(['train', work.picture, '--out', run, ...quick]);
    const out = work.file('maps.npy');
    const traced = await xinc(['trace', run, '--layer', 'layer2', '--neurons', '0,3,7:9', '--out', out, '--json']);
    expect(JSON.parse(traced.stdout)).toMatchObject({ neurons: [0, 3, 7, 8], shape: [4, 18, 26] });
    const { shape, data } = decodeNpy(await readFile(out), out);
    expect(shape).toEqual([4, 18, 26]);
    expect(data).toBeInstanceOf(Float32Array);
    await xinc(['trace', run, '--layer', 'layer3', '--neurons', '0', '--channels', '--out', out]);
    expect(decodeNpy(await readFile(out), out).shape).toEqual([1, 3, 18, 26]);
    const picture = work.file('maps.png');
    expect((await xinc(['trace', run, '--layer', 'layer1', '--out', picture])).status).toBe(0);
    expect((await readFile(picture)).subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('xinc analyze', () => {
  test('refuses to compare runs of signals that differ before it traces them', async () => {
    const [one, other] = [work.file('large'), work.file('small')];
    expect((await xinc(['train', work.picture, '--out', one, ...quick])).status).toBe(0);
    expect((await xinc(['train', work.picture, '--size', '9x13', '--out', other, ...quick])).status).toBe(0);
    const { status, stderr } = await xinc(['analyze', one, other, 'neuron-clusters', '--groupings', 'rgb:4']);
    expect(status).toBe(1);
    expect(stderr).toContain("Runs 'large' and 'small' have different groups in 'rgb'");
    expect(stderr).not.toContain('Tracing');
  });

  test('says of a finished run whose weights were deleted that they are gone', async () => {
    const run = work.file('emptied');
    expect((await xinc(['train', work.picture, '--out', run, ...quick])).status).toBe(0);
    await rm(join(run, 'weights.safetensors'));
    const { status, stderr } = await xinc(['analyze', run, '--quiet']);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'weights.safetensors is gone: the run was finished, and has no weights. Put the file back',
    );
  });

  test('runs what is named, with settings and groupings, on labels given', async () => {
    const run = work.file('analysed');
    const labels = work.file('labels.npy');
    const { encodeNpy } = await import('@xinc/core/formats');
    const values = Uint8Array.from({ length: 18 * 26 }, (_, p) => (p % 26 < 9 ? 1 : p % 26 < 18 ? 2 : 0));
    await writeFile(labels, encodeNpy({ shape: [18, 26], data: values }));
    expect((await xinc(['train', work.picture, '--labels', labels, '--out', run, ...quick])).status).toBe(0);
    const args = ['analyze', run, 'grouping-variance', '--groupings', 'rgb:4,grid:2x2,instances', '--json'];
    const analysed = await xinc(args);
    expect(analysed.status, analysed.stderr).toBe(0);
    expect(JSON.parse(analysed.stdout).analyses).toEqual(['grouping-variance']);
    const folder = join(run, 'analysis', 'grouping-variance', 'frame-0000', 'layer1');
    expect((await readdir(folder)).sort()).toEqual(['grid.npy', 'instances.npy', 'rgb.npy']);
    const result = await readFile(join(run, 'analysis', 'grouping-variance', 'result.json'), 'utf8');
    expect(JSON.parse(result).groupings.sort()).toEqual(['grid', 'instances', 'rgb']);
  });
});

test('a run is not analysed, reported or compared while another process writes to it', async () => {
  const [run, other] = [work.file('written'), work.file('read')];
  for (const path of [run, other]) {
    expect((await xinc(['train', work.picture, '--out', path, ...quick])).status).toBe(0);
  }
  const compare = ['analyze', run, other, 'neuron-clusters', '--groupings', 'grid:2x3'];
  const commands = [
    [run, ['analyze', run, 'canvas']],
    [run, ['report', run]],
    [run, compare],
    [other, compare],
  ] as const;
  for (const [path, args] of commands) {
    const { status, stderr } = await (await Run.open(path)).exclusively(() => xinc(args));
    expect(status, args.join(' ')).toBe(1);
    expect(stderr).toContain(`xinc: ${path} is being written by another process (${process.pid}). Wait until`);
  }
  expect(existsSync(join(run, 'report.html'))).toBe(false);
  expect(existsSync(join(other, 'signal', 'labels'))).toBe(false);
});

test('a run is not compared with itself', async () => {
  const run = work.file('alone');
  expect((await xinc(['train', work.picture, '--out', run, ...quick])).status).toBe(0);
  const { status, stderr } = await xinc(['analyze', run, `${run}/`, 'neuron-clusters']);
  expect(status).toBe(2);
  expect(stderr).toContain(`xinc: ${run}/ is given twice, and a run is compared with others`);
});

describe('xinc analyze, asked by name for what cannot be done,', () => {
  const run = () => work.file('unlabelled');
  test('does the rest, and fails saying why', async () => {
    expect((await xinc(['train', work.picture, '--out', run(), ...quick])).status).toBe(0);
    const outcome = await xinc(['analyze', run(), 'motion', 'canvas', '--quiet']);
    expect(outcome).toMatchObject({ status: 1, stdout: '' });
    expect(outcome.stderr).toMatch(
      /^xinc: 'motion' could not be run: Motion needs a video, and this image has one frame[^\n]*\n$/,
    );
    expect(await readdir(join(run(), 'analysis'))).toContain('canvas');
  });

  test('tells each reason once', async () => {
    const { status, stderr } = await xinc(['analyze', run(), 'motion', 'objects']);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /\nxinc: 'motion' could not be run: Motion needs a video[^\n]*\. 'objects' could not be run: Grouping 'instances' is not part of this run[^\n]*\n$/,
    );
    expect(stderr.match(/Motion needs a video/g)).toHaveLength(1);
    expect(stderr.match(/Grouping 'instances' is not part/g)).toHaveLength(1);
  });

  test('refuses a grouping that needs labels', async () => {
    const outcome = await xinc(['analyze', run(), 'grouping-variance', '--groupings', 'instances', '--quiet']);
    expect(outcome.status).toBe(2);
    expect(outcome.stderr).toMatch(
      /^xinc: --groupings instances: the signal has no labels\. Give --labels when[^\n]*\n$/,
    );
  });
});

test('Ctrl-C while pixels are grouped is no fault of the program, and the run goes on from there', async () => {
  const run = work.file('grouped');
  const args = ['explain', work.picture, '--out', run, '--size', '200x300', '--steps', '2'];
  const stopped = await xinc(args, { interruptAt: /Grouping pixels …/, delay: 0 });
  expect(stopped.status).toBe(130);
  expect(stopped.stderr).toMatch(/xinc: Cancelled\n$/);
  expect(await readdir(run)).not.toContain('xinc.lock');
  expect((await xinc(['report', run])).status).toBe(0);
});

/** What goes wrong, the arguments, the exit status, and what the one line says. */
const mistakes: readonly [string, (f: (name: string) => string) => string[], number, RegExp][] = [
  ['a text file called .png', (f) => ['explain', f('text.png')], 1, /text\.png: the contents are no picture or video/],
  ['a truncated PNG', (f) => ['explain', f('short.png')], 1, /short\.png: the PNG data are damaged or cut short/],
  ['a missing file', (f) => ['explain', f('none.png')], 1, /none\.png cannot be read: it does not exist/],
  ['a folder that is no run', (f) => ['report', f('empty')], 1, /is not a run: it has no run\.json/],
  [
    'an unknown model',
    (f) => ['explain', f('picture.png'), '--model', 'gpt'],
    2,
    /There is no model 'gpt'\. Known: ffn, finer, gauss, hashgrid, hnerv, nerv, onnx, pemlp, siren, wire/,
  ],
  ['an unknown engine', (f) => ['explain', f('picture.png'), '--engine', 'jax'], 2, /There is no engine 'jax'/],
  ['an unknown grouping', (f) => ['explain', f('picture.png'), '--groupings', 'x'], 2, /There is no grouping 'x'/],
  [
    'an unknown device',
    (f) => ['explain', f('picture.png'), '--device', 'abacus'],
    2,
    /The engine 'ort' has no device 'abacus'. It has: cpu, cuda/,
  ],
  [
    'an unknown setting',
    (f) => ['explain', f('picture.png'), '--set', 'layer=3'],
    2,
    /has no setting 'layer'\. Did you mean 'layers'\? It has width, /,
  ],
  ['a bad setting', (f) => ['explain', f('picture.png'), '--set', 'width=0'], 2, /cannot take width = 0/],
  ['a bad size', (f) => ['explain', f('picture.png'), '--size', 'big'], 2, /--size big/],
  ['a size NeRV cannot reach', (f) => ['train', f('picture.png'), '--model', 'nerv'], 2, /Nearest are .* give --size/],
  ['labels of another size', (f) => ['train', f('picture.png'), '--labels', f('wrong.npy')], 1, /wrong\.npy/],
  [
    'an unknown preset',
    (f) => ['explain', f('picture.png'), '--preset', 'x'],
    2,
    /There is no preset 'x'\. Known: published/,
  ],
  ['an unknown option', (f) => ['explain', f('picture.png'), '--bogus'], 2, /unknown option '--bogus'/],
  [
    'a bad number of steps',
    (f) => ['train', f('none.png'), '--steps', '0'],
    2,
    /^xinc: --steps 0: that is not a whole/,
  ],
  [
    'a fast training of so many steps',
    (f) => ['train', f('picture.png'), '--fast', '--steps', '30'],
    2,
    /^xinc: --fast stands for optimizer=soap and steps=\d+ of the model 'ffn', and --steps 30 is given as well\. Leave out one/m,
  ],
  [
    'a fast training by another optimiser',
    (f) => ['explain', f('picture.png'), '--fast', '--set', 'optimizer=muon'],
    2,
    /^xinc: --fast stands for .*, and the setting 'optimizer' is given as well/m,
  ],
  ['a bad number of threads', (f) => ['train', f('none.png'), '--threads', '0'], 2, /^xinc: --threads 0: that is not/],
  [
    'a grouping of labels that are not given',
    (f) => ['explain', f('picture.png'), '--groupings', 'instances'],
    2,
    /--groupings instances: the signal has no labels/,
  ],
  ['a device that no engine knows', () => ['doctor', '--device', 'abacus'], 2, /No engine knows the device 'abacus'/],
  ['no input', () => ['explain'], 2, /missing required argument 'input'/],
  ['no options that a command needs', () => ['trace', 'RUN'], 2, /required options '--layer <id>', '--out <file>' not/],
  ['no option that a command needs', () => ['export', 'RUN'], 2, /required option '--format <name>' not specified/],
  [
    'frames of one picture',
    (f) => ['train', f('picture.png'), '--frames', '0:3'],
    2,
    /^xinc: --frames 0:3: .*picture\.png is one picture, not a video\. Leave --frames out/m,
  ],
  [
    'a setting that is no number',
    (f) => ['train', f('picture.png'), '--set', 'width=abc'],
    2,
    /cannot take width = abc: Invalid input: expected number, received 'abc'$/m,
  ],
  [
    'a misspelt model',
    (f) => ['train', f('picture.png'), '--model', 'nrev'],
    2,
    /Did you mean 'nerv'\? Known: ffn, finer, gauss, hashgrid, hnerv, nerv, onnx, pemlp, siren, wire/,
  ],
  [
    'a port for no viewer',
    (f) => ['train', f('picture.png'), '--port', '80'],
    2,
    /--port: nothing is shown\. Add --view/,
  ],
  ['no browser for no viewer', (f) => ['explain', f('picture.png'), '--no-open'], 2, /--no-open: nothing is shown/],
  [
    'a bad port',
    (f) => ['train', f('picture.png'), '--view', '--port', 'x'],
    2,
    /--port x: that is not a whole number/,
  ],
  [
    'a grid of more cells than pixels',
    (f) => ['explain', f('picture.png'), '--groupings', 'grid:99x99'],
    2,
    /A picture of 18×26 pixels cannot be divided into a grid of 99×99 cells\. Ask for fewer cells/,
  ],
  [
    'a network whose training cannot be saved',
    (f) => ['train', f('picture.png'), '--set', 'width=4096', '--set', 'layers=32'],
    1,
    /The network is too large: saving its training takes \d\.\d GB\. At most 3\.9 GB can be saved/,
  ],
  ['an unknown command', () => ['frobnicate'], 2, /unknown command 'frobnicate'/],
  ['a plugin that is not there', (f) => ['plugins', '--plugin', f('none')], 1, /there is no such file or folder/],
];

describe('a mistake', () => {
  test.each(mistakes)('%s gets one clear line, and nothing is written', async (_what, args, status, line) => {
    await mkdir(work.file('empty'), { recursive: true });
    await writeFile(work.file('text.png'), 'hello');
    await writeFile(work.file('short.png'), (await readFile(work.picture)).subarray(0, 200));
    const { encodeNpy } = await import('@xinc/core/formats');
    await writeFile(work.file('wrong.npy'), encodeNpy({ shape: [5, 5], data: new Uint8Array(25) }));
    const before = await readdir(work.path);
    const outcome = await xinc(args(work.file), { cwd: work.file('empty') });
    expect(outcome.stderr).toMatch(line);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(await readdir(work.path)).toEqual(before);
    expect(await readdir(work.file('empty'))).toEqual([]);
  });

  test('in the use of the command is JSON too with --json', async () => {
    const { stdout, status } = await xinc(['report', '--json', '--bogus']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error).toEqual({ code: 'usage', message: "unknown option '--bogus'" });
  });

  test('is JSON with --json', async () => {
    const { stdout, status } = await xinc(['report', work.path, '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'not-found', subject: work.path });
  });
});

test('every command shows an example in its help', async () => {
  const commandsIn = async (...group: string[]) => {
    const { stdout } = await xinc([...group, '--help']);
    return [...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name]) => [...group, name]);
  };
  const commands = [...(await commandsIn()), ...(await commandsIn('study'))];
  const names = commands.map((words) => words.join(' '));
  expect(names).toEqual(
    expect.arrayContaining([
      'explain',
      'train',
      'import',
      'trace',
      'analyze',
      'report',
      'plugins',
      'doctor',
      'study run',
    ]),
  );
  for (const words of commands) {
    const { stdout: help, status } = await xinc([...words, '--help']);
    expect(status).toBe(0);
    expect(help).toContain(`Example:\n  xinc ${words.join(' ')}`);
    expect(help).toMatch(/For every command:\n {2}--plugin <path> .*\n {2}--json .*\n {2}--quiet .*\n {2}--debug /);
    expect(help).not.toContain('[])');
  }
});

test('explain takes some frames of a video, and analyses those that it took', async () => {
  const clip = work.file('clip');
  await mkdir(clip);
  for (let frame = 0; frame < 6; frame++) {
    const rgb = Float32Array.from({ length: 3 * 16 * 32 }, (_, i) => ((i + 40 * frame) % 256) / 255);
    await writeFile(join(clip, `f${frame}.png`), await encodePng({ height: 16, width: 32, rgb }));
  }
  const run = work.file('some-frames');
  const args = ['explain', clip, '--model', 'nerv', '--frames', '3:6', '--steps', '1', '--out', run];
  const { status, stderr } = await xinc([...args, '--set', 'parameters=3000', '--groupings', 'grid']);
  expect(status, stderr).toBe(0);
  const { frames } = JSON.parse(await readFile(join(run, 'analysis', 'canvas', 'result.json'), 'utf8'));
  expect(frames).toEqual([0, 1, 2]);
});

test('doctor tries the kernels, every engine and a device asked for', async () => {
  const { stdout } = await xinc(['doctor', '--device', 'coreml', '--json']);
  const [{ checks }] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const found = Object.fromEntries(checks.map((check: { what: string; ok: boolean }) => [check.what, check.ok]));
  expect(found).toMatchObject({ Kernels: true, 'Engine ort': true, 'Engine tfjs': true });
  expect(found['Engine ort on coreml']).toBe(process.platform === 'darwin');
  const memory = checks.find(({ what }: { what: string }) => what === 'Memory').found;
  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header;
  expect(memory.includes('goes back to the system')).toBe(
    glibcVersionRuntime !== undefined && !Object.keys(process.env).some((name) => name.startsWith('MALLOC_')),
  );
});

test('plugins and their settings are listed', async () => {
  const { stdout } = await xinc(['plugins', '--json']);
  const { contract, plugins, broken } = JSON.parse(stdout) as {
    contract: number;
    plugins: { kind: string; name: string; contract: number | null }[];
    broken: unknown[];
  };
  expect(broken).toEqual([]);
  expect(plugins.filter((plugin) => plugin.contract !== contract)).toEqual([]);
  const named = (kind: string) => plugins.filter((plugin) => plugin.kind === kind).map(({ name }) => name);
  expect(named('inr')).toEqual([
    'ffn',
    'hashgrid',
    'hnerv',
    'nerv',
    'onnx',
    'siren',
    'finer',
    'gauss',
    'wire',
    'pemlp',
  ]);
  expect(named('engine')).toEqual(['ort', 'tfjs']);
  expect(named('grouping').sort()).toEqual(['categories', 'gabor', 'grid', 'instances', 'rgb']);
  const { stdout: text } = await xinc(['plugins']);
  expect(text).toContain('      in short: rgb:32\n');
  const [, models] = /^Models\n(.*?)^Groupings/ms.exec(text)!;
  const descriptions = [...models.matchAll(/^ {6}\w+(?: = [^:]*)?: (.)/gm)].map(([, first]) => first);
  expect(descriptions.length).toBeGreaterThan(20);
  expect(descriptions.filter((first) => first !== first.toUpperCase())).toEqual([]);
  expect(text).not.toContain('’');
});
