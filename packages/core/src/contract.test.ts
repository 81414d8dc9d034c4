import { expect, test } from 'vitest';
import { contractProblem } from './contract.js';

test('the own contract, and one that is not said, are taken', () => {
  expect(contractProblem(3, 3)).toBeUndefined();
  expect(contractProblem(undefined, 3)).toBeUndefined();
});

test('a newer and an older one are refused, each with what to do', () => {
  expect(contractProblem(4, 3)).toBe(
    'it is made for contract 4 of plugins, and this XINC has contract 3: use a newer XINC, or an older version of it that is made for contract 3',
  );
  expect(contractProblem(2, 3)).toBe(
    'it is made for contract 2 of plugins, and this XINC has contract 3: use a newer version of it; if it is yours, docs/plugins.md says what changed since',
  );
});

test.each([0, -1, 1.5, 2 ** 60, '1', null, true, [1], { version: 1 }])('%j is no contract', (stated) => {
  expect(contractProblem(stated)).toBe(
    `the field 'xinc.contract' of its package.json is ${JSON.stringify(stated)}, which is no contract: write the whole number that it is made for (this XINC has contract 1)`,
  );
});

test('what is stated is shown in one line that ends', () => {
  const problem = contractProblem(`\n\u202e${'x'.repeat(10_000)}`);
  expect(problem).not.toMatch(/[\n\u202e]/);
  expect(problem!.length).toBeLessThan(400);
});
