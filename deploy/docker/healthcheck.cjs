#!/usr/local/bin/node
// Whether the process of this container is well: `healthcheck` asks the API whether it can serve, `healthcheck worker`
// whether the worker lives, at the port for metrics, and `healthcheck page` whether the page is served in development.
const { METRICS_PORT, PORT = '3000' } = process.env;
const questions = {
  api: [PORT, '/readyz'],
  worker: [METRICS_PORT, '/livez'],
  page: ['8080', '/'],
};
const [port, path] = questions[process.argv[2] ?? 'api'];
const request = require('node:http').get({ host: '127.0.0.1', port, path, timeout: 4000 }, (answer) =>
  process.exit(answer.statusCode === 200 ? 0 : 1),
);
request.on('timeout', () => request.destroy(new Error(`Port ${port} does not answer.`)));
request.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
