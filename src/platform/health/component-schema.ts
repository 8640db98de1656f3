import { Type } from 'typebox';
import { nullable } from '#platform/http/schema.ts';

/** A `ComponentReport` as it is told to whoever may see the state of the installation; its detail stays inside. */
export const componentSchema = Type.Object({
  name: Type.String(),
  status: Type.String(),
  essential: Type.Boolean(),
  latencyMs: nullable(Type.Number()),
  version: nullable(Type.String()),
  checkedAt: nullable(Type.String()),
  lastSuccessAt: nullable(Type.String()),
  problem: nullable(Type.String()),
});
