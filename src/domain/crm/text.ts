/** The beginning of a text, never with half of a character at its end: no database keeps one. `longest` in UTF-16 units. */
export function beginningOf(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');
}
