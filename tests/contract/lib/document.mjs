// docs/asyncapi.yaml as a judge of messages: which channel a subject is of, and whether a message is as its schema says.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { Ajv } from 'ajv';
import { parse } from 'yaml';

export const file = resolve(import.meta.dirname, '../../../docs/asyncapi.yaml');

/** Objects whose fields are listed have no others: readers pass over what they do not know, but the document must tell of all. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in schema && schema.type !== undefined ? { additionalProperties: false, ...copy } : copy;
}

export class Document {
  constructor(text = readFileSync(file, 'utf8')) {
    this.api = parse(text);
    const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true, strictRequired: false });
    ajv.addVocabulary(['components', 'x-meaning']);
    ajv.addSchema({ $id: 'api', components: { schemas: closed(this.api.components.schemas) } });
    /** @type {Map<string, import('ajv').ValidateFunction>} by schema */
    this.schemas = new Map(
      Object.keys(this.api.components.schemas).map((name) => [name, ajv.getSchema(`api#/components/schemas/${name}`)]),
    );
    this.ajv = ajv;
    /** How often messages were judged, by the message's name in the document. */
    this.seen = new Map();
    /** The same by schema, of those that are alternatives of another. */
    this.alternatives = new Map();
    this.channels = Object.entries(this.api.channels)
      .filter(([, { address }]) => address !== null)
      .map(([name, { address, messages }]) => ({
        name,
        pattern: new RegExp(`^${address.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^.]+')}$`),
        messages: Object.values(messages).map(({ $ref }) => $ref.split('/').at(-1)),
      }));
  }

  /** Names of messages, as they stand in `components.messages`. */
  get messages() {
    return Object.keys(this.api.components.messages);
  }

  schemaOf(message) {
    return this.api.components.messages[message].payload.$ref?.split('/').at(-1);
  }

  /** @returns the channel of a subject; undefined for internal ones */
  channelOf(subject) {
    return this.channels.find(({ pattern }) => pattern.test(subject));
  }

  /** @returns {string[]} the messages that may answer what is sent on a channel */
  answersOn(channel) {
    const operation = Object.values(this.api.operations).find(
      ({ channel: { $ref }, reply }) => reply && $ref === `#/channels/${channel.name}`,
    );
    return (operation?.reply.messages ?? []).map(({ $ref }) => $ref.split('/').at(-1));
  }

  /** @returns {string[]} what is wrong with a message of this name; empty when nothing is */
  faults(message, body) {
    this.seen.set(message, (this.seen.get(message) ?? 0) + 1);
    const name = this.schemaOf(message);
    if (name === undefined) return typeof body === 'object' ? [] : ['is no object'];
    const validate = this.schemas.get(name);
    const fits = validate(body);
    const said = (validate.errors ?? []).map(
      ({ instancePath, message: text, params }) => `${instancePath} ${text} ${JSON.stringify(params)}`,
    );
    for (const { $ref } of this.api.components.schemas[name].oneOf ?? []) {
      const alternative = $ref.split('/').at(-1);
      if (this.schemas.get(alternative)(body)) this.alternatives.set(alternative, (this.alternatives.get(alternative) ?? 0) + 1);
    }
    return fits ? [] : said;
  }

  /** Judges what came on a subject. @returns {string[]} */
  judge(subject, body) {
    const channel = this.channelOf(subject);
    if (!channel) return [`${subject} is of no channel`];
    const [message] = channel.messages;
    return this.faults(message, body).map((fault) => `${subject}: ${message}${fault}`);
  }

  /** Judges an answer to a request on a subject: an error, where no channel is there or the answer says so. @returns {string[]} */
  judgeAnswer(subject, body) {
    const channel = this.channelOf(subject);
    const name =
      !channel || body?.error?.code !== undefined
        ? 'error'
        : this.answersOn(channel).find((each) => (each === 'refused' ? body.ok === false : each !== 'stored' || body.ok === true));
    return this.faults(name, body).map((fault) => `answer on ${subject}: ${name}${fault}`);
  }
}
