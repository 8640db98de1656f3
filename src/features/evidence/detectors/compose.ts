import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { resolveImage } from './docker-image.ts';
import { readYaml } from './read-yaml.ts';
import { baseName, findingsOf } from './source-lines.ts';

const NAME = /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/;
const NO_VALUES: ReadonlyMap<string, string> = new Map();

/** `compose.yaml` and `docker-compose*.yml`: the images of the services. */
export const compose: Detector = {
  id: 'compose',
  matches: (path) => NAME.test(baseName(path)),
  parse(file) {
    const source = readYaml(file);
    const finding = findingsOf(file, source);
    const root = source.documents[0];
    // Version 1 of the format had the services at the top.
    const services = root?.get('services') ?? root;
    return (services?.entries() ?? []).flatMap(([, service]): Finding[] => {
      const reference = service.get('image');
      const text = reference?.text();
      // A service that is built here only names what is built.
      if (!reference || !text || service.get('build')) return [];
      const image = resolveImage(text, NO_VALUES);
      if (!image) return [];
      const { name, version } = image;
      const sure = image.usedDefault ? confidence.imageDefault : confidence.image;
      const rule = 'compose-image';
      return [finding({ ecosystem: 'docker', name, version, line: reference.line, rule, confidence: sure })];
    });
  },
};
