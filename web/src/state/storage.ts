/** What stays on this device. Storage may be switched off or full: then nothing stays, and nothing breaks. */

export function load(key: string): string | null {
  try {
    return localStorage.getItem(`alleycat.${key}`);
  } catch {
    return null;
  }
}

export function save(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(`alleycat.${key}`);
    else localStorage.setItem(`alleycat.${key}`, text);
  } catch {
    // Full or forbidden.
  }
}

export function loadJson<T extends object>(key: string, otherwise: T): T {
  try {
    const value = JSON.parse(load(key) ?? 'null') as T | null;
    return value && typeof value === 'object' ? { ...otherwise, ...value } : otherwise;
  } catch {
    return otherwise;
  }
}

/** This tab's name; a reload keeps it. */
export function tabName(): string {
  const fresh = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  try {
    const known = sessionStorage.getItem('alleycat.tab');
    if (known) return known;
    sessionStorage.setItem('alleycat.tab', fresh);
  } catch {
    // Each load is a new tab then.
  }
  return fresh;
}
