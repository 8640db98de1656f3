export { createModels, type LanguageModel, type ModelRequest, type Models, type ModelSettings } from './models.ts';
