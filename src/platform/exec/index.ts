export { type ByteReader, createByteReader } from './byte-reader.ts';
export {
  type RunningProgram,
  type RunOptions,
  runProgram,
  type SpawnOptions,
  spawnProgram,
} from './run-program.ts';
