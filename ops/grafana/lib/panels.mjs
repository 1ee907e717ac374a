// @ts-check
// How our panels look: one function for each kind, so that unit, description, thresholds and a way to the runbook are never
// forgotten. Types are Grafana's own (@grafana/schema).

import {
  AxisColorMode,
  AxisPlacement,
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeSizing,
  BarGaugeValueMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  DashboardCursorSync,
  FieldColorModeId,
  GraphDrawStyle,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LineInterpolation,
  PercentChangeColorMode,
  SortOrder,
  StackingMode,
  ThresholdsMode,
  TooltipDisplayMode,
  VariableHide,
  VariableRefresh,
  VariableSort,
  VisibilityMode,
  VizOrientation,
} from '@grafana/schema';
import { TextMode } from '@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen';

/** @typedef {import('@grafana/schema').Dashboard} Dashboard */
/** @typedef {import('@grafana/schema').GraphFieldConfig} GraphFieldConfig */
/** @typedef {import('@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen').Options} TimeSeriesOptions */
/** @typedef {import('@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen').Options} StatOptions */
/** @typedef {import('@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen').Options} TextOptions */
/** @typedef {import('@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen').Options} BarGaugeOptions */

/**
 * A question to Prometheus.
 * @typedef {object} Target
 * @property {string} refId
 * @property {{type: 'prometheus', uid: string}} datasource
 * @property {string} expr
 * @property {string} legendFormat
 * @property {boolean} instant
 * @property {boolean} range
 */

/**
 * What a dashboard may hold.
 * @typedef {(import('@grafana/schema').Panel<TimeSeriesOptions, GraphFieldConfig> & {type: 'timeseries', targets: Target[]})
 *   | (import('@grafana/schema').Panel<StatOptions> & {type: 'stat', targets: Target[]})
 *   | (import('@grafana/schema').Panel<BarGaugeOptions> & {type: 'bargauge', targets: Target[]})
 *   | (import('@grafana/schema').Panel<TextOptions> & {type: 'text'})} Panel
 */

/**
 * Units as Grafana calls them.
 * @typedef {'short' | 's' | 'bytes' | 'Bps' | 'percentunit' | 'reqps' | 'cps' | 'mps' | 'none' | 'cores'} Unit
 */

/**
 * @typedef {object} Wish
 * @property {string} title
 * @property {string} about  what is seen, and when to worry
 * @property {Unit} unit
 * @property {[expr: string, legend: string][]} ask
 * @property {[value: number, colour: 'green' | 'yellow' | 'orange' | 'red'][]} [steps]  thresholds above the first colour
 * @property {'green' | 'blue' | 'red'} [base]  the first colour
 * @property {string} [runbook]  an entry of it; without, the link leads to what the metrics mean
 * @property {number} [w]  of 24
 * @property {number} [h]
 * @property {number} [min]
 * @property {number} [max]
 * @property {boolean} [stacked]
 * @property {number} [decimals]
 */

export const datasource = /** @type {const} */ ({ type: 'prometheus', uid: 'alleycat' });

/**
 * The runbook is a dashboard too, made of docs/: links work without a network, and lead to the text of this version.
 * @type {Map<string, number>} entry -> its panel
 */
const runbookPanels = new Map();
/** @param {string} entry */
function wayTo(entry) {
  const panel = runbookPanels.get(entry);
  if (panel === undefined) throw new Error(`docs/runbook.md has no entry ${entry}`);
  return `/d/alleycat-runbook?viewPanel=${panel}`;
}

/** @param {Wish} wish @param {boolean} instant @returns {Target[]} */
const targets = ({ ask }, instant) =>
  ask.map(([expr, legendFormat], i) => ({ refId: String.fromCharCode(65 + i), datasource, expr, legendFormat, instant, range: !instant }));

/** @param {Wish} wish */
const common = (wish) => ({
  title: wish.title,
  description: wish.about,
  datasource,
  gridPos: { x: 0, y: 0, w: wish.w ?? 8, h: wish.h ?? 7 },
  links: [
    {
      title: wish.runbook ? 'What to do' : 'What the metrics mean',
      type: /** @type {const} */ ('link'),
      url: wayTo(wish.runbook ?? 'Metrics'),
      icon: 'doc',
      tooltip: '',
      tags: [],
      asDropdown: false,
      targetBlank: true,
      includeVars: false,
      keepTime: false,
    },
  ],
});

/** @param {Wish} wish */
const thresholds = ({ steps = [], base = 'green' }) => ({
  mode: ThresholdsMode.Absolute,
  // Grafana wants the first step without a value.
  steps: [{ value: /** @type {any} */ (null), color: base }, ...steps.map(([value, color]) => ({ value, color }))],
});

/** @param {Wish} wish */
const scale = ({ unit, min, max, decimals }) => ({
  unit,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
  ...(decimals === undefined ? {} : { decimals }),
});

/** Over time. @param {Wish} wish @returns {Panel} */
export function lines(wish) {
  return {
    ...common(wish),
    type: 'timeseries',
    targets: targets(wish, false),
    fieldConfig: {
      defaults: {
        ...scale({ min: 0, ...wish }),
        color: { mode: FieldColorModeId.PaletteClassicByName },
        thresholds: thresholds(wish),
        custom: {
          drawStyle: GraphDrawStyle.Line,
          lineInterpolation: LineInterpolation.Linear,
          lineWidth: 1,
          fillOpacity: wish.stacked ? 40 : 8,
          showPoints: VisibilityMode.Never,
          spanNulls: false,
          stacking: { mode: wish.stacked ? StackingMode.Normal : StackingMode.None, group: 'A' },
          thresholdsStyle: { mode: wish.steps?.length ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off },
          axisPlacement: AxisPlacement.Auto,
          axisColorMode: AxisColorMode.Text,
        },
      },
      overrides: [],
    },
    options: {
      legend: { showLegend: true, displayMode: LegendDisplayMode.List, placement: 'bottom', calcs: [] },
      tooltip: { mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending },
    },
  };
}

/** One number now. @param {Wish} wish @returns {Panel} */
export function number(wish) {
  return {
    ...common({ w: 3, h: 4, ...wish }),
    type: 'stat',
    targets: targets(wish, true),
    fieldConfig: {
      defaults: { ...scale(wish), color: { mode: FieldColorModeId.Thresholds }, thresholds: thresholds(wish) },
      overrides: [],
    },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      orientation: VizOrientation.Auto,
      colorMode: BigValueColorMode.Value,
      graphMode: BigValueGraphMode.None,
      justifyMode: BigValueJustifyMode.Auto,
      textMode: BigValueTextMode.Auto,
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: PercentChangeColorMode.Standard,
    },
  };
}

/** One bar for each. @param {Wish} wish @returns {Panel} */
export function bars(wish) {
  return {
    ...common(wish),
    type: 'bargauge',
    targets: targets(wish, true),
    fieldConfig: {
      defaults: { ...scale({ min: 0, ...wish }), color: { mode: FieldColorModeId.Thresholds }, thresholds: thresholds(wish) },
      overrides: [],
    },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      orientation: VizOrientation.Horizontal,
      displayMode: BarGaugeDisplayMode.Basic,
      valueMode: BarGaugeValueMode.Color,
      namePlacement: BarGaugeNamePlacement.Auto,
      showUnfilled: true,
      sizing: BarGaugeSizing.Auto,
      minVizWidth: 8,
      minVizHeight: 12,
      maxVizHeight: 300,
      legend: { showLegend: false, displayMode: LegendDisplayMode.List, placement: 'bottom', calcs: [] },
    },
  };
}

/**
 * The runbook as a dashboard, one panel for each entry; to be made before the others, which lead to it.
 * @param {string} runbook  docs/runbook.md  @param {string} metrics  docs/metrics.md
 */
export function runbookBoard(runbook, metrics) {
  const [head, ...entries] = runbook.split(/^## /m);
  const texts = [
    ['Runbook', head],
    ...entries.map((entry) => [entry.slice(0, entry.indexOf('\n')), entry.slice(entry.indexOf('\n'))]),
    ['Metrics', metrics],
  ];
  runbookPanels.clear();
  texts.forEach(([title], i) => runbookPanels.set(title, i + 1));
  return board({
    uid: 'runbook',
    title: 'Runbook',
    about: 'docs/runbook.md and docs/metrics.md of this version: what to do when an alert fires, and what each metric means.',
    variables: [],
    panels: texts.map(([title, content]) => ({
      title,
      type: /** @type {const} */ ('text'),
      gridPos: { x: 0, y: 0, w: 24, h: title === 'Metrics' ? 30 : 7 },
      options: { mode: TextMode.Markdown, content: content.replace(/\]\([a-z]+\.md\)/g, '](/d/alleycat-runbook)').trim() },
    })),
  });
}

/** @param {string} name @param {string} label @param {string} query @returns {import('@grafana/schema').VariableModel} */
const variable = (name, label, query) => ({
  name,
  label,
  type: 'query',
  datasource,
  query: { query, refId: name },
  refresh: VariableRefresh.onTimeRangeChanged,
  sort: VariableSort.numericalAsc,
  hide: VariableHide.dontHide,
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: { text: 'All', value: '$__all', selected: true },
  options: [],
  regex: '',
  skipUrlSync: false,
});

export const nodes = variable('node', 'Node', 'label_values(up{job="alleycat"}, node)');
export const classes = variable('class', 'Class', 'label_values(alleycat_class_owned, class)');

/**
 * Panels in rows of 24, each below the one before it.
 * @param {{uid: string, title: string, about: string, variables: import('@grafana/schema').VariableModel[], panels: Panel[]}} wish
 * @returns {Dashboard}
 */
export function board({ uid, title, about, variables, panels }) {
  let x = 0,
    y = 0,
    height = 0;
  const placed = panels.map((panel, i) => {
    const { w, h } = /** @type {{w: number, h: number}} */ (panel.gridPos);
    if (x + w > 24) {
      x = 0;
      y += height;
      height = 0;
    }
    const at = { ...panel, id: i + 1, gridPos: { x, y, w, h } };
    x += w;
    height = Math.max(height, h);
    return at;
  });
  return {
    uid: `alleycat-${uid}`,
    title: `Alleycat: ${title}`,
    description: about,
    tags: ['alleycat'],
    schemaVersion: 41,
    version: 1,
    editable: false,
    graphTooltip: DashboardCursorSync.Crosshair,
    refresh: '5s',
    time: { from: 'now-15m', to: 'now' },
    timezone: 'browser',
    links: [
      {
        title: 'Alleycat',
        type: 'dashboards',
        tags: ['alleycat'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
        icon: 'external link',
        tooltip: '',
        url: '',
        targetBlank: false,
      },
    ],
    templating: { list: variables },
    annotations: {
      list: [
        {
          name: 'Alerts',
          enable: true,
          hide: false,
          iconColor: 'red',
          datasource,
          ...{ expr: 'ALERTS{alertstate="firing"}', titleFormat: '{{alertname}}', textFormat: '{{node}}{{class}}', step: '5s' },
        },
      ],
    },
    // An interface of Grafana's is no record to the compiler; each panel was checked above.
    panels: /** @type {import('@grafana/schema').Panel[]} */ (/** @type {unknown} */ (placed)),
  };
}

/** Quantile of a histogram. @param {number} q @param {string} metric @param {string} [by] @param {string} [where] */
export const quantile = (q, metric, by = '', where = 'node=~"$node"') =>
  `histogram_quantile(${q}, sum by (le${by ? `, ${by}` : ''}) (rate(${metric}_bucket{${where}}[$__rate_interval])))`;
/** Sum of a counter's rate. @param {string} metric @param {string} [by] @param {string} [where] */
export const rate = (metric, by = '', where = 'node=~"$node"') =>
  `sum${by ? ` by (${by})` : ''} (rate(${metric}{${where}}[$__rate_interval]))`;
