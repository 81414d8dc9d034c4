import { expect, test } from 'vitest';
import { checkManifest } from './manifest.js';
import { parseYaml, yamlValue } from './parse-yaml.js';
import { addToDocument, manifestText } from './write-manifest.js';

const SMALL = {
  signals: [{ name: 'bear', path: '../bear.png' }],
  networks: [{ name: 'ffn', model: 'ffn' }],
  seeds: [0],
};
const read = (text: string) => checkManifest(yamlValue(parseYaml(text, 'study.yaml'), 'study.yaml'), 'study.yaml');

test('what is written is read again, whatever it is', () => {
  const all = {
    signals: [{ name: 'bear', path: '../a: b #1.png', labels: '../bear labels' }],
    networks: [
      {
        name: 'small',
        model: 'ffn',
        settings: { width: 24, list: [1, 2], text: 'yes' },
        steps: 5,
        untilPsnr: { bear: 30 },
      },
    ],
    seeds: [0, 3],
    frames: '0:30',
    imageFrame: 2,
    size: '128x256',
    crop: '480x960',
    matrix: 'bt709',
    deinterlace: true,
    void: '255,10000',
    labelsOrientation: 'stored' as const,
    steps: 100,
    untilPsnr: 27.5,
    analyses: ['canvas'],
    analysisSettings: { objects: { neurons: 8 } },
    groupings: ['grid:4x8'],
    preset: 'published',
  };
  expect(read(manifestText(all))).toEqual({ schema: 1, ...all });
  expect(read(manifestText(SMALL))).toEqual({ schema: 1, ...SMALL });
});

test('a study names what else could be said, as values that can be taken as they are', () => {
  const examples = manifestText(SMALL).replace(/^# ([a-zA-Z]+: )/gm, '$1');
  expect(read(examples)).toMatchObject({ frames: '0:30', size: '128x256', preset: 'published', void: '255,10000' });
});

test('adding keeps what people wrote', () => {
  const document = parseYaml(manifestText(SMALL).replace('seeds: [ 0 ]', 'seeds: [ 0 ] # more later'), 'study.yaml');
  addToDocument(document, { seeds: [1], networks: [{ name: 'nerv', model: 'nerv', settings: { size: 2 } }] });
  const text = document.toString();
  expect(text).toContain('seeds: [ 0, 1 ] # more later');
  expect(text).toContain('# Every network is trained once');
  expect(read(text).networks.map(({ name }) => name)).toEqual(['ffn', 'nerv']);
});

test.each([
  ['seeds: [0', /^study\.yaml, line \d+: /],
  ['size: 3by4', /^study\.yaml: size: .*expected HEIGHTxWIDTH/],
  ['frames: x', /^study\.yaml: frames: /],
  ['colour: red', /^study\.yaml: Unrecognized key: "colour"/],
  ['preset: &a x\nanalyses: [*a]', /^study\.yaml: .*[Aa]lias/],
])('%s is refused, and it is said where', (line, problem) => {
  const text = manifestText(SMALL);
  expect(() => read(line.startsWith('seeds') ? text.replace('seeds: [ 0 ]', line) : `${text}\n${line}\n`)).toThrow(
    problem,
  );
});

test('a network that has a PSNR for each signal has one for all of them and for no other', () => {
  const withTargets = (untilPsnr: unknown) => ({
    ...SMALL,
    schema: 1,
    networks: [{ name: 'ffn', model: 'ffn', untilPsnr }],
  });
  expect(checkManifest(withTargets({ bear: 30 }), 'study.yaml').networks[0].untilPsnr).toEqual({ bear: 30 });
  expect(() => checkManifest(withTargets({ bear: 30, deer: 30 }), 'study.yaml')).toThrow(
    "study.yaml: untilPsnr of the network 'ffn' names 'deer', which is no signal. Give one PSNR for all signals, or one for each by its name.",
  );
  expect(() => checkManifest(withTargets({}), 'study.yaml')).toThrow(
    "study.yaml: untilPsnr of the network 'ffn' has none for the signal 'bear'.",
  );
});

test('names and seeds that are there twice are refused, and schemas of the future', () => {
  const twice = { ...SMALL, schema: 1, signals: [...SMALL.signals, { name: 'Bear', path: 'b.png' }] };
  expect(() => checkManifest(twice, 'study.yaml')).toThrow(
    "study.yaml: two signals are called 'bear'. Their runs would have the same names: give one of them another.",
  );
  expect(() => checkManifest({ ...SMALL, schema: 1, seeds: [3, 3] }, 'study.yaml')).toThrow(
    'the seed 3 is there twice',
  );
  expect(() => checkManifest({ ...SMALL, schema: 2 }, 'study.yaml')).toThrow(
    'study.yaml has schema 2, and this version of XINC knows 1. Use a newer version of XINC for this study.',
  );
  expect(() => checkManifest({ ...SMALL, schema: 1, signals: [{ name: '../x', path: 'b' }] }, 'study.yaml')).toThrow(
    'study.yaml: signals.0.name: a name has letters, digits, - and _, and does not begin with -',
  );
});
