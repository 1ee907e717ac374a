/** Where the WebSocket is: the node says it in /config.json. */

interface PageConfig {
  wsUrl: string;
  wsPort: number;
}

/** `wsUrl` where it is set, else the page's own host with `wsPort`. A page over HTTPS may only use wss. */
export function socketUrl(config: Partial<PageConfig>, page: Pick<Location, 'protocol' | 'hostname'>): string {
  if (config.wsUrl) return config.wsUrl;
  const scheme = page.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${page.hostname}:${config.wsPort ?? 8443}`;
}

export async function readConfig(): Promise<Partial<PageConfig>> {
  const answer = await fetch('/config.json', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`/config.json: ${answer.status}`);
  return (await answer.json()) as Partial<PageConfig>;
}
