import { describe, expect, test } from 'vitest';
import { KeptAnswers } from '../../src/kept-answers.js';

const patient = new AbortController().signal;

/** Makes answers of a size, one per call, when told to. */
function kitchen(size = 10) {
  const made: string[] = [];
  const finish: (() => void)[] = [];
  const make = (key: string) => () => {
    made.push(key);
    return new Promise<Uint8Array>((resolve) => finish.push(() => resolve(new Uint8Array(size))));
  };
  const next = async () => {
    await new Promise((resolve) => setTimeout(resolve));
    finish.shift()!();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { made, make, next };
}

describe('answers that take computing', () => {
  test('are made once for all who ask, and then kept', async () => {
    const { made, make, next } = kitchen();
    const kept = new KeptAnswers(100);
    const asked = [kept.get('a', make('a'), patient), kept.get('a', make('a'), patient)];
    await next();
    const [first, second] = await Promise.all(asked);
    expect(first).toBe(second);
    expect(await kept.get('a', make('a'), patient)).toBe(first);
    expect(made).toEqual(['a']);
  });

  test('are made one after the other', async () => {
    const { made, make, next } = kitchen();
    const kept = new KeptAnswers(100);
    const asked = [
      kept.get('a', make('a'), patient),
      kept.get('b', make('b'), patient),
      kept.inTurn(make('c'), patient),
    ];
    await new Promise((resolve) => setTimeout(resolve));
    expect(made).toEqual(['a']);
    await next();
    expect(made).toEqual(['a', 'b']);
    await next();
    expect(made).toEqual(['a', 'b', 'c']);
    await next();
    await Promise.all(asked);
  });

  test('are not made if nobody waits any more when their turn comes', async () => {
    const { made, make, next } = kitchen();
    const kept = new KeptAnswers(100);
    const [gone, other] = [new AbortController(), new AbortController()];
    const first = kept.get('a', make('a'), patient);
    const left = kept.get('b', make('b'), gone.signal);
    const [shared, stays] = [kept.get('c', make('c'), other.signal), kept.get('c', make('c'), patient)];
    const task = expect(kept.inTurn(make('d'), gone.signal)).rejects.toMatchObject({ code: 'cancelled' });
    gone.abort();
    other.abort();
    await expect(left).rejects.toMatchObject({ code: 'cancelled' });
    await expect(shared).rejects.toMatchObject({ code: 'cancelled' });
    await next();
    await next();
    await Promise.all([first, stays]);
    await task;
    expect(made).toEqual(['a', 'c']);
  });

  test('that fail are told to all who wait, are not kept, and hold up nothing', async () => {
    const kept = new KeptAnswers(100);
    let attempts = 0;
    const fail = async () => {
      attempts++;
      throw new Error('no');
    };
    const asked = [kept.get('a', fail, patient), kept.get('a', fail, patient)];
    for (const answer of asked) await expect(answer).rejects.toThrow('no');
    await expect(kept.get('a', fail, patient)).rejects.toThrow('no');
    expect(attempts).toBe(2);
    expect(await kept.get('b', async () => new Uint8Array(3), patient)).toHaveLength(3);
  });

  test('leave when there are too many bytes, those not used for longest first', async () => {
    const kept = new KeptAnswers(25);
    const made: string[] = [];
    const ask = (key: string, size = 10) =>
      kept.get(
        key,
        async () => {
          made.push(key);
          return new Uint8Array(size);
        },
        patient,
      );
    await ask('a');
    await ask('b');
    await ask('a');
    await ask('c');
    await ask('a');
    expect(made).toEqual(['a', 'b', 'c']);
    await ask('b');
    expect(made).toEqual(['a', 'b', 'c', 'b']);
    await ask('large', 26);
    await ask('large', 26);
    await ask('b');
    expect(made).toEqual(['a', 'b', 'c', 'b', 'large', 'large']);
  });
});
