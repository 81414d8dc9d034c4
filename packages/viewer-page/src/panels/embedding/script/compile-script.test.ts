import { describe, expect, it } from 'vitest';
import { compileScript } from './compile-script.js';

/** Runs a script by interpretation and by the machine; both have to agree. */
function both(parameters: readonly string[], body: string, values: () => readonly unknown[]): unknown {
  const interpreted = compileScript(parameters, body)(...values());
  expect(interpreted).toEqual(new Function(...parameters, body)(...values()));
  return interpreted;
}

describe('an interpreted script does what the compiled one does', () => {
  it('with operators of every kind', () => {
    for (const operator of '+ - * / % < <= > >= === !== == != & | ^ << >> >>> && ||'.split(' ')) {
      for (const pair of [
        [7, 3],
        [0, -2],
        [3, 3],
        ['3', 3],
        [0, null],
      ]) {
        both(['a', 'b'], `return a ${operator} b;`, () => pair);
      }
    }
    for (const operator of ['!', '-', '+', '~', 'typeof ']) both(['a'], `return ${operator}a;`, () => [5]);
    expect(both(['a'], "return ['x' in a, a instanceof Array, a ? 1 : 2, (1, 3)];", () => [[1]])).toEqual([
      false,
      true,
      1,
      3,
    ]);
  });

  it('with assignments and updates of variables and fields', () => {
    const body = `"use strict"; var v = 1, w; v += 4; v *= 2; v |= 1; w = v++ + ++v - v-- - --v;
      o.x = o['y'] = w; o.n[0] -= 3; o.n[1]++; return [v, w, o];`;
    both(['o'], body, () => [{ x: 0, y: 0, n: [1, 2] }]);
  });

  it('with loops, branches, hoisted variables and early returns', () => {
    const body = `for (var i = 0; i < n; ++i) { if (i === 4) { return [i, sum]; } else sum = (sum || 0) + i; var sum; } return sum;`;
    expect(both(['n'], body, () => [3])).toBe(3);
    expect(both(['n'], body, () => [9])).toEqual([4, 6]);
    expect(both([], 'var i = 0; for (;;) { if (++i > 5) return i; }', () => [])).toBe(6);
    expect(both([], 'return;', () => [])).toBeUndefined();
  });

  it('with procedures that share variables, as regl writes them', () => {
    const body = `var calls = 0; var m = new Float32Array([1, 2]);
      return {
        "draw": function (a0) { var v1; v1 = a0.count; calls += v1; gl.draw(v1, m[1]); return calls; },
        batch: function (a0, a1) { for (var i = 0; i < a1; i++) { gl.draw(a0[i], i); } }
      };`;
    const traces = [compileScript(['gl'], body), new Function('gl', body)].map((make) => {
      const calls: unknown[] = [];
      const gl = { name: 'gl', draw: (...values: unknown[]) => calls.push(values) };
      const { draw, batch } = make(gl);
      return [draw({ count: 2 }), draw({ count: 5 }), batch([7, 8, 9], 3), calls];
    });
    expect(traces[0]).toEqual(traces[1]);
    expect(traces[0][3]).toEqual([
      [2, 2],
      [5, 2],
      [7, 0],
      [8, 1],
      [9, 2],
    ]);
  });

  it('calls methods on their objects, once for each evaluation', () => {
    const counter = () => {
      const own = {
        count: 0,
        next: () => ++own.count,
        self() {
          return this === own;
        },
      };
      return [own];
    };
    expect(both(['o'], "o.next(); return [o.next(), o['next'](), o.self()];", counter)).toEqual([2, 3, true]);
  });

  it('hands on what a procedure is called on', () => {
    const body = 'return { own: function () { return this.name; }, of: function (f) { return f.call(this, 2); } };';
    for (const make of [compileScript([], body), new Function(body)]) {
      const object = Object.assign(make() as Record<string, (f?: unknown) => unknown>, { name: 'n' });
      expect(object.own()).toBe('n');
      expect(
        object.of(function (this: { name: string }, x: number) {
          return this.name + x;
        }),
      ).toBe('n2');
    }
  });

  it('gives every call variables of its own', () => {
    const body = 'return function (n, f) { var kept = n; if (n > 0) f(n - 1, f); return kept; };';
    const run = compileScript([], body)() as (n: number, f: unknown) => number;
    expect(run(3, run)).toBe(3);
  });
});

describe('a script that is not understood', () => {
  it('is refused by name', () => {
    expect(() => compileScript([], 'while (true) {}')).toThrow('WhileStatement');
    expect(() => compileScript([], 'return document;')).toThrow("'document', which is not there");
    expect(() => compileScript([], 'x = 1;')).toThrow("sets 'x'");
    expect(() => compileScript([], 'return 2 ** 3;')).toThrow("operator '**'");
    expect(() => compileScript([], 'return `a`;')).toThrow('TemplateLiteral');
    expect(() => compileScript([], 'return {')).toThrow();
  });
});
