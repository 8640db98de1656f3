import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { parseImage } from './docker-image.ts';
import { findingsOf, readSource } from './source-lines.ts';

/** Reading every YAML file of a repository would be slow; manifests stand where manifests stand. */
const FOLDER =
  /(^|\/)(k8s|kubernetes|kube|manifests?|deploy|deployments?|charts?|helm|kustomize|overlays|argocd|flux|clusters?|release)\//i;
const NAME =
  /(^|\/)(?:[\w.-]+[-_.])?(deployment|statefulset|daemonset|ingress|service|namespace|configmap|cronjob|k8s|kubernetes)s?\.ya?ml$/i;
const KINDS =
  /^kind:\s*["']?(Deployment|StatefulSet|DaemonSet|ReplicaSet|Pod|Job|CronJob|Service|Ingress|ConfigMap|Secret|Namespace|ServiceAccount|Role|ClusterRole|RoleBinding|ClusterRoleBinding|NetworkPolicy|PersistentVolume|PersistentVolumeClaim|HorizontalPodAutoscaler|PodDisruptionBudget|CustomResourceDefinition|StorageClass)["']?\s*(#.*)?$/;

/**
 * Kubernetes manifests, told by `apiVersion` and `kind`, and the images they run. They are read by lines, since
 * the templates of a chart are no YAML yet.
 */
export const kubernetes: Detector = {
  id: 'kubernetes',
  matches: (path) => /\.ya?ml$/.test(path) && (FOLDER.test(path) || NAME.test(path)),
  parse(file) {
    const source = readSource(file);
    const kind = source.lines.findIndex((line) => KINDS.test(line));
    if (kind < 0 || !source.lines.some((line) => /^apiVersion:\s*\S/.test(line))) return [];
    const finding = findingsOf(file, source);
    const rule = 'kubernetes-kind';
    const findings: Finding[] = [
      finding({
        ecosystem: 'file',
        name: 'kubernetes',
        line: kind + 1,
        rule,
        confidence: confidence.fileContent,
      }),
    ];
    for (const [index, line] of source.lines.entries()) {
      const reference = /^\s+(?:- )?image:\s+["']?([^\s"'#{}$]+)["']?\s*(?:#.*)?$/.exec(line)?.[1];
      const image = reference ? parseImage(reference) : null;
      if (!image) continue;
      findings.push(
        finding({
          ecosystem: 'docker',
          ...image,
          line: index + 1,
          rule: 'kubernetes-image',
          confidence: confidence.image,
        }),
      );
    }
    return findings;
  },
};
