import { afterEach, expect, test, vi } from 'vitest';
import type { PanelHost, PanelModule, PanelScene } from '../../api.js';
import { MountedPanel } from './mounted-panel.js';

const scene = (frame: number) => ({ frame }) as PanelScene;
const reported: unknown[] = [];
vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
afterEach(() => reported.splice(0));

function mount(panel: PanelModule['mount']) {
  const failures: string[] = [];
  const host = { select: () => {}, set: () => {}, file: async () => new ArrayBuffer() };
  const onfailure = ({ message }: Error) => failures.push(message);
  const mounted = new MountedPanel({ title: '', mount: panel }, {} as HTMLElement, host, scene(0), onfailure);
  return { mounted, failures };
}

test('a panel is told what is on screen until it is taken down', () => {
  const told: number[] = [];
  const { mounted } = mount((_, host) => {
    host.follow(({ frame }) => told.push(frame));
    return () => {};
  });
  mounted.tell(scene(1));
  mounted.takeDown();
  mounted.tell(scene(2));
  expect(told).toEqual([0, 1]);
});

test('one that starts later is taken down in the same way', async () => {
  const takeDown = vi.fn();
  const { mounted } = mount(async () => takeDown);
  await new Promise((resolve) => setTimeout(resolve));
  expect(takeDown).not.toHaveBeenCalled();
  mounted.takeDown();
  expect(takeDown).toHaveBeenCalledOnce();
});

test('one that starts after it was closed is taken down at once, and told nothing', async () => {
  const [told, takeDown] = [vi.fn(), vi.fn()];
  let start = (): void => {};
  const { mounted } = mount(async (_, host: PanelHost) => {
    await new Promise<void>((resolve) => {
      start = resolve;
    });
    host.follow(told);
    return takeDown;
  });
  mounted.takeDown();
  start();
  await vi.waitFor(() => expect(takeDown).toHaveBeenCalledOnce());
  mounted.tell(scene(1));
  expect(told).not.toHaveBeenCalled();
});

test('what it throws is its failure: when it starts, later, and while it is told something', async () => {
  const fail = (message: string) => () => {
    throw new Error(message);
  };
  for (const [panel, message] of [
    [fail('now'), 'now'],
    [async () => fail('later')(), 'later'],
    [(_: HTMLElement, host: PanelHost) => host.follow(fail('told')), 'told'],
  ] as const) {
    const { failures } = mount(panel);
    await vi.waitFor(() => expect(failures).toEqual([message]));
  }
});

test('what it throws while it goes is not in the way of others', () => {
  const { mounted, failures } = mount(() => () => {
    throw new Error('stuck');
  });
  mounted.takeDown();
  expect(failures).toEqual([]);
  expect(reported).toEqual([new Error('stuck')]);
});
