import { expect, test } from 'vitest';
import { TorchStream } from './torch-stream.js';

/* Numbers printed by PyTorch 1.13 on x86. */

test('uniform numbers are those of PyTorch to the bit: torch.manual_seed(0); nn.Linear(3, 4)', () => {
  const stream = new TorchStream(0);
  expect(stream.uniform(12, 1 / Math.sqrt(3))).toEqual(
    Float32Array.of(
      -0.004322517663240433,
      0.3097158372402191,
      -0.4751853346824646,
      -0.4248946011066437,
      -0.2223689705133438,
      0.15482072532176971,
      -0.011439144611358643,
      0.45777493715286255,
      -0.05123639851808548,
      0.1527741253376007,
      -0.1744827926158905,
      -0.11348707973957062,
    ),
  );
  expect(stream.uniform(4, 1 / Math.sqrt(3))).toEqual(
    Float32Array.of(-0.55157071352005, -0.3823687434196472, -0.2379971146583557, 0.021387115120887756),
  );
  expect(new TorchStream(123456789).uniform(4, 0.5)).toEqual(
    Float32Array.of(-0.09474611282348633, 0.10617995262145996, 0.23897087574005127, -0.13244861364364624),
  );
});

test('normal numbers are those of PyTorch, and so is what follows: torch.manual_seed(7); randn(20); nn.Conv2d(2, 3, 3)', () => {
  const stream = new TorchStream(7);
  const normal = stream.normal(20, 1);
  const expected = [
    -0.8201345205307007, 0.39563116431236267, 0.8989084959030151, -1.3884038925170898, 0.19844505190849304,
    0.7820726633071899, 1.0391076803207397, -0.7245107293128967, -0.8489086031913757, -1.2169294357299805,
    -0.08102158457040787, 1.3614851236343384, -2.0614778995513916, 0.6741006970405579, -1.3233457803726196,
    -1.3597689867019653, -0.866701602935791, -0.5640066862106323, -2.056462526321411, -0.35672253370285034,
  ];
  expect([...normal]).toEqual(expected.map((value) => expect.closeTo(value, 5)));
  expect([...stream.uniform(54, 1 / Math.sqrt(18)).subarray(0, 5)]).toEqual([
    -0.05244753882288933, -0.13131140172481537, -0.0593017116189003, -0.1436566859483719, 0.11338409781455994,
  ]);
  expect([...stream.uniform(3, 1 / Math.sqrt(18))]).toEqual([
    -0.16641776263713837, -0.140548974275589, 0.10649412870407104,
  ]);
});

test('few normal numbers are normal as well', () => {
  const draws = Array.from({ length: 4000 }, (_, seed) => new TorchStream(seed).normal(1, 2)[0]);
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
  expect(Math.abs(mean)).toBeLessThan(0.15);
  expect(Math.sqrt(variance)).toBeGreaterThan(1.9);
  expect(Math.sqrt(variance)).toBeLessThan(2.1);
});
