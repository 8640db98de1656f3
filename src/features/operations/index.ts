export type { FolderOptions } from './environment/folder-options.ts';
export { createProductionFolder, type ProductionFolder } from './environment/production-folder.ts';
export type { EdgeLimits, NginxOptions, RequestRate, TlsOptions } from './nginx/options.ts';
export { renderNginx } from './nginx/render-nginx.ts';
export { renderUpstreams, type Upstreams } from './nginx/render-upstreams.ts';
