import { execFileSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';

/** As much of a Kubernetes object as the tests ask about. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has a shape of its own, and the tests assert it.
  spec?: any;
  data?: Record<string, string>;
}

/** A pod as a Deployment or Job makes it. */
export interface PodTemplate {
  owner: string;
  kind: string;
  labels: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  spec: any;
}

/** Every object of an overlay, as `kubectl apply -k` would send it; undefined where kubectl can't render. */
export function renderOverlay(folder: string): KubernetesObject[] | undefined {
  let text: string;
  try {
    text = execFileSync('kubectl', ['kustomize', folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    // Before 1.21 kubectl holds a kustomize that knows neither components nor today's patches.
    if (code === 'ENOENT' || /invalid Kustomization|unknown field/.test(stderr ?? '')) return undefined;
    throw error;
  }
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

export function podTemplates(objects: readonly KubernetesObject[]): PodTemplate[] {
  return objects
    .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
    .map(({ kind, metadata, spec }) => ({
      owner: metadata.name,
      kind,
      labels: spec.template.metadata.labels,
      spec: spec.template.spec,
    }));
}

/** What a pod must not be, in words; nothing if it is as the strictest pod security standard and we want it. */
export function podProblems({ owner, kind, spec }: PodTemplate): string[] {
  const problems: string[] = [];
  const insist = (isSo: boolean, what: string): void => void (isSo || problems.push(`${owner}: ${what}`));
  const pod = spec.securityContext ?? {};
  insist(pod.runAsNonRoot === true && pod.runAsUser > 0 && pod.runAsGroup > 0, 'runs as root');
  insist(pod.seccompProfile?.type === 'RuntimeDefault', 'makes any system call');
  insist(spec.automountServiceAccountToken === false, 'holds a token of the cluster');
  insist(spec.enableServiceLinks === false, 'gets the addresses of other services as settings');
  insist(!(spec.hostNetwork || spec.hostPID || spec.hostIPC), 'shares what is the node’s');
  for (const volume of spec.volumes ?? []) {
    insist(volume.hostPath === undefined, `mounts ${volume.name} of the node`);
    if (volume.emptyDir)
      insist(volume.emptyDir.sizeLimit !== undefined, `may fill the node by ${volume.name}`);
  }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const own = container.securityContext ?? {};
    insist(own.readOnlyRootFilesystem === true, 'may write in its image');
    insist(own.allowPrivilegeEscalation === false && own.privileged === false, 'may gain rights');
    insist(own.capabilities?.drop?.includes('ALL') && own.capabilities.add === undefined, 'has capabilities');
    insist(/@sha256:[0-9a-f]{64}$/.test(container.image), `runs ${container.image}, which is not by digest`);
    for (const kindOf of ['requests', 'limits'])
      for (const part of ['cpu', 'memory'])
        insist(container.resources?.[kindOf]?.[part] !== undefined, `has no ${kindOf} for ${part}`);
    if (kind === 'Deployment')
      for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
        insist(container[probe]?.httpGet !== undefined, `has no ${probe}`);
    for (const { name, valueFrom } of container.env ?? [])
      insist(valueFrom === undefined, `has ${name} in its environment, not in a file`);
  }
  return problems;
}

/** Whether the labels of a pod are among those that a selector names. */
export function isSelected(
  selector: { matchLabels?: Record<string, string>; matchExpressions?: { key: string; values: string[] }[] },
  labels: Record<string, string>,
): boolean {
  const byLabels = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const byValues = (selector.matchExpressions ?? []).every(({ key, values }) =>
    values.includes(labels[key] ?? ''),
  );
  return byLabels && byValues;
}

/** The ports that a pod may open connections to; every policy that selects it adds some. */
export function outgoingPorts(objects: readonly KubernetesObject[], pod: PodTemplate): Set<number> {
  const rules = objects
    .filter(({ kind, spec }) => kind === 'NetworkPolicy' && spec.policyTypes.includes('Egress'))
    .filter(({ spec }) => isSelected(spec.podSelector, pod.labels))
    .flatMap(({ spec }) => spec.egress ?? []);
  return new Set(rules.flatMap(({ ports }: { ports: { port: number }[] }) => ports.map(({ port }) => port)));
}
