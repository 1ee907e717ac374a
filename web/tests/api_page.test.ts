import { describe, expect, test } from 'vitest';

import { readApi, talks } from '../contract/document';
import { pageOf } from '../contract/page';

const api = readApi();
const page = pageOf(api);

describe('the contract as a page', () => {
  test('has every channel with its subject, every message with its examples, every schema with its fields', () => {
    const shown = (kind: string) => [...page.matchAll(new RegExp(` data-${kind}="(\\w+)"`, 'g'))].map(([, name]) => name).sort();
    expect(shown('channel')).toEqual(Object.keys(api.channels).sort());
    expect(shown('message')).toEqual(Object.keys(api.components.messages).sort());
    expect(shown('schema')).toEqual(Object.keys(api.components.schemas).sort());
    for (const { subject } of talks(api)) expect(page).toContain(`<code>${subject}</code>`);
    expect(page.match(/<pre/g)?.length).toBe(
      Object.values(api.components.messages).reduce((sum, { examples }) => sum + examples.length, 0),
    );
    for (const [name, { properties }] of Object.entries(api.components.schemas)) {
      const section = page.slice(page.indexOf(`id="schema-${name}"`)).split('</section>')[0]!;
      for (const field of Object.keys(properties ?? {})) expect(section, `${name}.${field}`).toContain(`<code>${field}</code>`);
    }
  });

  test('tells what each error means', () => {
    const { RefusalReason, ErrorAnswer } = api.components.schemas;
    const meanings = { ...RefusalReason!['x-meaning'], ...ErrorAnswer!.properties!.error!.properties!.code!['x-meaning'] };
    expect(Object.keys(meanings).length).toBeGreaterThan(30);
    for (const word of Object.keys(meanings)) expect(page).toContain(`<code>${word}</code></th>`);
  });

  test('leads nowhere else, runs nothing, and each link of it leads to a place', () => {
    expect(page).not.toMatch(/<script|<style|\son\w+=|https?:\/\//);
    const places = new Set([...page.matchAll(/ id="([\w-]+)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, to]) => to!);
    for (const to of links.filter((each) => each.startsWith('#'))) expect(places, to).toContain(to.slice(1));
    expect(links.filter((to) => !to.startsWith('#')).sort()).toEqual(['/', '/alleycat.svg', '/docs/api.css']);
    expect(page.match(/ id="/g)?.length).toBe(places.size);
  });

  test('shows text as text', () => {
    const odd = structuredClone(api);
    odd.channels.now!.description = '<img src=x onerror=alert(1)> & "more"';
    expect(pageOf(odd)).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;more&quot;');
  });
});
