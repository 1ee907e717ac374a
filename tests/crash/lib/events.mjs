// What nodes said about the beginning and the end of races.

/**
 * Listens to races being opened and closed, from now on.
 * @param {import('../../e2e/lib/client.mjs').Client} client
 * @returns {Promise<() => string[]>} names of the races that were opened again after their close, `class/race`
 */
export async function watchOpenings(client) {
  const heard = await client.collect('alleycat.event.*');
  return () => {
    const closed = new Set();
    const again = new Set();
    for (const { subject, json } of heard) {
      if (!subject.endsWith('.race_opened') && !subject.endsWith('.race_closed')) continue;
      const { classId, raceId } = json();
      const name = `${classId}/${raceId}`;
      if (subject.endsWith('.race_closed')) closed.add(name);
      else if (closed.has(name)) again.add(name);
    }
    return [...again];
  };
}
