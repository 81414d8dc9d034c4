import type { AnalysisPlugin, InrPlugin } from '@xinc/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { decodeSettings, decodeValue } from './decode-settings.js';

const model = (name: string, config: z.ZodType) => ({ name, config }) as unknown as InrPlugin;
const analysis = (name: string, options: z.ZodType) => ({ name, options }) as unknown as AnalysisPlugin;

const ffn = model('ffn', z.object({ width: z.coerce.number().int(), maps: z.number().optional() }));
const nerv = model('nerv', z.object({ width: z.number(), strides: z.array(z.number()) }));
const owners = {
  models: [ffn, nerv],
  analyses: [
    analysis('canvas', z.object({ neurons: z.number(), maps: z.number() })),
    analysis('objects', z.object({ neurons: z.number(), grouping: z.string() })),
    analysis('curves', z.object({ areas: z.array(z.number()) })),
  ],
};

describe('--set', () => {
  test('of one analysis counts before --set of all, whichever comes first', () => {
    const settings = decodeSettings(['objects.neurons=4', 'neurons=8'], owners);
    expect(settings.analyses).toEqual({ canvas: { neurons: 8 }, objects: { neurons: 4 } });
  });

  test('out of a range is a number still, so that the range is what is said', () => {
    const setting = z.int().max(400);
    expect(decodeValue(setting, '500')).toBe(500);
    expect(decodeValue(z.array(z.number().max(1)), '[0.2,1.5]')).toEqual([0.2, 1.5]);
  });

  test('sets what every analysis calls so, or one that is named, and the model', () => {
    const settings = decodeSettings(['neurons=8', 'objects.neurons=4', 'areas=0.2,0.3', 'width=24'], owners);
    expect(settings.analyses).toEqual({
      canvas: { neurons: 8 },
      objects: { neurons: 4 },
      curves: { areas: [0.2, 0.3] },
    });
    expect(settings.ofModel(ffn)).toEqual({ width: 24 });
    expect(settings.ofModel(nerv)).toEqual({ width: 24 });
  });

  test('goes to each of several models that has it, or to one that is named', () => {
    const { ofModels } = decodeSettings(['width=24', 'strides=4,2', 'nerv.width=32'], owners);
    expect(ofModels([ffn, nerv])).toEqual([{ width: 24 }, { width: 32, strides: [4, 2] }]);
    expect(() => decodeSettings(['widht=3'], owners).ofModels([ffn, nerv])).toThrow(
      '--set widht: none of the models has such a setting. xinc plugins lists all settings.',
    );
  });

  test('leaves a key that nothing has to the model, which refuses it', () => {
    expect(decodeSettings(['widht=3'], owners).ofModel(ffn)).toEqual({ widht: '3' });
  });

  test.each([
    ['maps=3', '--set maps: ffn and canvas have such a setting. Say whose it is: --set canvas.maps=3.'],
    [
      'wall.maps=3',
      "--set wall.maps: there is no model or analysis 'wall' among those asked for. Known: canvas, curves, ffn, nerv, objects.",
    ],
    ['width', "--set width: there is no '='. Write --set key=value."],
    ['=3', "--set =3: there is no '='. Write --set key=value."],
  ])('refuses %s', (pair, message) => {
    expect(() => decodeSettings([pair], owners)).toThrow(message);
  });

  test('refuses a setting of another model, and one that no analysis has', () => {
    expect(() => decodeSettings(['nerv.width=3'], owners).ofModel(ffn)).toThrow(
      "--set nerv.width: the model is 'ffn'. Choose the other with --model nerv, or leave this out.",
    );
    expect(() => decodeSettings(['width=3'], { ...owners, models: [] })).toThrow(
      '--set width: no analysis that is asked for has such a setting. xinc plugins lists all settings.',
    );
  });
});

test.each<[string, z.ZodType, string, unknown]>([
  ['a number', z.number(), '1e-3', 0.001],
  ['a number, for a schema that converts texts', z.coerce.number(), '24', 24],
  ['a text that is no number stays, to be refused', z.coerce.number(), 'no', 'no'],
  ['true is no number', z.coerce.number(), 'true', 'true'],
  ['a truth value', z.boolean(), 'false', false],
  ['a list', z.array(z.number()), '4,2, 2', [4, 2, 2]],
  ['a list of one', z.array(z.number()), '4', [4]],
  ['a list as JSON', z.array(z.number()), '[4, 2]', [4, 2]],
  ['names', z.array(z.string()), 'rgb,grid', ['rgb', 'grid']],
  ['a text that looks like a list', z.string(), 'a,b', 'a,b'],
  ['a text that looks like a number', z.string(), '7', '7'],
  ['a number or a name', z.union([z.enum(['tanh']), z.number()]), '0', 0],
  ['an empty text', z.number(), '', ''],
])('decodes %s', (_, schema, text, value) => {
  expect(decodeValue(schema, text)).toEqual(value);
});
