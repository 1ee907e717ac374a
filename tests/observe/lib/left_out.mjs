// Metrics that are on no panel, and why.
export const leftOut = {
  process_virtual_memory_bytes: 'mostly the map of LMDB, which is no memory',
  alleycat_node_info: 'for joins by hand; nodes are told apart by the label of the scrape',
};
