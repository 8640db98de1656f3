/** Packages that carry native code, WebAssembly or files of their own stay where npm put them. */
export const externalPackages: readonly string[] = [
  '@electric-sql/pglite',
  '@lancedb/lancedb',
  'apache-arrow',
  'pino-pretty',
];

/** Packages that are bundled, but of which files are read at run time. */
export const packagesWithFiles: readonly string[] = ['@fastify/swagger-ui', '@vscode/tree-sitter-wasm'];
