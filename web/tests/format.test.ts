import { describe, expect, test } from 'vitest';

import { ago, exactScore, minutes, ordinal, plural, score, signed } from '../src/logic/format';

describe('figures', () => {
  test.each([
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [4, '4th'],
    [11, '11th'],
    [12, '12th'],
    [13, '13th'],
    [21, '21st'],
    [102, '102nd'],
    [111, '111th'],
    [1203, '1,203rd'],
  ])('%d is the %s', (n, text) => expect(ordinal(n)).toBe(text));
  test.each([
    [0, '0:00'],
    [59.9, '0:59'],
    [60, '1:00'],
    [247, '4:07'],
    [3600, '1:00:00'],
    [-5, '0:00'],
  ])('%d seconds are %s', (s, text) => expect(minutes(s)).toBe(text));
  test.each([
    [12.44, '+12.4'],
    [-3, '−3.0'],
    [0, '±0.0'],
    [-0.04, '±0.0'],
    [-0.06, '−0.1'],
    [1234.5, '+1,234.5'],
  ])('a difference of %d is %s', (d, text) => expect(signed(d)).toBe(text));
  test('scores have one place, exact ones all', () => {
    expect(score(34173.244)).toBe('34,173.2');
    expect(exactScore(34173.2441)).toBe('34,173.2441');
  });
  test.each([
    [500, 'now'],
    [12_300, '12 s'],
    [240_000, '4 min'],
    [7_200_000, '2 h'],
    [200_000_000, '2 d'],
  ])('%d ms ago is %s', (ms, text) => expect(ago(ms)).toBe(text));
  test('one rider, two riders', () =>
    expect([plural(1, 'rider'), plural(2, 'rider'), plural(0, 'race')]).toEqual(['1 rider', '2 riders', '0 races']));
});
