#!/usr/local/bin/node
// Whether the process of this container is well: `healthcheck` asks the API whether it can serve, `healthcheck worker`
// whether the worker lives, at the port for metrics.
const worker = process.argv[2] === 'worker';
const port = worker ? process.env.METRICS_PORT : (process.env.PORT ?? '3000');
const request = require('node:http').get(
  { host: '127.0.0.1', port, path: worker ? '/livez' : '/readyz', timeout: 4000 },
  (answer) => process.exit(answer.statusCode === 200 ? 0 : 1),
);
request.on('timeout', () => request.destroy(new Error(`Port ${port} does not answer.`)));
request.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
