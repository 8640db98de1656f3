/** What a template is filled with: text for `{{name}}`, a list or a flag for `{{#name}}…{{/name}}`. */
export interface TemplateValues {
  readonly [name: string]: string | number | boolean | readonly TemplateValues[];
}

const SECTION = /^[ \t]*\{\{([#^])(\w+)\}\}\n([\s\S]*?)^[ \t]*\{\{\/\2\}\}\n/gm;
const NAME = /\{\{(\w+)\}\}/g;

/**
 * Fills a template in the part of Mustache's language that a configuration needs: values, and sections whose tags
 * stand on lines of their own. Nothing is escaped. Throws if a name has no value.
 */
export function fillTemplate(template: string, values: TemplateValues): string {
  const lookUp = (name: string): TemplateValues[string] => {
    const value = values[name];
    if (value === undefined) throw new Error(`The template names ${name}, which has no value.`);
    return value;
  };
  const withoutSections = template.replace(SECTION, (_, kind: string, name: string, inner: string) => {
    const value = lookUp(name);
    if (typeof value === 'object') {
      return value.map((item) => fillTemplate(inner, { ...values, ...item })).join('');
    }
    return (kind === '#') === Boolean(value) ? fillTemplate(inner, values) : '';
  });
  return withoutSections.replace(NAME, (_, name: string) => String(lookUp(name)));
}
