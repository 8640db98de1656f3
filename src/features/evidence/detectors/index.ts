import type { Detector } from '../types.ts';
import { cargoManifest } from './cargo-manifest.ts';
import { compose } from './compose.ts';
import { dockerfile } from './dockerfile.ts';
import { fileRules, githubActions } from './file-rules.ts';
import { githubWorkflow } from './github-workflow.ts';
import { goModule } from './go-module.ts';
import { kubernetes } from './kubernetes.ts';
import { npmLock } from './npm-lock.ts';
import { npmPackage } from './npm-package.ts';
import { pnpmLock } from './pnpm-lock.ts';
import { pythonProject } from './python-project.ts';
import { pythonRequirements } from './python-requirements.ts';
import { terraform } from './terraform.ts';
import { cargoLock, poetryLock, uvLock } from './toml-lock.ts';
import { rustToolchain, toolVersions, versionFile } from './tool-versions.ts';
import { yarnLock } from './yarn-lock.ts';

/** Every detector there is. A new one is a file, a fixture with its test, and a row here. */
export const detectors: readonly Detector[] = [
  npmPackage,
  npmLock,
  pnpmLock,
  yarnLock,
  pythonRequirements,
  pythonProject,
  poetryLock,
  uvLock,
  goModule,
  cargoManifest,
  cargoLock,
  dockerfile,
  compose,
  githubWorkflow,
  githubActions,
  versionFile,
  toolVersions,
  rustToolchain,
  terraform,
  kubernetes,
  ...fileRules,
];
