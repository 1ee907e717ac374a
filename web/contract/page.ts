/** The contract for people: docs/asyncapi.yaml as a page, `docs/api.html` when built. It has no script, and nothing of another host. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Plugin } from 'vite';

import { nameIn, readApi, talks, type Api, type Schema, type Talk } from './document.ts';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (found) => entities[found]!);
const code = (text: string): string => `<code>${escaped(text)}</code>`;
/** Text of the document: paragraphs, and `words` in back-quotes. */
const prose = (text: string): string => escaped(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>');
const paragraphs = (text: string): string =>
  text
    .trim()
    .split(/\n\n+/)
    .map((each) => `<p>${prose(each)}</p>`)
    .join('\n');
const table = (heads: string[], rows: string[][]): string =>
  `<div class="wide"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>${rows.map(([first, ...rest]) => `<tr><th scope="row">${first}</th>${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}</tbody></table></div>`;
const toMessage = (name: string): string => `<a href="#message-${name}">${name}</a>`;
const toSchema = (name: string): string => `<a href="#schema-${name}">${name}</a>`;

/** A type in few words, with links to those that have a name. */
function typeText(schema: Schema): string {
  if (schema.$ref) return toSchema(nameIn(schema));
  if (schema.allOf) return schema.allOf.map(typeText).join(' and ');
  if (schema.oneOf) return schema.oneOf.map(typeText).join(' or ');
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(' ');
  if (schema.type === 'array' || schema.items) return `array of ${typeText(schema.items ?? {})}`;
  return [schema.type ?? 'any'].flat().join(' or ');
}

function limits({ minimum, maximum, maxLength, maxItems, default: usual }: Schema): string {
  const said = [
    minimum !== undefined && maximum !== undefined ? `${minimum}..${maximum}` : '',
    minimum !== undefined && maximum === undefined ? `at least ${minimum}` : '',
    minimum === undefined && maximum !== undefined ? `at most ${maximum}` : '',
    maxLength !== undefined ? `at most ${maxLength} characters` : '',
    maxItems !== undefined ? `at most ${maxItems}` : '',
    usual !== undefined ? `${JSON.stringify(usual)} unless told` : '',
  ];
  return said.filter((each) => each !== '').join(', ');
}

/** The fields of an object and of the objects in it: `winner.total`, `races[].live`. */
function fields(schema: Schema, before = ''): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${before}${name}`;
    const inner = field.items?.properties ? field.items : field;
    const needed = schema.required?.includes(name) ? 'always' : 'optional';
    const about = [field.description ?? '', limits(field)].filter((text) => text !== '').join(' ');
    const row = [code(path), typeText(field), needed, prose(about)];
    return [row, ...(inner.properties ? fields(inner, `${path}${inner === field ? '' : '[]'}.`) : [])];
  });
}

function schemaSection(name: string, schema: Schema): string {
  const rows = fields(schema);
  const meanings = Object.entries(schema['x-meaning'] ?? schema.properties?.error?.properties?.code?.['x-meaning'] ?? {});
  return `<section id="schema-${name}" data-schema="${name}"><h3>${name}</h3>
${schema.description ? paragraphs(schema.description) : ''}
${rows.length > 0 ? table(['field', 'type', 'there', 'is'], rows) : `<p>${typeText(schema)}${limits(schema) ? `, ${limits(schema)}` : ''}</p>`}
${
  meanings.length > 0
    ? table(
        ['code', 'means'],
        meanings.map(([word, text]) => [code(word), prose(text)]),
      )
    : ''
}
</section>`;
}

function messageSection(api: Api, name: string): string {
  const { summary, payload, examples } = api.components.messages[name]!;
  return `<section id="message-${name}" data-message="${name}"><h3>${name}</h3>
<p>${prose(summary)} ${payload.$ref ? `Its fields: ${toSchema(nameIn(payload))}.` : ''}</p>
${examples.map((example) => `<pre tabindex="0">${escaped(JSON.stringify(example.payload, null, 1))}</pre>`).join('\n')}
</section>`;
}

function channelSection(api: Api, { channel, subject, description, title, messages, answers }: Talk): string {
  const parameters = Object.entries(api.channels[channel]!.parameters ?? {}).map(([name, reference]) => [
    code(name),
    prose(api.components.parameters[nameIn(reference)]!.description),
  ]);
  return `<section id="channel-${channel}" data-channel="${channel}"><h3>${escaped(title)}</h3>
<p class="subject">${code(subject)}</p>
<p>${prose(description)}</p>
${parameters.length > 0 ? table(['in the subject', 'is'], parameters) : ''}
<p>${messages.map(toMessage).join(', ')}${answers.length > 0 ? `, answered by ${answers.map(toMessage).join(' or ')}` : ''}</p>
</section>`;
}

/** @returns a whole HTML document, whose style is `/docs/api.css` */
export function pageOf(api: Api): string {
  const all = talks(api);
  const asked = (talk: Talk) => talk.subject.startsWith('alleycat.query.');
  const groups: [string, string, Talk[]][] = [
    ['sent', 'What bikes send', all.filter((talk) => talk.action === 'receive' && !asked(talk))],
    ['asked', 'What can be asked', all.filter(asked)],
    ['published', 'What is published', all.filter(({ action }) => action === 'send')],
  ];
  // Replies have a channel without a subject: what goes over it stands with each question.
  const replies = Object.entries(api.channels).filter(([, { address }]) => address === null);
  const index = groups
    .map(
      ([id, title, members]) =>
        `<li><a href="#${id}">${title}</a><ul>${members.map(({ channel, subject }) => `<li><a href="#channel-${channel}">${code(subject)}</a></li>`).join('')}</ul></li>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The contract · ${escaped(api.info.title)}</title>
<link rel="icon" href="/alleycat.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/api.css">
</head>
<body>
<header><a href="/">${escaped(api.info.title)}</a></header>
<nav aria-label="Contents"><ul>
${index}
<li><a href="#messages">Messages</a></li>
<li><a href="#fields">Fields and errors</a></li>
</ul></nav>
<main>
<h1>Subjects and messages</h1>
<p class="muted">Contract ${escaped(api.info.version)}, made from <code>docs/asyncapi.yaml</code>.</p>
${paragraphs(api.info.description)}
${groups.map(([id, title, members]) => `<h2 id="${id}">${title}</h2>\n${members.map((talk) => channelSection(api, talk)).join('\n')}`).join('\n')}
<h2 id="messages">Messages</h2>
${replies.map(([name, { description }]) => `<p id="channel-${name}" data-channel="${name}">Answers come on: ${prose(description)}</p>`).join('\n')}
${Object.keys(api.components.messages)
  .map((name) => messageSection(api, name))
  .join('\n')}
<h2 id="fields">Fields and errors</h2>
${Object.entries(api.components.schemas)
  .map(([name, schema]) => schemaSection(name, schema))
  .join('\n')}
</main>
</body>
</html>
`;
}

export const apiPage: Plugin = {
  name: 'api-page',
  apply: 'build',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'docs/api.html', source: pageOf(readApi()) });
    this.emitFile({ type: 'asset', fileName: 'docs/api.css', source: readFileSync(fileURLToPath(new URL('page.css', import.meta.url))) });
  },
};
