/** Names of riders: what the server takes, and how to find one. */

export const MAX_NAME_BYTES = 64;

// Control, separator, zero-width and direction characters and halves of a character: invisible, or able to disguise other text.
// The joiners U+200C and U+200D may stand between two characters from Hebrew on, which they can join.
const joinable = '[\\u0590-\\u1fff\\u2070-\\u2fff\\u3001-\\ufefe\\uff00-\\u{10ffff}]';
const joiners = new RegExp(`(?<=${joinable})[\\u200c\\u200d](?=${joinable})`, 'gu');
const unprintable = /[\p{Cs}\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** What is wrong with a name, or nothing. */
export function nameFault(name: string): string | null {
  if (name.trim() === '') return 'Enter a name.';
  if (unprintable.test(name.replace(joiners, ''))) return 'The name has an invisible character.';
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > MAX_NAME_BYTES) return `The name is ${bytes - MAX_NAME_BYTES} bytes too long.`;
  return null;
}

/** What to call a rider: a name of nothing but blanks is no name. */
export const calledName = (name: string, racerId: number): string => (name.trim() === '' ? `Rider ${racerId}` : name);

/** Without accents and case: "Søren Ł." and "soren l." are found alike. */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/ı/g, 'i')
    .replace(/đ/g, 'd')
    .replace(/ß/g, 'ss')
    .replace(/æ/g, 'ae');
}

export interface Person {
  racerId: number;
  name: string;
}

/**
 * Riders whose name has a word that begins with the text, or whose id begins with it.
 * @returns at most `limit`: an exact id first, then by name.
 */
export function findPeople<P extends Person>(people: Iterable<P>, text: string, limit = 8): P[] {
  const wanted = folded(text.trim());
  if (wanted === '') return [];
  const found: { person: P; key: string; exact: boolean }[] = [];
  for (const person of people) {
    const id = String(person.racerId);
    const name = folded(person.name);
    const hit = id.startsWith(wanted) || name.startsWith(wanted) || name.includes(` ${wanted}`);
    if (hit) found.push({ person, key: name, exact: id === wanted });
  }
  found.sort((a, b) => Number(b.exact) - Number(a.exact) || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.person.racerId - b.person.racerId));
  return found.slice(0, limit).map(({ person }) => person);
}
