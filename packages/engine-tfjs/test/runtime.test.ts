import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { provideLegacyUtil } from '../src/legacy-util.js';
import type { Surroundings } from '../src/native.js';
import { loadRuntime } from '../src/runtime.js';
import type { TensorFlow } from '../src/tensorflow.js';

const require = createRequire(import.meta.url);
const tfjs = require('@tensorflow/tfjs') as TensorFlow;

/** A process whose `@tensorflow/tfjs-node` is what `native` gives or throws. */
function processWith(native: (surroundings: Surroundings) => unknown, nodeMajor = 20): Surroundings {
  const surroundings: Surroundings = {
    load: (specifier) => (specifier === '@tensorflow/tfjs-node' ? native(surroundings) : require(specifier)),
    util: nodeMajor >= 23 ? {} : { isArray: deprecated, isNullOrUndefined: deprecated },
    env: {},
    nodeMajor,
  };
  return surroundings;
}

function deprecated(): never {
  throw new Error('this Node prints a warning when this is called');
}

/** What a working native package exports, with the JavaScript backend at work behind it. */
const working = (overrides: object = {}): unknown => ({
  ...tfjs,
  version: { ...tfjs.version, 'tfjs-node': '4.22.0' },
  getBackend: () => 'tensorflow',
  ...overrides,
});

const failing = (message: string, code?: string) => () => {
  throw Object.assign(new Error(message), { code });
};

beforeEach(() => tfjs.setBackend('cpu'));

describe('the native library', () => {
  test('is used where it loads and works', async () => {
    const { description } = await loadRuntime(
      3,
      processWith(() => working()),
    );
    expect(description).toBe('TensorFlow.js 4.22.0, native CPU library of @tensorflow/tfjs-node 4.22.0, 3 threads');
  });

  test('is loaded with its own switches set for threads and quiet, unless the user has set them', async () => {
    const seen: object[] = [];
    const surroundings = processWith(({ env }) => {
      seen.push({ ...env });
      return working();
    });
    await loadRuntime(2, surroundings);
    expect(seen).toEqual([{ TF_CPP_MIN_LOG_LEVEL: '1', TF_NUM_INTRAOP_THREADS: '2' }]);

    const chosen = { TF_CPP_MIN_LOG_LEVEL: '0', TF_NUM_INTRAOP_THREADS: '7' };
    const { description } = await loadRuntime(2, { ...surroundings, env: chosen });
    expect(chosen).toEqual({ TF_CPP_MIN_LOG_LEVEL: '0', TF_NUM_INTRAOP_THREADS: '7' });
    expect(description).toMatch(/, 7 threads$/);
  });

  test.each([22, 24])(
    'finds on Node %i the functions of util that it calls, before and after it loads',
    async (major) => {
      const surroundings = processWith(({ util }) => {
        expect(legacyAnswers(util)).toEqual([true, true, false, true, false]);
        return working();
      }, major);
      await loadRuntime(undefined, surroundings);
      expect(legacyAnswers(surroundings.util)).toEqual([true, true, false, true, false]);
      expect(Object.keys(surroundings.util)).not.toContain('isNullOrUndefined');
    },
  );
});

describe('a package that XINC_TFJS_NODE names', () => {
  const naming = (folder: string, load: (specifier: string) => unknown): Surroundings => ({
    ...processWith(() => working()),
    load,
    env: { XINC_TFJS_NODE: folder },
  });

  test('is loaded in place of the installed one, from the working directory if it is no absolute path', async () => {
    const loaded: string[] = [];
    const surroundings = naming(join('built', 'tfjs-node'), (specifier) => {
      loaded.push(specifier);
      return working();
    });
    const { description } = await loadRuntime(2, surroundings);
    expect(description).toMatch(/native CPU library of @tensorflow\/tfjs-node 4\.22\.0, 2 threads$/);
    expect(loaded).toEqual([resolve('built', 'tfjs-node')]);
  });

  test('is refused where it does not load, not replaced by JavaScript, and the process is left as it was', async () => {
    const surroundings = naming('/somewhere', failing("Cannot find module '/somewhere'\nRequire stack:"));
    await expect(loadRuntime(2, surroundings)).rejects.toMatchObject({
      code: 'unsupported',
      message:
        "/somewhere: does not load as @tensorflow/tfjs-node (Cannot find module '/somewhere'). " +
        'XINC_TFJS_NODE names it: let it name the folder of that package, with its native library, or unset it.',
    });
    expect(surroundings.env).toEqual({ XINC_TFJS_NODE: '/somewhere' });
  });
});

function legacyAnswers(util: object): boolean[] {
  const { isNullOrUndefined, isArray } = util as Record<string, (value?: unknown) => boolean>;
  return [isNullOrUndefined(null), isNullOrUndefined(undefined), isNullOrUndefined(0), isArray([]), isArray({})];
}

describe('plain JavaScript instead', () => {
  const slow =
    "TensorFlow.js 4.22.0, plain JavaScript CPU backend, 1 thread (slow: the native library's package @tensorflow/tfjs-node";
  const reasons: [string, () => unknown, string][] = [
    [
      'where the package is not installed',
      failing("Cannot find module '@tensorflow/tfjs-node'\nRequire stack:\n- /somewhere", 'MODULE_NOT_FOUND'),
      'is not installed)',
    ],
    [
      'where its native part was never downloaded',
      failing('The Node.js native addon module (tfjs_binding.node) can not be found at path: /x. \nPlease run command'),
      'is installed but does not load: The Node.js native addon module (tfjs_binding.node) can not be found at path: /x)',
    ],
    [
      'where a dependency of it is missing',
      failing("Cannot find module '@mapbox/node-pre-gyp'\nRequire stack:", 'MODULE_NOT_FOUND'),
      "is installed but does not load: Cannot find module '@mapbox/node-pre-gyp')",
    ],
    [
      'where it throws something odd',
      () => {
        throw 'no such CPU';
      },
      'is installed but does not load: no such CPU)',
    ],
    [
      'where its backend does not start',
      () => working({ getBackend: () => 'cpu' }),
      "is installed but does not load: its backend is 'cpu', not 'tensorflow')",
    ],
    [
      'where its operations fail',
      () => working({ mul: failing('(0 , util_1.isNullOrUndefined) is not a function') }),
      'is installed but does not load: (0 , util_1.isNullOrUndefined) is not a function)',
    ],
    [
      'where it computes wrongly',
      () => working({ mul: (a: never) => tfjs.add(a, 1) }),
      'is installed but does not load: it multiplies 6 by 7 to 7)',
    ],
  ];

  test.each(reasons)('%s, and the description says so', async (_, native, reason) => {
    const { description, tf } = await loadRuntime(4, processWith(native));
    expect(description).toBe(`${slow} ${reason}`);
    expect(tf.getBackend()).toBe('cpu');
  });

  test.each([20, 22, 24])('leaves util and the environment of Node %i as they were', async (major) => {
    const surroundings = processWith(failing('no'), major);
    const before = Object.getOwnPropertyDescriptors(surroundings.util);
    await loadRuntime(4, surroundings);
    expect(Object.getOwnPropertyDescriptors(surroundings.util)).toEqual(before);
    expect(surroundings.env).toEqual({});
  });
});

test('where util has the functions without warnings, it is not touched', () => {
  const util = { isArray: () => true, isNullOrUndefined: () => true };
  const before = { ...util };
  provideLegacyUtil(util, 20)();
  expect(util).toEqual(before);
});
