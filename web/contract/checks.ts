/**
 * Checks of what comes in, compiled when the page is built: the page's policy allows no `eval`. The module `virtual:contract-checks`
 * has them by channel, for the channels that the page takes part in.
 */

import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'vite';

import { file, readApi, schemaOf, talks, type Api } from './document.ts';

const name = 'virtual:contract-checks';
const resolved = `\0${name}`;

/** What the page listens to and asks. All others would only be weight. */
export const used = [
  'update',
  'chooseGhost',
  'now',
  'classes',
  'leaderboard',
  'races',
  'race',
  'search',
  'racer',
  'ride',
  'view',
  'standings',
  'top',
  'result',
  'liveLeaderboard',
  'event',
];

/** An ES module: `heard` and `answers`, `[subject, [kind, check][]]`; kinds are messages of the document. */
export function checksOf(api: Api): string {
  // References are inlined where that is short: a fifth less code than always, and faster than never.
  const ajv = new Ajv({ code: { source: true, esm: true, lines: false }, inlineRefs: 2, allowUnionTypes: true, strictRequired: false });
  ajv.addVocabulary(['components', 'x-meaning']);
  ajv.addSchema({ $id: 'api', components: { schemas: api.components.schemas } });
  const wanted = talks(api).filter(({ channel }) => used.includes(channel));
  if (wanted.length !== used.length) throw new Error('docs/asyncapi.yaml lacks a channel that the page uses');
  const heard = wanted.filter(({ action }) => action === 'send').map(({ subject, messages }) => ({ subject, kinds: messages }));
  const answers = wanted.filter((talk) => talk.answers.length > 0).map((talk) => ({ subject: talk.subject, kinds: talk.answers }));
  const schemas = new Set([...heard, ...answers].flatMap(({ kinds }) => kinds.map((kind) => schemaOf(api, kind))));
  const code = standaloneCode(ajv, Object.fromEntries([...schemas].map((schema) => [schema, `api#/components/schemas/${schema}`])));
  const table = (of: { subject: string; kinds: string[] }[]) =>
    `[${of.map(({ subject, kinds }) => `[${JSON.stringify(subject)}, [${kinds.map((kind) => `[${JSON.stringify(kind)}, ${schemaOf(api, kind)}]`).join(', ')}]]`).join(', ')}]`;
  return `${code}\nexport const heard = ${table(heard)};\nexport const answers = ${table(answers)};\n`;
}

export const checks: Plugin = {
  name: 'contract-checks',
  resolveId: (id) => (id === name ? resolved : undefined),
  load(id) {
    if (id !== resolved) return undefined;
    this.addWatchFile(file);
    return checksOf(readApi());
  },
};
