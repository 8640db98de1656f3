/**
 * How sure a rule is that the technology is in use in the version it reads. A manifest entry that a lockfile
 * confirms is certain; less sure is what only names a file, or what somebody else has to bring.
 */
export const confidence = {
  lockConfirmed: 1,
  /** A lockfile entry by itself. */
  lock: 1,
  manifest: 0.95,
  /** A peer dependency: whoever uses this package brings it. */
  peer: 0.8,
  image: 0.95,
  /** An image whose name or tag is filled in from outside; the default is read. */
  imageDefault: 0.8,
  action: 0.95,
  toolVersion: 0.95,
  /** A range of versions that the code says it runs on. */
  engine: 0.9,
  /** A file with a name of its own, as `Jenkinsfile`. */
  fileName: 0.9,
  /** Files of a kind, told by content. */
  fileContent: 0.85,
  /** A file that says little by itself, as a `Makefile`. */
  fileHint: 0.7,
} as const;
