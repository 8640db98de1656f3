export type DetectionKind =
  | 'language'
  | 'framework'
  | 'library'
  | 'database'
  | 'infrastructure'
  | 'ci'
  | 'service'
  | 'tool';

export type Scope = 'runtime' | 'development' | 'transitive';

/** One line that shows a technology; which commit it is from is known to whoever read the file. */
export interface Evidence {
  path: string;
  /** 1-based. */
  line: number;
  excerpt: string;
  rule: string;
}

/** What one detector reads in one file, before it is joined with other files. */
export interface Finding {
  /** 'npm', 'pypi', 'go', 'cargo', 'docker', 'github-actions', 'tool', 'file'. */
  ecosystem: string;
  /** The name of the package, image, action or tool as that ecosystem writes it. */
  name: string;
  versionDeclared: string | null;
  versionLocked: string | null;
  scope: Scope;
  /** The folder of the nearest manifest; '' is the root. */
  component: string;
  line: number;
  excerpt: string;
  rule: string;
  confidence: number;
  /** Only in findings of lockfiles: whose wish the locked version answers, if the lockfile tells. */
  lockedFor?: { component?: string; ranges?: readonly string[] };
}

export interface FileText {
  path: string;
  text: string;
}

/** Reads one kind of file. `parse` throws an AppError `manifest-unreadable` when the file is broken. */
export interface Detector {
  id: string;
  matches(path: string): boolean;
  parse(file: FileText): Finding[];
}

/** A technology in one component of a repository, with every line that shows it. */
export interface Detection {
  /** The slug of the technology. */
  technology: string;
  technologyName: string;
  kind: DetectionKind;
  ecosystem: string;
  packageName: string;
  component: string;
  scope: Scope;
  versionDeclared: string | null;
  versionLocked: string | null;
  confidence: number;
  rule: string;
  evidence: Evidence[];
}

/** A package that only a lockfile names: something else needs it. */
export interface TransitiveDependency {
  ecosystem: string;
  name: string;
  version: string;
  path: string;
  line: number;
  component: string;
}

export interface DetectionResult {
  detections: Detection[];
  transitive: TransitiveDependency[];
  problems: { path: string; code: string; message: string }[];
  filesRead: number;
}
