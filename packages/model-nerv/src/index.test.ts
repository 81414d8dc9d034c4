import type { SignalShape } from '@xinc/core';
import { checkPlugins } from '@xinc/core/testing';
import { describe, expect, test } from 'vitest';
import nerv from './index.js';

const signal: SignalShape = { kind: 'video', frames: 30, height: 128, width: 256 };

describe('the plugin', () => {
  test('is one, for videos and images', () => {
    expect(checkPlugins(nerv, '@xinc/model-nerv')).toEqual([nerv]);
    expect(nerv).toMatchObject({ kind: 'inr', name: 'nerv', signals: ['video', 'image'] });
  });

  test('carries the inference of a configuration', () => {
    expect(nerv).toHaveProperty('infer', expect.any(Function));
  });

  test('draws whole frames from encoded indices', () => {
    const inr = nerv.build(nerv.config.parse({}), signal);
    expect(inr.sampling).toBe('frames');
    expect(inr.inputs([3, 29]).encoding.shape).toEqual([2, 160]);
  });

  test('takes an image as a video of one frame', () => {
    const inr = nerv.build(nerv.config.parse({}), { ...signal, kind: 'image', frames: 1 });
    expect([...inr.inputs([0]).encoding.data]).toEqual([...Array(80).fill(0), ...Array(80).fill(1)]);
    expect(() => inr.inputs([1])).toThrow('nerv: there is no frame 1. The signal has only frame 0.');
  });

  test.each([30, -1, 0.5])('refuses frame %d', (frame) => {
    const inr = nerv.build(nerv.config.parse({}), signal);
    expect(() => inr.inputs([0, frame])).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: `nerv: there is no frame ${frame}. Frames are 0 to 29.`,
      }),
    );
  });
});
