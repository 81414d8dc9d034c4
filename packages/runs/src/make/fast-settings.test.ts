import { expect, test } from 'vitest';
import { fastSettings } from './fast-settings.js';

const model = { name: 'mine', fast: { optimizer: 'soap', steps: 200 } };

test('a fast training has the settings that its model says, beside those of the user', () => {
  expect(fastSettings(model, { width: 8 })).toEqual({ width: 8, optimizer: 'soap', steps: 200 });
});

test('it is refused where the user settles what it settles', () => {
  const stands = "`fast` stands for optimizer=soap and steps=200 of the model 'mine', and";
  expect(() => fastSettings(model, { optimizer: 'adam' })).toThrow(
    `${stands} the setting 'optimizer' is given as well. Leave out one of the two.`,
  );
  expect(() => fastSettings(model, {}, 30)).toThrow(`${stands} \`steps: 30\` is given as well. Leave out one`);
});

test('a model that knows none is refused', () => {
  expect(() => fastSettings({ name: 'mine' }, {})).toThrow(
    "`fast`: the model 'mine' has no training that is known to be as good in less time. Leave it out, or set",
  );
});
