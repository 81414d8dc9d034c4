import { describe, expect, it } from 'vitest';
import { NO_HISTORY, redone, remember, undone } from './history.js';

describe('a history', () => {
  it('goes back and forth over what was remembered', () => {
    const two = remember(remember<string>(NO_HISTORY, 'a'), 'b');
    const back = undone(two, 'c')!;
    expect(back.value).toBe('b');
    const further = undone(back.history, back.value)!;
    expect(further.value).toBe('a');
    expect(undone(further.history, 'a')).toBeNull();
    const forth = redone(further.history, 'a')!;
    expect(forth.value).toBe('b');
    const last = redone(forth.history, forth.value)!;
    expect(last).toEqual({ value: 'c', history: two });
    expect(redone(last.history, 'c')).toBeNull();
  });

  it('forgets what was undone when something new is done', () => {
    const back = undone(remember<string>(NO_HISTORY, 'a'), 'b')!;
    expect(remember(back.history, 'a')).toEqual({ past: ['a'], future: [] });
  });

  it('keeps a limited number of steps, the newest', () => {
    let history = remember<number>(NO_HISTORY, 0);
    for (let i = 1; i < 500; i++) history = remember(history, i);
    expect(history.past.length).toBe(200);
    expect(history.past.at(-1)).toBe(499);
  });
});
