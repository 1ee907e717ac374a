// What the query benchmark asks: every verb, about riders and seconds drawn at random.

const draw = (n) => 1 + Math.floor(Math.random() * n);
/** Races as bench-history makes them: 1,000 racers each, in order. */
const raceOf = (racer) => Math.ceil(racer / 1000);

/** @returns {Record<string, () => [string, object]>} by name: verb with arguments, and body */
export function questionsOf(classes, racers) {
  const page = { limit: 100 };
  return {
    leaderboard: () => [`leaderboard.${draw(classes)}`, { ...page, offset: draw(racers - 100) }],
    'leaderboard around': () => [`leaderboard.${draw(classes)}`, { ...page, around: draw(racers) }],
    'leaderboard 30d': () => [`leaderboard.${draw(classes)}`, { ...page, period: '30d' }],
    alltime: () => [`alltime.${draw(classes)}.${draw(300)}`, { ...page, offset: draw(racers - 100) }],
    races: () => [`races.${draw(classes)}`, page],
    'race (1,000 rows)': () => [`race.${draw(classes)}.${raceOf(draw(racers))}`, {}],
    'race at a second': () => [`race.${draw(classes)}.${raceOf(draw(racers))}`, { second: draw(300) }],
    racer: () => [`racer.${draw(racers)}`, page],
    ride: () => {
      const racer = draw(racers);
      return [`ride.${draw(classes)}.${raceOf(racer)}.${racer}`, {}];
    },
    'ghost leader': () => [`ghost.${draw(classes)}.leader`, {}],
    'ghost median': () => [`ghost.${draw(classes)}.median`, {}],
    'ghost rank-N': () => [`ghost.${draw(classes)}.rank-${draw(racers)}`, {}],
  };
}
