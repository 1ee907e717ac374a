/** docs/asyncapi.yaml, as what is made of it needs it. Runs where the page is built, not in the page. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { parse } from 'yaml';

export const file = fileURLToPath(new URL('../../docs/asyncapi.yaml', import.meta.url));

interface Reference {
  $ref: string;
}

/** JSON Schema, as far as anybody here looks into it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema;
  propertyNames?: Schema;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  oneOf?: Schema[];
  allOf?: Schema[];
  /** Of an enum: what each value means. */
  'x-meaning'?: Record<string, string>;
}

export interface Message {
  summary: string;
  payload: Schema;
  examples: { payload: unknown }[];
}

export interface Channel {
  /** Subject with `{parameters}`; null for replies. */
  address: string | null;
  description: string;
  parameters?: Record<string, Reference>;
  messages: Record<string, Reference>;
}

export interface Operation {
  /** As seen from a node. */
  action: 'send' | 'receive';
  title: string;
  channel: Reference;
  reply?: { messages: Reference[] };
}

export interface Api {
  info: { title: string; version: string; description: string };
  channels: Record<string, Channel>;
  operations: Record<string, Operation>;
  components: {
    parameters: Record<string, { description: string }>;
    messages: Record<string, Message>;
    schemas: Record<string, Schema>;
  };
}

export const readApi = (): Api => parse(readFileSync(file, 'utf8')) as Api;

/** The last part of a reference: the name of what it leads to. */
export const nameIn = ({ $ref }: { $ref?: string }): string => $ref?.split('/').at(-1) ?? '';

/** What goes over a subject: who speaks, and what may be said by name of its schema ('' for any object). */
export interface Talk {
  channel: string;
  subject: string;
  description: string;
  title: string;
  action: 'send' | 'receive';
  messages: string[];
  answers: string[];
}

/** Every channel with a subject, in the order of the document. */
export function talks(api: Api): Talk[] {
  return Object.entries(api.channels).flatMap(([channel, { address, description, messages }]) => {
    const operation = Object.values(api.operations).find((each) => nameIn(each.channel) === channel);
    if (address === null || !operation) return [];
    return {
      channel,
      subject: address,
      description,
      title: operation.title,
      action: operation.action,
      messages: Object.values(messages).map(nameIn),
      answers: (operation.reply?.messages ?? []).map(nameIn),
    };
  });
}

export const schemaOf = (api: Api, message: string): string => nameIn(api.components.messages[message]!.payload);
