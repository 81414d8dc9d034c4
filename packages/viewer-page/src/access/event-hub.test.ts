import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../api.js';
import { EventHub, type EventStream, type StreamNews } from './event-hub.js';

type Stream = { -readonly [K in keyof EventStream]: EventStream[K] };

let streams: Stream[];
let hub: EventHub;

beforeEach(() => {
  vi.useFakeTimers();
  streams = [];
  hub = new EventHub(() => {
    const stream: Stream = { onmessage: null, onopen: null, onerror: null, readyState: 0, close: vi.fn() };
    streams.push(stream);
    return stream;
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const call = (stream: Stream, name: 'onopen' | 'onerror') => (stream[name] as (() => void) | null)!();
const send = (stream: Stream, event: RunEvent) =>
  (stream.onmessage as (message: { data: string }) => void)({ data: JSON.stringify(event) });
const trained: RunEvent = { run: 'a', changed: 'training' };

describe('one stream of events for many followers', () => {
  it('is opened once, tells everyone, and is closed when the last one leaves', () => {
    const [one, two] = [vi.fn(), vi.fn()];
    const leaveOne = hub.follow(one);
    const leaveTwo = hub.follow(two);
    expect(streams).toHaveLength(1);
    call(streams[0], 'onopen');
    send(streams[0], trained);
    for (const follower of [one, two]) {
      expect(follower.mock.calls.map(([news]) => news)).toEqual([
        { kind: 'connected' },
        { kind: 'event', event: trained },
      ]);
    }
    leaveOne();
    leaveOne();
    expect(streams[0].close).not.toHaveBeenCalled();
    leaveTwo();
    expect(streams[0].close).toHaveBeenCalledOnce();
  });

  it('tells a follower that comes later of every run, which may have changed since it asked', () => {
    hub.follow(vi.fn());
    call(streams[0], 'onopen');
    send(streams[0], trained);
    send(streams[0], { run: 'b', changed: 'weights' });
    const news: StreamNews[] = [];
    hub.follow((one) => news.push(one));
    expect(news).toEqual([
      { kind: 'connected' },
      { kind: 'event', event: { run: 'a', changed: 'manifest' } },
      { kind: 'event', event: { run: 'b', changed: 'manifest' } },
    ]);
  });

  it('tells of breaks, and opens a stream anew that the browser has given up', () => {
    const news: StreamNews[] = [];
    hub.follow((one) => news.push(one));
    call(streams[0], 'onopen');
    call(streams[0], 'onerror');
    vi.advanceTimersByTime(60_000);
    expect(streams).toHaveLength(1);
    streams[0].readyState = 2;
    call(streams[0], 'onerror');
    vi.advanceTimersByTime(5000);
    expect(streams).toHaveLength(2);
    call(streams[1], 'onopen');
    expect(news.map(({ kind }) => kind)).toEqual(['connected', 'lost', 'lost', 'connected']);
    const late = vi.fn();
    call(streams[1], 'onerror');
    hub.follow(late);
    expect(late.mock.calls).toEqual([[{ kind: 'lost' }]]);
  });

  it('is not opened anew when nobody follows any more', () => {
    const leave = hub.follow(vi.fn());
    streams[0].readyState = 2;
    call(streams[0], 'onerror');
    leave();
    vi.advanceTimersByTime(60_000);
    expect(streams).toHaveLength(1);
  });
});
