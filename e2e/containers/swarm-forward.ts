// Run inside a host of the swarm lab: swarm-forward.ts SOCKET HOST PORT. Whoever connects to the socket, from
// outside its network, is connected to that host and port.
import { connect, createServer } from 'node:net';

const [socket, host, port] = process.argv.slice(2);
createServer({ allowHalfOpen: true }, (near) => {
  const far = connect({ host, port: Number(port), allowHalfOpen: true });
  near.pipe(far);
  far.pipe(near);
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
}).listen(socket, () => process.stdout.write('listening\n'));
