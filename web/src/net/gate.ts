/**
 * Where messages enter the page: what is not as the contract says (docs/asyncapi.yaml) goes no further. It is counted by kind, and
 * said in the console the first time. Fields that the contract does not know pass.
 */

import { answers, heard, type Check, type Checks } from 'virtual:contract-checks';

type Kinds = readonly (readonly [kind: string, check: Check])[];

/** @param subject  may have the wildcards of a subscription for parameters */
function kindsOn(subject: string, table: Checks): Kinds {
  const tokens = subject.split('.');
  const found = table.find(([address]) => {
    const parts = address.split('.');
    return parts.length === tokens.length && parts.every((part, i) => part.startsWith('{') || part === tokens[i]);
  });
  // A test that opens each view would see it: the subject is in the contract, or the compiler would have said so.
  if (!found) throw new Error(`web/contract/checks.ts: no channel that the page uses has the subject ${subject}`);
  return found[1];
}

/** A message that passed. */
export interface Passed {
  kind: string;
  message: unknown;
}

export class Gate {
  /** What was left out, by kind. */
  readonly dropped = new Map<string, number>();
  /** Rises with each. */
  total = 0;
  /** Told how long each check took, ms, when somebody measures. */
  checked: ((ms: number, kind: string) => void) | null = null;

  constructor(private readonly say: (text: string) => void = (text) => console.warn(text)) {}

  /** For what is said on a subject. */
  heard(subject: string): (text: string) => Passed | null {
    const kinds = kindsOn(subject, heard);
    return (text) => this.take(text, kinds, subject);
  }

  /** For answers to what is asked on a subject: errors too. */
  answers(subject: string): (text: string) => Passed | null {
    const kinds = kindsOn(subject, answers);
    return (text) => this.take(text, kinds, subject);
  }

  private take(text: string, kinds: Kinds, subject: string): Passed | null {
    const [[expected]] = kinds as [readonly [string, Check]];
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      this.drop(expected, subject, 'is no JSON');
      return null;
    }
    const began = performance.now();
    const fits = kinds.find(([, check]) => check(message));
    this.checked?.(performance.now() - began, fits?.[0] ?? expected);
    if (fits) return { kind: fits[0], message };
    const fault = kinds[0]![1].errors?.[0] ?? kinds.at(-1)![1].errors?.[0];
    this.drop(expected, subject, `${fault?.instancePath ?? ''} ${fault?.message ?? 'is not as it should be'}`.trim());
    return null;
  }

  private drop(kind: string, subject: string, why: string): void {
    const before = this.dropped.get(kind) ?? 0;
    this.dropped.set(kind, before + 1);
    this.total += 1;
    if (before === 0) this.say(`${kind} on ${subject} is left out: ${why}; see /docs/api. Others of this kind are only counted.`);
  }
}
