export { openServerDatabases, type ServerDatabases } from './server-databases.ts';
