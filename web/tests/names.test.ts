import { describe, expect, test } from 'vitest';

import { calledName, findPeople, folded, nameFault } from '../src/logic/names';

describe('names', () => {
  test.each([
    'Adell',
    'Søren K.',
    '山田 太郎',
    'عمر',
    '<b>bold</b>',
    '"; DROP TABLE',
    '👩‍🚴',
    '🏳️‍🌈',
    'علی\u200cرضا',
    'ක්\u200dය',
    'x'.repeat(64),
  ])('%s is allowed', (name) => expect(nameFault(name)).toBeNull());
  test.each([
    ['', 'empty'],
    ['   ', 'only blanks'],
    ['x'.repeat(65), '65 bytes'],
    ['é'.repeat(33), '66 bytes in 33 letters'],
    ['a\u202eb', 'right-to-left override'],
    ['a\u200bb', 'zero width'],
    ['a\u200db', 'a joiner between Latin letters'],
    ['علی\u200c', 'a joiner at the end'],
    ['ع\u200c\u200dع', 'two joiners'],
    ['a\nb', 'a line break'],
    ['a\u0085b', 'a control character of the upper half'],
    ['a\ud800b', 'half a character'],
  ])('%j is refused: %s', (name) => expect(nameFault(name)).toBeTypeOf('string'));

  test('letters are found without their accents', () => {
    expect([folded('Søren Ł. Çağrı'), folded('STRAẞE'.toLowerCase())]).toEqual(['soren l. cagri', 'strasse']);
  });

  test('a name of blanks is replaced by the number', () =>
    expect([calledName(' \u00a0', 8), calledName('A', 8)]).toEqual(['Rider 8', 'A']));

  const people = [
    { racerId: 8, name: 'Adell' },
    { racerId: 80, name: 'Søren A.' },
    { racerId: 81, name: 'Zoë Søren' },
    { racerId: 7, name: 'Ada 8' },
  ];
  test('somebody is found by the beginning of a word or a number, an exact number first', () => {
    const found = (text: string) => findPeople(people, text).map(({ racerId }) => racerId);
    expect(found('8')).toEqual([8, 7, 80, 81]);
    expect(found('soren')).toEqual([80, 81]);
    expect(found('ell')).toEqual([]);
    expect(found(' ')).toEqual([]);
  });
  test('a list of findings is short', () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({ racerId: i, name: `Rider ${i}` }));
    expect(findPeople(many, 'rider').length).toBe(8);
  });
});
