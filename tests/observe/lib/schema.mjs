// JSON schema of what we use of Grafana's dashboards, and of what each of our panels must have. Nothing else is allowed: a
// mistyped key would be ignored by Grafana in silence.

const text = { type: 'string', minLength: 1 };
const datasource = { const: { type: 'prometheus', uid: 'alleycat' } };
const closed = (properties, optional = []) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
  properties,
});

const gridPos = closed({
  x: { type: 'integer', minimum: 0, maximum: 23 },
  y: { type: 'integer', minimum: 0 },
  w: { type: 'integer', minimum: 1, maximum: 24 },
  h: { type: 'integer', minimum: 3, maximum: 30 },
});
const target = closed({
  refId: { type: 'string', pattern: '^[A-Z]$' },
  datasource,
  expr: text,
  legendFormat: text,
  instant: { type: 'boolean' },
  range: { type: 'boolean' },
});
const step = closed({ value: { type: ['number', 'null'] }, color: { enum: ['green', 'blue', 'yellow', 'orange', 'red'] } });
const thresholds = closed({ mode: { const: 'absolute' }, steps: { type: 'array', minItems: 1, items: step } });
const link = {
  type: 'object',
  required: ['title', 'url', 'type'],
  properties: { title: text, url: { type: 'string', pattern: '^/d/alleycat-runbook' }, type: { const: 'link' } },
};
const defaults = closed(
  {
    unit: { enum: ['short', 's', 'bytes', 'Bps', 'percentunit', 'reqps', 'cps', 'mps', 'none', 'cores'] },
    min: { type: 'number' },
    max: { type: 'number' },
    decimals: { type: 'integer' },
    color: closed({ mode: { enum: ['palette-classic-by-name', 'thresholds'] } }),
    thresholds,
    custom: { type: 'object' },
  },
  ['min', 'max', 'decimals', 'custom'],
);
const common = { id: { type: 'integer', minimum: 1 }, title: text, gridPos };
const asking = (type) =>
  closed({
    ...common,
    type: { const: type },
    description: { type: 'string', minLength: 10 },
    datasource,
    links: { type: 'array', minItems: 1, items: link },
    targets: { type: 'array', minItems: 1, items: target },
    fieldConfig: closed({ defaults, overrides: { type: 'array', maxItems: 0 } }),
    options: { type: 'object' },
  });

export const schema = closed({
  uid: { type: 'string', pattern: '^alleycat-[a-z-]+$', maxLength: 40 },
  title: text,
  description: text,
  tags: { const: ['alleycat'] },
  schemaVersion: { type: 'integer', minimum: 36 },
  version: { type: 'integer' },
  editable: { const: false },
  graphTooltip: { enum: [0, 1, 2] },
  refresh: text,
  time: closed({ from: text, to: text }),
  timezone: { enum: ['browser', 'utc'] },
  links: { type: 'array', items: { type: 'object' } },
  templating: closed({
    list: {
      type: 'array',
      items: closed({
        name: { enum: ['node', 'class'] },
        label: text,
        type: { const: 'query' },
        datasource,
        query: closed({ query: { type: 'string', pattern: '^label_values\\(.+, \\w+\\)$' }, refId: text }),
        refresh: { enum: [1, 2] },
        sort: { type: 'integer' },
        hide: { const: 0 },
        multi: { const: true },
        includeAll: { const: true },
        allValue: { const: '.*' },
        current: { type: 'object' },
        options: { type: 'array', maxItems: 0 },
        regex: { const: '' },
        skipUrlSync: { const: false },
      }),
    },
  }),
  annotations: closed({ list: { type: 'array', items: { type: 'object', required: ['name', 'expr', 'datasource'] } } }),
  panels: {
    type: 'array',
    minItems: 1,
    items: {
      anyOf: [
        asking('timeseries'),
        asking('stat'),
        asking('bargauge'),
        closed({ ...common, type: { const: 'text' }, options: closed({ mode: { const: 'markdown' }, content: text }) }),
      ],
    },
  },
});
