export {
  createModels,
  type LanguageModel,
  type ModelRequest,
  type ModelSettings,
  type Models,
} from './models.ts';
