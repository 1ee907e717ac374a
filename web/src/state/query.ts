/** A question to the server as a view needs it: asked again when what it is about changes, or when the connection is back. */

import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';

import type { QueryAnswer } from '../contract/subjects';
import { QueryError } from '../net/link';
import { linked } from './backend';

export interface Asked<T> {
  /** The last good answer to the present question. */
  data: ShallowRef<T | null>;
  error: ShallowRef<QueryError | null>;
  loading: ShallowRef<boolean>;
  /** Asks again; the present answer stays until the new one is there. */
  reload: () => Promise<void>;
}

/**
 * @param question  `[verb.args, body]`, or null for nothing to ask; reactive
 */
export function useQuery<const What extends string>(question: () => readonly [What, object?] | null): Asked<QueryAnswer<What>> {
  const data: ShallowRef<QueryAnswer<What> | null> = shallowRef(null);
  const error = shallowRef<QueryError | null>(null);
  const loading = shallowRef(false);
  let round = 0;
  let stop = () => {};
  let disposed = false;

  async function reload(): Promise<void> {
    const asked = question();
    const mine = ++round;
    if (!asked) {
      loading.value = false;
      return;
    }
    loading.value = true;
    try {
      const answer = await (await linked).query(asked[0], asked[1]);
      if (mine !== round) return;
      data.value = answer;
      error.value = null;
    } catch (fault) {
      if (mine !== round) return;
      error.value = fault instanceof QueryError ? fault : new QueryError('internal', String(fault));
    }
    loading.value = false;
  }

  watch(
    () => JSON.stringify(question()),
    () => {
      data.value = null;
      error.value = null;
      void reload();
    },
  );
  void linked.then((link) => {
    if (!disposed) stop = link.whenUp(() => void reload());
  });
  onScopeDispose(() => {
    disposed = true;
    round += 1;
    stop();
  });
  return { data, error, loading, reload };
}
