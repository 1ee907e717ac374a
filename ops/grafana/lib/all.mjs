// @ts-check
import actors from '../boards/actors.mjs';
import cluster from '../boards/cluster.mjs';
import nats from '../boards/nats.mjs';
import overview from '../boards/overview.mjs';
import raceDay from '../boards/race_day.mjs';
import storage from '../boards/storage.mjs';
import { runbookBoard } from './panels.mjs';

/**
 * @param {string} runbook  docs/runbook.md  @param {string} metrics  docs/metrics.md
 * @returns {Record<string, import('@grafana/schema').Dashboard>} by the name of its file
 */
export function allBoards(runbook, metrics) {
  const first = runbookBoard(runbook, metrics);
  return {
    runbook: first,
    overview: overview(),
    race_day: raceDay(),
    actors: actors(),
    cluster: cluster(),
    storage: storage(),
    nats: nats(),
  };
}
