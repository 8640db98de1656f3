export { countDrift, countRings, radarFigures } from './read-figures.ts';
