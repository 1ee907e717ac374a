// What ops/deploy says to Kubernetes, to compose and to the programs, as far as it can be known without running them there.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { projectDir } from './lib/planted.mjs';

const deploy = path.join(projectDir, 'ops/deploy');
const programs = process.env.ALLEYCAT_BIN ?? path.join(projectDir, 'build/bin');
const read = (file) => readFileSync(path.join(deploy, file), 'utf8');

/** Runs a program with no variables of Alleycat but these. */
function run(program, args, variables = {}) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('ALLEYCAT_')));
  env.PATH += ':/usr/sbin';
  const done = spawnSync(program, args, { env: { ...env, ...variables }, encoding: 'utf8' });
  assert.equal(done.error, undefined);
  return { code: done.status, text: done.stdout + done.stderr };
}
const node = (args, variables) => run(path.join(programs, 'alleycat-node'), args, variables);

function folderFor(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'alleycat-deploy-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** nats-server reads the configuration of the cluster with these variables. */
function natsAccepts(variables) {
  const { code, text } = run('nats-server', ['-t', '-c', path.join(projectDir, 'ops/nats/cluster.conf')], variables);
  assert.equal(code, 0, text);
  assert.match(text, /is valid/);
}

const manifests = ['nats.yaml', 'node.yaml', 'network.yaml'].flatMap((file) => {
  const documents = parseAllDocuments(read(`kubernetes/${file}`));
  return documents.map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS();
  });
});
const called = (kind, name) => manifests.find((one) => one.kind === kind && one.metadata.name === name);

/** @returns {Promise<void>} rejected with what Kubernetes' own schema of this version of the kind has against it */
async function validate(manifest) {
  const models = await import(`kubernetes-models/${manifest.apiVersion}`);
  new models[manifest.kind](manifest).validate();
}

test('yamllint has nothing against any YAML of ops', () => {
  const { code, text } = run('yamllint', [
    '--strict',
    '-c',
    path.join(projectDir, '.yamllint.yaml'),
    deploy,
    path.join(projectDir, 'ops/grafana/provisioning'),
    path.join(projectDir, 'ops/prometheus'),
  ]);
  assert.equal(code, 0, text);
});

for (const manifest of manifests) test(`Kubernetes' schema accepts ${manifest.kind} ${manifest.metadata.name}`, () => validate(manifest));

test('it would refuse a field of the wrong type, or none where one is needed', async () => {
  const set = called('StatefulSet', 'node');
  await assert.rejects(validate({ ...set, spec: { ...set.spec, replicas: 'three' } }), /replicas/);
  await assert.rejects(validate({ ...set, spec: { ...set.spec, selector: undefined } }), /selector/);
});

test('everything that selects pods selects some, and every port by name is one of theirs', () => {
  const sets = manifests.filter(({ kind }) => kind === 'StatefulSet');
  assert.equal(sets.length, 2);
  const podsOf = (labels) =>
    sets.filter(({ spec }) => Object.entries(labels).every(([key, value]) => spec.template.metadata.labels[key] === value));
  for (const { kind, metadata, spec } of manifests) {
    const labels = kind === 'Service' ? spec.selector : kind === 'NetworkPolicy' ? spec.podSelector.matchLabels : spec.selector.matchLabels;
    const [chosen, ...more] = podsOf(labels);
    assert.ok(chosen && more.length === 0, `${kind} ${metadata.name}`);
    const ports = chosen.spec.template.spec.containers[0].ports;
    const known = (port) => ports.some(({ name, containerPort }) => name === port || containerPort === port);
    const named =
      kind === 'Service'
        ? spec.ports.map(({ port, targetPort }) => targetPort ?? port)
        : kind === 'NetworkPolicy'
          ? spec.ingress.flatMap((rule) => rule.ports.map(({ port }) => port))
          : [];
    named.forEach((port) => assert.ok(known(port), `${kind} ${metadata.name}: ${port}`));
    if (kind !== 'StatefulSet') continue;
    assert.ok(called('Service', spec.serviceName).spec.clusterIP === 'None');
    assert.ok(called('PodDisruptionBudget', metadata.name) && called('NetworkPolicy', metadata.name));
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      assert.ok(known(spec.template.spec.containers[0][probe].httpGet.port), `${metadata.name}: ${probe}`);
  }
});

/** The variables of a container as its first pod has them. */
function variablesOf({ metadata, spec }) {
  const variables = {};
  for (const { name, value, valueFrom } of spec.template.spec.containers[0].env)
    variables[name] = valueFrom ? `${metadata.name}-0` : value.replace(/\$\((\w+)\)/g, (_, other) => variables[other]);
  return variables;
}

test('node and nats-server accept what Kubernetes gives them', () => {
  const variables = variablesOf(called('StatefulSet', 'node'));
  assert.equal(variables.ALLEYCAT_NODE_ADVERTISE, 'node-0.node-peers:4700');
  assert.deepEqual(node(['--check-config'], variables), { code: 0, text: 'the configuration is valid\n' });
  natsAccepts(variablesOf(called('StatefulSet', 'nats')));
});

test('and what compose gives them', () => {
  const { services, volumes } = parse(read('compose/compose.yaml'), { merge: true });
  for (const [name, service] of Object.entries(services)) {
    for (const volume of service.volumes) {
      const [from] = volume.split(':');
      assert.ok(from in volumes || readable(path.join(deploy, 'compose', from)), `${name}: ${from}`);
    }
    for (const other of service.depends_on ?? []) assert.ok(other in services);
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
    if (name.startsWith('node-'))
      assert.deepEqual(node(['--check-config'], service.environment), { code: 0, text: 'the configuration is valid\n' });
    if (name.startsWith('nats-')) natsAccepts(service.environment);
  }
  const nodes = JSON.parse(read('compose/nodes.json')).flatMap(({ targets }) => targets);
  assert.deepEqual(
    nodes,
    Object.keys(services)
      .filter((name) => name.startsWith('node-'))
      .map((name) => `${name}:8080`),
  );
});

const readable = (file) => {
  try {
    return readFileSync(file) && true;
  } catch (error) {
    return error.code === 'EISDIR';
  }
};

test('Prometheus accepts its configuration as compose lays it out', (t) => {
  const folder = folderFor(t);
  for (const name of ['prometheus.yml', 'alleycat.rules.yml'])
    copyFileSync(path.join(projectDir, 'ops/prometheus', name), path.join(folder, name));
  writeFileSync(path.join(folder, 'nodes.json'), read('compose/nodes.json'));
  const { code, text } = run('promtool', ['check', 'config', path.join(folder, 'prometheus.yml')]);
  assert.equal(code, 0, text);
});

test('the node accepts the flags of the Containerfile', () => {
  const file = read('Containerfile');
  const flags = JSON.parse(/^CMD (\[.*\])$/m.exec(file)[1]);
  assert.ok(flags.length >= 4);
  assert.deepEqual(node([...flags, '--check-config']), { code: 0, text: 'the configuration is valid\n' });
});

test('nats-server accepts the configuration of the package', () => {
  const { code, text } = run('nats-server', ['-t', '-c', path.join(projectDir, 'ops/debian/nats.conf')]);
  assert.equal(code, 0, text);
});
