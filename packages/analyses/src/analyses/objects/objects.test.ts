import { randomStream } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../../test/figures.js';
import { analyzeInMemory, labelMap, type MemoryRun, noise, noisyLayer } from '../../../test/memory-context.js';
import { chanceShares, comparedNeurons, placementsFor } from './chance.js';
import { objects } from './objects.js';

const [height, width] = [4, 6];
const pixels = height * width;
/** A car of 6 pixels, a road of 12, the rest of 6. */
const scene = {
  ...labelMap(
    height,
    width,
    Array.from({ length: pixels }, (_, p) => (p < 6 ? 1 : p < 18 ? 2 : 0)),
  ),
  groups: [
    { name: 'other', type: 'other' as const },
    { name: 'car 1', category: 'car', type: 'thing' as const },
    { name: 'road', category: 'road', type: 'stuff' as const },
  ],
};
const run: MemoryRun = { height, width, layers: [noisyLayer('layer1', 20, pixels)], groupings: { instances: [scene] } };

/** Two neurons: the first gives each pixel of the car 3 and every other 1, the second all alike. */
const chosen = {
  id: 'layer1',
  neurons: 2,
  maps: [Float32Array.from({ length: 2 * pixels }, (_, i) => (i < 6 ? -3 : 1))],
};

describe('objects', () => {
  it('measures the share of the mean contribution per pixel, whatever the sizes of objects', async () => {
    const result = await analyzeInMemory(objects, { ...run, layers: [chosen] });
    expectSoundResult(result);
    const [{ name, shape, data }] = result.arrays;
    expect([name, shape]).toEqual(['share', [2, 3]]);
    for (const [i, share] of [0.2, 0.6, 0.2, 1 / 3, 1 / 3, 1 / 3].entries()) expect(data[i]).toBeCloseTo(share, 6);
    expect(result.values!.objects).toEqual({ 'frame-0000': ['other', 'car 1', 'road'] });
    expect(result.findings).toEqual([
      'The average neuron gives to things 46.7 % of its contribution per pixel in layer1 (33.3 % expected if all pixels were treated alike).',
      expect.stringMatching(
        /^In layer1, no neuron is specialised beyond chance\. The most specialised one, neuron 0, gives 60 % to car 1 \(33\.3 % expected if all pixels were treated alike; with the objects moved to random places, the largest share of any neuron is typically [\d.]+ %\)\. Some neuron is as specialised at \d+ of these 99 places\.$/,
      ),
    ]);
    expect(result.tables[0].rows[1].slice(0, 6)).toEqual(['layer1', 'car 1', 'car', 'thing', 1, 6]);
    expect(result.tables[1].rows.map((row) => row.slice(1, 3))).toEqual([
      ['type', 'other'],
      ['type', 'thing'],
      ['type', 'stuff'],
      ['category', 'car'],
      ['category', 'road'],
    ]);
  });

  /** A picture with an object of 51 pixels, an object of many, and the rest. */
  const [tall, wide] = [32, 40];
  const area = tall * wide;
  const isMan = (p: number) => p % wide >= 20 && p % wide < 23 && p >= 10 * wide && p < 27 * wide;
  const street = {
    ...labelMap(
      tall,
      wide,
      Array.from({ length: area }, (_, p) => (isMan(p) ? 1 : p < area / 2 ? 2 : 0)),
    ),
    groups: [{ name: 'other' }, { name: 'man' }, { name: 'sky' }],
  };
  /** Neurons of smooth maps that know nothing of the objects. */
  const smooth = (n: number, p: number) =>
    2 +
    Math.sin((2 * Math.PI * ((n + 1) * (p % wide))) / wide + n) +
    Math.sin((2 * Math.PI * Math.floor(p / wide)) / tall);
  const streetRun = (neurons: number, c: (n: number, p: number) => number): MemoryRun => ({
    height: tall,
    width: wide,
    layers: [
      {
        id: 'layer1',
        neurons,
        maps: [Float32Array.from({ length: neurons * area }, (_, i) => c(Math.floor(i / area), i % area))],
      },
    ],
    groupings: { instances: [street] },
  });
  const specialised = async (one: MemoryRun) => (await analyzeInMemory(objects, one)).findings[0];

  it('names the neuron that paints one object more than chance would, and the next one', async () => {
    const run = streetRun(5, (n, p) => (n === 3 && isMan(p) ? 9 : smooth(n, p)));
    expect(await specialised(run)).toMatch(
      /^In layer1, neuron 3 is the most specialised: it gives 69 % to man \(33\.3 % expected if all pixels were treated alike; with the objects moved to random places, the largest share of any neuron is typically [45]\d(\.\d)? %\); next: neuron \d with [345]\d(\.\d)? % to \w+\.$/,
    );
  });

  it('sums up several layers first', async () => {
    const layerOf = (id: string, c: (n: number, p: number) => number) => ({ ...streetRun(5, c).layers[0], id });
    const painting = layerOf('layer2', (n, p) => (n === 3 && isMan(p) ? 9 : smooth(n, p)));
    const found = async (...layers: MemoryRun['layers']) =>
      (await analyzeInMemory(objects, { ...streetRun(5, smooth), layers })).findings;
    const layers = [layerOf('layer1', smooth), painting, layerOf('layer3', smooth)];
    // A report's summary shows the first figure beside the first finding.
    const { figures } = await analyzeInMemory(objects, { ...streetRun(5, smooth), layers });
    expect(figures.slice(0, 3).map(({ name }) => name)).toEqual(['neurons-layer2', 'neurons-layer1', 'neurons-layer3']);
    const [first, ...others] = await found(...layers);
    expect(first).toBe('Specialised beyond chance: neuron 3 on man in layer2; none in layer1 and layer3.');
    expect(others.map((sentence) => sentence.slice(0, 10))).toEqual(['In layer1,', 'In layer2,', 'In layer3,']);
    expect((await found(layerOf('layer1', smooth), layerOf('layer2', smooth)))[0]).toBe(
      'In layer1 and layer2, no neuron is specialised beyond chance.',
    );
  });

  it('names none where neurons know nothing of the objects', async () => {
    expect(await specialised(streetRun(5, smooth))).toMatch(
      /^In layer1, no neuron is specialised beyond chance\. The most specialised one, neuron \d, gives /,
    );
  });

  it('does not name a neuron that carries next to nothing of its layer, whatever little it paints', async () => {
    const run = streetRun(5, (n, p) => (n === 3 ? (isMan(p) ? 1e-3 : 0) : smooth(n, p)));
    const { findings, tables } = await analyzeInMemory(objects, run);
    expect(findings[0]).not.toContain('neuron 3');
    expect(tables[0].rows.map((row) => row[8])).not.toContain(3);
  });

  it('calls a tie a tie', async () => {
    const run = streetRun(5, (n, p) => (n === 1 || n === 3 ? (isMan(p) ? 9 : 1) : smooth(n, p)));
    expect(await specialised(run)).toMatch(
      /^In layer1, the most specialised neurons are a tie: neurons 1 and 3 on man, with 81\.8 % .*; next: neuron \d with /,
    );
  });

  /** Random waves of up to 6 periods in a picture, different for each neuron and seed, which know nothing of any object. */
  const waves = (seed: number, neurons: number) => {
    const random = noise(neurons * 12, seed);
    return (n: number, p: number) => {
      const [x, y] = [(p % wide) / wide, Math.floor(p / wide) / tall];
      let value = 0;
      for (let k = 0; k < 4; k++) {
        const [a, b, c] = random.subarray(12 * n + 3 * k, 12 * n + 3 * k + 3);
        value += Math.sin(2 * Math.PI * (Math.floor(12 * a - 6) * x + Math.floor(12 * b - 6) * y + c));
      }
      return value;
    };
  };

  /** Spots anywhere in a picture, which end at its borders. */
  const spots = (seed: number, neurons: number) => {
    const random = noise(neurons * 12, seed);
    return (n: number, p: number) => {
      let value = 0;
      for (let k = 0; k < 4; k++) {
        const [x, y, size] = random.subarray(12 * n + 3 * k, 12 * n + 3 * k + 3);
        const square = ((p % wide) / wide - x) ** 2 + (Math.floor(p / wide) / tall - y) ** 2;
        value += Math.exp(-square / (2 * (0.03 + 0.2 * size) ** 2));
      }
      return value;
    };
  };

  /** One compact spot of each neuron anywhere in a picture, which ends at its borders. */
  const spot = (seed: number, neurons: number) => {
    const random = noise(neurons * 2, seed);
    return (n: number, p: number) => {
      const [x, y] = [(p % wide) - random[2 * n] * wide, Math.floor(p / wide) - random[2 * n + 1] * tall];
      return Math.exp(-(x ** 2 + y ** 2) / (2 * 2.5 ** 2));
    };
  };

  /** A slope of each neuron over a picture, in any direction. */
  const slopes = (seed: number, neurons: number) => {
    const random = noise(neurons, seed);
    return (n: number, p: number) => {
      const [x, y] = [(p % wide) / wide, Math.floor(p / wide) / tall];
      return 2 + Math.cos(2 * Math.PI * random[n]) * x + Math.sin(2 * Math.PI * random[n]) * y;
    };
  };

  // Where neurons were named 15 times of 100, three or fewer of 60 would be one time of 70.
  it.each([
    ['waves', waves, 6],
    ['sums of spots', spots, 6],
    ['slopes', slopes, 8],
    ['single spots', spot, 8],
    ['single spots of one neuron', spot, 1],
  ])('names neurons that know nothing of the objects as rarely as stated: %s', async (_, unknowing, neurons) => {
    let named = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const found = await specialised({ ...streetRun(neurons, unknowing(13 * seed + 5, neurons)), seed });
      if (!found.includes('no neuron is specialised beyond chance')) named++;
    }
    expect(named).toBeLessThanOrEqual(3);
  });

  it('names the neuron with the smallest p, though another one exceeds the most by chance more', async () => {
    const random = noise(12, 13);
    // Wide spots; neuron 2 paints the man, neuron 4 the sky.
    const painting = streetRun(6, (n, p) => {
      const [x, y] = [(p % wide) - random[2 * n] * wide, Math.floor(p / wide) - random[2 * n + 1] * tall];
      const painted = (n === 2 && isMan(p)) || (n === 4 && p < area / 2 && !isMan(p));
      return 0.1 + Math.exp(-(x ** 2 + y ** 2) / 200) + (painted ? (n === 2 ? 1 : 0.6) : 0);
    });
    const { findings, tables } = await analyzeInMemory(objects, { ...painting, seed: 1 });
    const [, man, sky] = tables[0].rows.map(([, object, , , , , , , neuron, share, chance, p]) => ({
      object,
      neuron,
      excess: (share as number) / (chance as number),
      p,
    }));
    expect([man, sky]).toMatchObject([
      { object: 'man', neuron: 2, p: 0.01 },
      { object: 'sky', neuron: 4, p: 0.03 },
    ]);
    expect(sky.excess).toBeGreaterThan(man.excess);
    expect(findings[0]).toMatch(
      /^In layer1, neuron 2 is the most specialised: .*; next: neuron 4 with [\d.]+ % to sky\.$/,
    );
  });

  /** The street with a dot of four pixels in it. */
  const dotted = {
    ...street,
    labels: street.labels.map((label, p) => ([5, 6, wide + 5, wide + 6].includes(p) ? 3 : label)),
    groups: [...street.groups, { name: 'dot' }],
  };

  it('neither names a neuron for a tiny object by chance, nor lets one hide a neuron that paints a large one', async () => {
    const unknowing = waves(3, 6);
    const untouched = { ...streetRun(6, unknowing), groupings: { instances: [dotted] } };
    const { findings, tables } = await analyzeInMemory(objects, untouched);
    expect(findings[0]).toContain('no neuron is specialised beyond chance');
    const dot = tables[0].rows.find((row) => row[1] === 'dot')!;
    const [share, even, chance, p] = [dot[9], dot[7], dot[10], dot[11]] as number[];
    expect(share / even).toBeGreaterThan(1.5);
    expect(chance / even).toBeGreaterThan(1.3);
    expect(p).toBeGreaterThan(0.05);
    let named = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const around = waves(13 * seed, 6);
      const painting = streetRun(6, (n, i) => (n === 2 && isMan(i) ? 6 : around(n, i)));
      const found = await specialised({ ...painting, groupings: { instances: [dotted] }, seed });
      if (/^In layer1, neuron 2 is the most specialised: it gives [\d.]+ % to man /.test(found)) named++;
    }
    expect(named).toBeGreaterThanOrEqual(8);
  });

  it('needs more places where more layers may name a neuron', () => {
    expect([1, 2, 4].map(placementsFor)).toEqual([99, 99, 159]);
    expect(placementsFor(20)).toBe(799);
    // Beating every place is then enough.
    for (const layers of [1, 3, 7, 20, 33]) expect(layers / (1 + placementsFor(layers))).toBeLessThanOrEqual(0.025);
  });

  it('takes the largest shares in moved places, as moving every pixel does', async () => {
    const maps = noise(3 * area, 9).map((value, i) => (i % 2 === 0 ? value : -value));
    const seen: number[][] = [];
    const context = {
      signal: { kind: 'image', frames: 1, height: tall, width: wide },
      seed: 5,
      maps: async (_: string, __: number, neurons: readonly number[]) => {
        seen.push([...neurons]);
        return Float32Array.from(neurons.flatMap((n) => [...maps.subarray(n * area, (n + 1) * area)]));
      },
    } as const;
    const frame = { frame: 0, map: street, objectOf: Int32Array.of(-1, 0, 1) };
    const neurons = Uint32Array.of(0, 2);
    const found = await chanceShares('layer1', neurons, [frame], { objects: 2, placements: 7 }, context);
    expect(seen).toEqual([[0, 2]]);
    const stream = randomStream(5, 'placements layer1');
    for (const [beyond, periods] of [
      ['mirrored', 2],
      ['repeated', 1],
    ] as const) {
      for (let k = 0; k < 7; k++) {
        const [down, right] = [stream.integer(periods * tall), stream.integer(periods * wide)];
        const shares = [...neurons].map((n) => {
          const sums = [0, 0];
          const sizes = [0, 0];
          for (let p = 0; p < area; p++) {
            const object = frame.objectOf[street.labels[p]];
            if (object < 0) continue;
            const [y, x] = [(Math.floor(p / wide) + down) % (periods * tall), ((p % wide) + right) % (periods * wide)];
            const moved = (y < tall ? y : 2 * tall - 1 - y) * wide + (x < wide ? x : 2 * wide - 1 - x);
            sums[object] += Math.abs(maps[n * area + moved]);
            sizes[object]++;
          }
          const means = [sums[0] / sizes[0], sums[1] / sizes[1]];
          return means.map((mean) => mean / (means[0] + means[1]));
        });
        for (const g of [0, 1]) {
          expect(found[beyond][2 * k + g]).toBeCloseTo(Math.max(shares[0][g], shares[1][g]), 10);
        }
      }
    }
  });

  it('holds no more sums of places and objects at once than its limit, for both ways of moving together', async () => {
    const seen: number[][] = [];
    const context = {
      signal: { kind: 'image', frames: 1, height, width },
      seed: 5,
      maps: async (_: string, __: number, neurons: readonly number[]) => {
        seen.push([...neurons]);
        return new Float32Array(neurons.length * pixels).fill(1);
      },
    } as const;
    const frame = { frame: 0, map: scene, objectOf: Int32Array.of(0, 1, 2) };
    await chanceShares('layer1', Uint32Array.of(0, 1, 2), [frame], { objects: 2 ** 17, placements: 8 }, context);
    // 2²² values are 2 neurons · 2 ways · 8 places · 2¹⁷ objects.
    expect(seen).toEqual([[0, 1], [2]]);
  });

  it('compares a sample of the neurons where there are many, says so, and is the same every time', async () => {
    const context = { signal: { kind: 'image', frames: 1, height: 1024, width: 1024 }, seed: 3 } as const;
    const all = Uint32Array.from({ length: 100 }, (_, n) => 2 * n);
    const of = { frames: 1, stretches: 2 ** 14, placements: 99 };
    const some = comparedNeurons(all, 'layer1', of, context);
    expect(some).toEqual(comparedNeurons(all, 'layer1', of, context));
    expect(some).toHaveLength(31);
    expect([...some]).toEqual([...new Set(some)].sort((a, b) => a - b));
    expect(comparedNeurons(all.subarray(0, 20), 'layer1', of, context)).toHaveLength(20);
  });

  it('gives shares that add up to one over objects and frames, and none to what has gone', async () => {
    const gone = { ...scene, labels: scene.labels.map((label) => (label === 1 ? 2 : label)) };
    const video: MemoryRun = {
      ...run,
      layers: [noisyLayer('block1', 9, pixels, 2)],
      groupings: { instances: [scene, gone] },
    };
    const result = await analyzeInMemory(objects, video, { neurons: 4 });
    expectSoundResult(result);
    expect(result.arrays.map(({ frame, shape }) => [frame, shape])).toEqual([
      [0, [9, 3]],
      [1, [9, 2]],
    ]);
    for (let n = 0; n < 9; n++) {
      const total = result.arrays.reduce(
        (sum, { data, shape }) => sum + [...data.slice(n * shape[1], (n + 1) * shape[1])].reduce((a, b) => a + b, 0),
        0,
      );
      expect(total).toBeCloseTo(1, 5);
    }
    expect(result.figures[0]).toMatchObject({ title: 'Block1 · 9 neurons: what neurons give to objects over time' });
    expect(JSON.stringify(result.figures[0])).toContain('"values":[0,1],"format":"d"');
  });

  it('does not depend on the order of neurons', async () => {
    const [layer] = run.layers;
    const reversed = new Float32Array(layer.maps[0].length);
    for (let n = 0; n < 20; n++) reversed.set(layer.maps[0].subarray(n * pixels, (n + 1) * pixels), (19 - n) * pixels);
    const shares = async (one: MemoryRun) => (await analyzeInMemory(objects, one)).arrays[0].data;
    const [forward, backward] = [await shares(run), await shares({ ...run, layers: [{ ...layer, maps: [reversed] }] })];
    for (let n = 0; n < 20; n++) {
      expect([...backward.slice(3 * (19 - n), 3 * (20 - n))]).toEqual([...forward.slice(3 * n, 3 * n + 3)]);
    }
  });

  it('takes groups of one name as one object and ignores those without pixels', async () => {
    const two = { ...scene, groups: [{ name: 'boat' }, { name: 'boat' }, { name: 'sea' }, { name: 'ghost' }] };
    const result = await analyzeInMemory(objects, { ...run, layers: [chosen], groupings: { instances: [two] } });
    expectSoundResult(result);
    expect(result.tables[0].rows.map((row) => [row[1], row[5]])).toEqual([
      ['boat', 12],
      ['sea', 12],
    ]);
    expect(result.findings).toHaveLength(1);
  });

  it('draws the objects that neurons give most to, and the others as one', async () => {
    const many = labelMap(
      height,
      width,
      Array.from({ length: pixels }, (_, p) => p),
    );
    const { figures } = await analyzeInMemory(objects, { ...run, groupings: { instances: [many] } });
    const drawn = JSON.stringify(figures[0]);
    expect(drawn).toContain('17 others');
    expect(new Set(drawn.match(/group \d+/g)).size).toBe(7);
  });

  it('draws an object in one colour whatever the layer', async () => {
    const ofRoad = {
      id: 'layer2',
      neurons: 2,
      maps: [Float32Array.from({ length: 2 * pixels }, (_, i) => (i >= 6 && i < 18 ? 9 : 1))],
    };
    const { figures } = await analyzeInMemory(objects, { ...run, layers: [chosen, ofRoad] });
    const charts = figures.flatMap((figure) => (figure.kind === 'chart' ? [figure.spec] : [])).slice(0, 2);
    const scales = charts.map(({ encoding }) => (encoding as { color: { scale: { domain: string[] } } }).color.scale);
    expect(scales[0].domain[0]).toBe('road');
    expect(scales[1]).toEqual(scales[0]);
  });

  it('leaves dead neurons out and asks for annotations where there are none', async () => {
    const maps = [run.layers[0].maps[0].slice()];
    maps[0].fill(0, 0, pixels);
    const result = await analyzeInMemory(objects, { ...run, layers: [{ ...run.layers[0], maps }] });
    expectSoundResult(result);
    expect([...result.arrays[0].data.slice(0, 4)].map(Number.isNaN)).toEqual([true, true, true, false]);
    await expect(analyzeInMemory(objects, { ...run, groupings: { rgb: [scene] } })).rejects.toThrow(
      "Grouping 'instances' is not part of this run. There are rgb. It is made of labels, given with `labels` when the run is made.",
    );
    const single = { instances: [labelMap(height, width, new Uint16Array(pixels))] };
    await expect(analyzeInMemory(objects, { ...run, groupings: single })).rejects.toThrow(
      "There is one object only, 'group 0': every neuron gives it everything. Give labels of several objects with `labels`.",
    );
  });
});
