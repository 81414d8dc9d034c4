import { describe, expect, test } from 'vitest';
import { checkPanel } from './check-panel.js';

/* A panel that is right in every way, and each fault by itself. */

type Scene = { readonly settings: Readonly<Record<string, string>> };
type Host = {
  follow(listener: (scene: Scene) => unknown): () => void;
  set(name: string, text: string): void;
  file(path: string): Promise<ArrayBuffer>;
};

const root = () => ({ innerHTML: '' });
const right = (element: { innerHTML: string }, host: Host) =>
  host.follow(async ({ settings }) => {
    const bytes = await host.file('analysis/a.csv');
    element.innerHTML = `${bytes.byteLength} bytes, ${Number(settings.shown) || 12} shown`;
  });
const panel = (changes: object = {}) => ({ title: 'Strongest', settings: { shown: '12' }, mount: right, ...changes });
const options = { root, files: { 'analysis/a.csv': new Uint8Array(5) }, choices: { shown: ['3'] } };

test('a panel that is right passes, and what it draws is told', async () => {
  expect(await checkPanel(panel(), options)).toEqual({
    shown: { '12': '5 bytes, 12 shown', '3': '5 bytes, 3 shown' },
  });
});

const drawing = (mount: (element: { innerHTML: string }, host: Host) => unknown) => panel({ mount });

describe('what is wrong is told', () => {
  test.each<readonly [string, object, string]>([
    ['no title', panel({ title: '' }), "panel 'without a title': its title is ''"],
    ['no mount', panel({ mount: undefined }), "panel 'Strongest': it exports no function 'mount'"],
    ['a setting that fits no address', panel({ settings: { 'a b': '3' } }), "setting 'a b' needs a name of letters"],
    ['a setting that is no text', panel({ settings: { shown: 3 } }), "setting 'shown' needs a name of letters"],
    ['nothing that takes it down', drawing(() => undefined), 'mount gives undefined'],
    [
      'a setting that it does not name',
      drawing((_, host) => host.follow(() => host.set('order', 'up'))),
      "it sets 'order', which is not among its settings",
    ],
    [
      'an empty text',
      drawing((_, host) => host.follow(() => host.set('shown', ''))),
      "it sets '': setting 'shown' needs",
    ],
    [
      'a state beside its settings',
      drawing((element, host) => {
        let calls = 0;
        return host.follow(({ settings }) => {
          calls++;
          element.innerHTML = `${settings.shown}, told ${calls} times`;
        });
      }),
      'with shown=12 it draws something else after a reload',
    ],
    [
      'a link that it fails on',
      drawing((element, host) =>
        host.follow(({ settings }) => {
          element.innerHTML = 'x'.repeat(Number(settings.shown));
        }),
      ),
      'with shown=-1 from a link it threw',
    ],
    [
      'a failure while it reads',
      drawing((_, host) => host.follow(() => host.file('analysis/b.csv'))),
      "it reads 'analysis/b.csv', which is not among the files of the test",
    ],
  ])('%s', async (_what, module, message) => {
    await expect(checkPanel(module, options)).rejects.toMatchObject({
      code: 'plugin',
      message: expect.stringContaining(message),
    });
  });
});
