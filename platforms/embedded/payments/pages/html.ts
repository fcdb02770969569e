/** Text that is already HTML. */
export interface Html {
  readonly html: string;
}

type Value = string | number | Html | null | undefined | false | readonly Html[];

/** Builds HTML; every value that is not {@link Html} is escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return {
    html: strings.reduce(
      (text, part, index) => text + (index === 0 ? '' : render(values[index - 1])) + part,
      '',
    ),
  };
}

function render(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (Array.isArray(value)) return value.map((one: Html) => one.html).join('');
  if (typeof value === 'object') return (value as Html).html;
  return String(value).replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}
