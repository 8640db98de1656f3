import type { SubjectName } from './catalogue.ts';
import { lookAtCertificate } from './certificate.ts';
import { lookAtBackup, lookAtComposeFiles, lookAtImages } from './compose.ts';
import { lookAtConfiguration, lookAtPublicUrl } from './configuration.ts';
import { lookAtDataDirectory } from './data-directory.ts';
import { lookAtDatabase } from './database.ts';
import { lookAtDeployments } from './deployments.ts';
import { lookAtDisks } from './disk.ts';
import { lookAtContainers, lookAtDocker } from './docker.ts';
import type { Finding } from './finding.ts';
import { lookAtEdge, lookAtEnvironmentFile, lookAtFolder } from './folder.ts';
import { lookAtClock, lookAtGit, lookAtMemory, lookAtNode } from './machine.ts';
import { lookAtNames } from './names.ts';
import { lookAtPorts } from './ports.ts';
import { lookAtRedis } from './redis.ts';
import { lookAtSecrets } from './secrets.ts';
import type { Situation } from './situation.ts';
import { lookAtVersionControl } from './version-control.ts';
import { lookAtVolumes } from './volumes.ts';

/** Every subject, in the order in which it is told, and in which it is mended. */
export const subjects: Readonly<Record<SubjectName, (situation: Situation) => Promise<Finding[]>>> = {
  node: lookAtNode,
  git: lookAtGit,
  memory: lookAtMemory,
  disk: lookAtDisks,
  clock: lookAtClock,
  folder: lookAtFolder,
  'environment-file': lookAtEnvironmentFile,
  configuration: lookAtConfiguration,
  'public-url': lookAtPublicUrl,
  'data-directory': lookAtDataDirectory,
  secrets: lookAtSecrets,
  'version-control': lookAtVersionControl,
  compose: lookAtComposeFiles,
  images: lookAtImages,
  edge: lookAtEdge,
  certificate: lookAtCertificate,
  docker: lookAtDocker,
  containers: lookAtContainers,
  volumes: lookAtVolumes,
  port: lookAtPorts,
  names: lookAtNames,
  database: lookAtDatabase,
  redis: lookAtRedis,
  deployments: lookAtDeployments,
  backup: lookAtBackup,
};

/** Looks at everything at the same time. A folder that is none is told and not looked at further. */
export async function examine(situation: Situation): Promise<Finding[]> {
  const looked = await Promise.all(Object.values(subjects).map((look) => look(situation)));
  const found = looked.flat();
  const none = found.find(({ id }) => id === 'folder-not-found');
  return none ? [none] : found;
}
