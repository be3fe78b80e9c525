/** Height in the document at which a dialog opens that this click asks for. */
export function topOf(event: Event): number {
  const place = event.currentTarget;
  if (!(place instanceof Element)) return window.scrollY;
  return place.getBoundingClientRect().top + window.scrollY;
}
