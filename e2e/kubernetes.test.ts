import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { inspectConfig, listSettings } from '#platform/config/index.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';
import {
  isSelected,
  type KubernetesObject,
  outgoingPorts,
  podProblems,
  podTemplates,
  renderOverlay,
} from './kubernetes-objects.ts';

// No cluster runs here: what is sent to one is read, and asked of the product where it is the one that answers.
const FOLDER = join(import.meta.dirname, '../deploy/kubernetes');
const objects = renderOverlay(join(FOLDER, 'production')) ?? [];
if (objects.length === 0)
  process.stderr.write('The Kubernetes files are not rendered: there is no kubectl.\n');

const ofKind = (kind: string): KubernetesObject[] => objects.filter((object) => object.kind === kind);
const named = (kind: string, name: string): KubernetesObject => {
  const found = ofKind(kind).find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name}.`);
  return found;
};
const pods = podTemplates(objects);
const settings = ofKind('ConfigMap')[0]?.data ?? {};

test('every file is YAML, and a kustomization names what is there', async () => {
  for (const folder of ['base', 'production']) {
    const files = await readdir(join(FOLDER, folder));
    for (const file of files.filter((name) => name.endsWith('.yaml'))) {
      const text = await readFile(join(FOLDER, folder, file), 'utf8');
      for (const document of parseAllDocuments(text))
        expect(document.errors, `${folder}/${file}`).toEqual([]);
    }
    const [kustomization] = parseAllDocuments(
      await readFile(join(FOLDER, folder, 'kustomization.yaml'), 'utf8'),
    );
    const { resources = [] } = (kustomization?.toJS() ?? {}) as { resources?: string[] };
    expect(resources.length).toBeGreaterThan(0);
    const own = resources.filter((name) => !name.includes('/'));
    expect(files).toEqual(expect.arrayContaining(own));
  }
});

describe.skipIf(objects.length === 0)('what the production overlay sends to a cluster', () => {
  test('every pod is without rights, limited, watched and named by digest', () => {
    expect(pods.map(({ owner }) => owner).sort()).toEqual(['api', 'migrate', 'web', 'worker']);
    expect(pods.flatMap(podProblems)).toEqual([]);
    expect(named('Namespace', 'commandcenter').metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(named('ServiceAccount', 'commandcenter')).toMatchObject({ automountServiceAccountToken: false });
  });

  test('the rules see what they are there for', () => {
    for (const pod of pods) {
      const spec = structuredClone(pod.spec);
      spec.hostNetwork = true;
      spec.securityContext.runAsUser = 0;
      const [container] = spec.containers;
      container.image = 'commandcenter:latest';
      container.securityContext.readOnlyRootFilesystem = false;
      container.env = [{ name: 'SECRET_KEY', valueFrom: { secretKeyRef: {} } }];
      delete container.resources.limits.memory;
      delete container.livenessProbe;
      expect(podProblems({ ...pod, spec })).toHaveLength(pod.kind === 'Deployment' ? 7 : 6);
    }
  });

  test('an update takes nobody away before the new one is ready, and lets each finish what it has', () => {
    for (const { metadata, spec } of ofKind('Deployment')) {
      expect(spec.strategy.rollingUpdate, metadata.name).toMatchObject({ maxUnavailable: 0, maxSurge: 1 });
      const seconds = Number(settings['DRAIN_SECONDS']) + Number(settings['SHUTDOWN_SECONDS']);
      const least = metadata.name === 'web' ? 30 : seconds;
      expect(spec.template.spec.terminationGracePeriodSeconds, metadata.name).toBeGreaterThan(least);
      const keys = spec.template.spec.topologySpreadConstraints.map(
        ({ topologyKey }: { topologyKey: string }) => topologyKey,
      );
      expect(keys).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    }
    // A number of replicas beside an autoscaler would be set back with every apply.
    expect(named('Deployment', 'api').spec.replicas).toBeUndefined();
    const { spec } = named('HorizontalPodAutoscaler', 'api');
    expect(spec.minReplicas).toBeGreaterThanOrEqual(2);
    for (const name of ['worker', 'web'])
      expect(named('Deployment', name).spec.replicas).toBeGreaterThanOrEqual(2);
    const most = spec.maxReplicas + named('Deployment', 'worker').spec.replicas + 2;
    // What PostgreSQL allows if nobody says else, without those that it keeps for its administrator.
    expect(most * inspectConfig({}).config.databasePoolSize).toBeLessThanOrEqual(97);
    expect(named('PersistentVolumeClaim', 'files').spec.accessModes).toEqual(['ReadWriteMany']);
  });

  test('what one object says of another is so', () => {
    const selectors = [...ofKind('Service'), ...ofKind('PodDisruptionBudget'), ...ofKind('Deployment')];
    for (const { kind, metadata, spec } of selectors) {
      const selector = kind === 'Service' ? { matchLabels: spec.selector } : spec.selector;
      const found = pods.filter(({ labels }) => isSelected(selector, labels));
      expect(
        found.map(({ owner }) => owner),
        `${kind} ${metadata.name}`,
      ).toEqual([metadata.name]);
    }
    for (const { metadata, spec } of ofKind('Service')) {
      const ports = named('Deployment', metadata.name).spec.template.spec.containers[0].ports;
      expect(ports).toContainEqual(expect.objectContaining({ name: spec.ports[0].targetPort }));
    }
    for (const { owner, spec } of pods) {
      for (const { persistentVolumeClaim } of spec.volumes)
        if (persistentVolumeClaim) named('PersistentVolumeClaim', persistentVolumeClaim.claimName);
      for (const container of spec.containers)
        for (const { configMapRef } of container.envFrom ?? []) named('ConfigMap', configMapRef.name);
      expect(spec.serviceAccountName, owner).toBe('commandcenter');
    }
    for (const { metadata } of objects.filter(({ kind }) => kind !== 'Namespace'))
      expect(metadata.namespace).toBe('commandcenter');
  });

  test('the ingress sends to the api what nginx sends to it, and the rest to the web application', async () => {
    const { spec } = named('Ingress', 'commandcenter');
    expect(spec.rules[0].host).toBe(new URL(settings['PUBLIC_URL'] ?? '').hostname);
    expect(spec.tls[0].hosts).toEqual([spec.rules[0].host]);
    const nginx = await readFile(join(FOLDER, '../nginx/web.conf'), 'utf8');
    const patterns = [...nginx.matchAll(/location ~ (\S+) \{[^}]*proxy_pass http:\/\/api;/g)].map(
      ([, pattern]) => new RegExp(pattern as string),
    );
    expect(patterns.length).toBeGreaterThanOrEqual(3);
    const addresses = [
      '/',
      '/api/v1/session',
      '/api/v1/jobs/1/events',
      '/auth/callback',
      '/login',
      '/login/x',
      '/health',
      '/livez',
      '/readyz',
      '/radar',
      '/assets/app-1.js',
      '/apiary',
      '/authors',
    ];
    for (const address of addresses) {
      const isApi = patterns.some((pattern) => pattern.test(address));
      expect(`${address} ${backendOf(spec, address)}`).toBe(`${address} ${isApi ? 'api' : 'web'}`);
    }
  });

  test('the web application can open a connection to nothing but a name server; what works with data can', () => {
    expect(named('NetworkPolicy', 'nothing').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    const portsOf = (name: string) => {
      const pod = pods.find(({ owner }) => owner === name);
      return [...(pod ? outgoingPorts(objects, pod) : [])].sort((a, b) => a - b);
    };
    expect(portsOf('web')).toEqual([53]);
    expect(portsOf('migrate')).toEqual([53, 5432, 6379]);
    for (const name of ['api', 'worker']) expect(portsOf(name)).toEqual([22, 53, 80, 443, 5432, 6379]);
    const [database] = named('NetworkPolicy', 'data').spec.egress;
    expect(database.to, 'the overlay says where the database is').toHaveLength(1);
  });

  test('no secret is in it: they are files of a Secret that is made elsewhere', () => {
    expect(ofKind('Secret')).toEqual([]);
    for (const key of ['DATABASE_URL', 'REDIS_URL']) expect(new URL(settings[key] ?? '').password).toBe('');
    const mounts = pods.flatMap(({ spec }) =>
      spec.containers.flatMap(({ volumeMounts }: { volumeMounts: { name: string; mountPath: string }[] }) =>
        volumeMounts.filter(({ name }) => name === 'secrets').map(({ mountPath }) => mountPath),
      ),
    );
    expect(new Set(mounts)).toEqual(new Set(['/run/secrets/commandcenter']));
    const files = Object.entries(settings).filter(([name]) => name.endsWith('_FILE'));
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const [, path] of files) expect(path).toMatch(/^\/run\/secrets\/commandcenter\/[a-z_]+$/);
  });

  test('the settings are ones that the product has, and it accepts them', async () => {
    const known = new Set(listSettings().flatMap(({ name }) => [name, `${name}_FILE`]));
    expect(Object.keys(settings).filter((name) => !known.has(name))).toEqual([]);
    const folder = await mkdtemp(join(tmpdir(), 'commandcenter-kubernetes-'));
    try {
      const environment: Record<string, string> = {};
      for (const [name, value] of Object.entries(settings)) {
        environment[name] = name.endsWith('_FILE') ? join(folder, basename(value)) : value;
        if (name.endsWith('_FILE')) await writeFile(join(folder, basename(value)), 'ab'.repeat(32));
      }
      const { config, problems } = inspectConfig(environment);
      expect(problems).toEqual([]);
      expect(config.publicUrl).toBe(settings['PUBLIC_URL']);
      expect(config.databaseUrl).toContain('sslmode=verify-full');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe.skipIf(objects.length === 0)('the probes of the api', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { PUBLIC_URL: settings['PUBLIC_URL'] ?? '' } });
  });
  afterAll(() => app?.close());

  interface HttpGet {
    path: string;
    httpHeaders: { name: string; value: string }[];
  }

  test('are answered when they come as the kubelet sends them; by the address of a pod alone they would not be', async () => {
    const [container] = named('Deployment', 'api').spec.template.spec.containers;
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      const { path, httpHeaders } = container[probe].httpGet as HttpGet;
      const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
      expect(await statusOf(app, path, headers), probe).toBe(200);
      expect(await statusOf(app, path, { Host: '10.42.0.7:3000' }), probe).toBe(403);
    }
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    // Whoever is restarted because the database is away comes back to the same.
    expect(container.livenessProbe.httpGet.path).toBe('/livez');
  });
});

/** The Service that an address is for: an exact path first, then the longest prefix. */
function backendOf(spec: KubernetesObject['spec'], address: string): string {
  interface Path {
    path: string;
    pathType: string;
    backend: { service: { name: string } };
  }
  const paths: Path[] = spec.rules[0].http.paths;
  const exact = paths.find(({ path, pathType }) => pathType === 'Exact' && path === address);
  const fits = ({ path, pathType }: Path) =>
    pathType === 'Prefix' && `${address}/`.startsWith(path === '/' ? '/' : `${path}/`);
  const [longest] = paths.filter(fits).sort((a, b) => b.path.length - a.path.length);
  return (exact ?? longest)?.backend.service.name ?? 'nobody';
}

function statusOf({ url }: TestApp, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}
