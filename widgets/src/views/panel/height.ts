import type { Directive } from 'vue';

/** Sets an element's height in pixels: an attribute would be refused by the page's policy. */
export const vHeight: Directive<HTMLElement, number> = (element, { value }) => {
  element.style.height = `${value}px`;
};
