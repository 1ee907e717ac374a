/** The types of the messages, for the page: `src/contract/messages.ts`. */

import { compile, type JSONSchema } from 'json-schema-to-typescript';

import { schemaOf, talks, type Api } from './document.ts';

const heading = `/**
 * The public messages and their subjects, made from docs/asyncapi.yaml: \`npm run contract\` writes this file.
 */
`;

/** A mapping from subjects, as a type. @param of  `[subject, types]` */
function mapping(name: string, says: string, of: [string, string[]][]): string {
  const lines = of.map(([subject, types]) => `  [\`${subject.replaceAll(/\{\w+\}/g, '${string}')}\`, ${types.join(' | ')}],`);
  return `/** ${says} */\nexport type ${name} = [\n${lines.join('\n')}\n];\n`;
}

export async function typesOf(api: Api): Promise<string> {
  const schemas = JSON.parse(JSON.stringify(api.components.schemas).replaceAll('#/components/schemas/', '#/$defs/')) as JSONSchema;
  const types = await compile({ $defs: schemas }, 'Contract', {
    additionalProperties: false,
    bannerComment: '',
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { singleQuote: true, printWidth: 140 },
  });
  // What the library says of where a type comes from, and its type for the whole.
  const plain = types
    .replaceAll(/\n \*\n \* This interface was referenced by `Contract`'s JSON-Schema\n \* via the `definition` "\w+"\./g, '')
    .replaceAll(/\/\*\*\n \* This interface was referenced by `Contract`'s JSON-Schema\n \* via the `definition` "\w+"\.\n \*\/\n/g, '')
    .replace(/export interface Contract \{\n {2}\[k: string\]: unknown;\n\}\n/, '')
    .replaceAll(/\n *\*\n( *\*\/)/g, '\n$1')
    .replaceAll(/^( *)\/\*\*\n *\* (.*)\n *\*\/$/gm, '$1/** $2 */');
  const all = talks(api);
  const typed = (names: string[]) => names.map((name) => schemaOf(api, name) || 'object');
  return [
    heading,
    plain,
    mapping(
      'Said',
      'What is said on a subject.',
      all.map(({ subject, messages }) => [subject, typed(messages)]),
    ),
    mapping(
      'Answered',
      'What answers a request on a subject, when there is no error.',
      all
        .map(({ subject, answers }): [string, string[]] => [subject, typed(answers.filter((name) => name !== 'error'))])
        .filter(([, types]) => types.length > 0),
    ),
  ].join('\n');
}
