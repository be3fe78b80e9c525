import {
  computed,
  onBeforeUnmount,
  onMounted,
  onUpdated,
  ref,
  type ComputedRef,
  type Ref,
  type ShallowRef,
} from 'vue';

/** Rows above and below what is seen: they are there before a quick scroll comes to them. */
const SPARE = 8;

export interface RowWindow {
  readonly from: ComputedRef<number>;
  readonly to: ComputedRef<number>;
  readonly above: ComputedRef<number>;
  readonly below: ComputedRef<number>;
  readonly rowHeight: Ref<number>;
  /** Scrolls so far that the row is seen whole. */
  reveal(index: number): void;
}

/**
 * Which rows of a long list are in sight of its scrolling box. Rows have one height, another one on narrow frames; where the
 * tallest row seen so far needs more (longer words, larger letters), all have what it needs: nothing of a row is cut off.
 */
export function useWindow(
  box: Readonly<ShallowRef<HTMLElement | null>>,
  count: () => number,
  heights: { readonly wide: number; readonly narrow: number; readonly narrowBelow: number },
): RowWindow {
  const top = ref(0);
  const seen = ref(600);
  const rowHeight = ref(heights.wide);
  const narrow = matchMedia(`(max-width: ${heights.narrowBelow}px)`);
  let widthPx = 0;

  function measure(): void {
    for (const row of box.value?.querySelectorAll('tbody > [aria-rowindex]') ?? [])
      rowHeight.value = Math.max(rowHeight.value, Math.ceil(row.getBoundingClientRect().height));
    box.value?.style.setProperty('--row-height', `${rowHeight.value}px`);
  }

  function fit(): void {
    if (box.value && box.value.clientWidth !== widthPx) {
      widthPx = box.value.clientWidth;
      rowHeight.value = narrow.matches ? heights.narrow : heights.wide;
      box.value.style.removeProperty('--row-height');
    }
    measure();
    top.value = box.value?.scrollTop ?? 0;
    seen.value = box.value?.clientHeight ?? seen.value;
  }

  const from = computed(() => Math.max(0, Math.floor(top.value / rowHeight.value) - SPARE));
  const to = computed(() => Math.min(count(), Math.ceil((top.value + seen.value) / rowHeight.value) + SPARE));
  // A moment later: what it does changes the very size that it watches.
  const observer = new ResizeObserver(() => requestAnimationFrame(fit));

  onUpdated(measure);
  onMounted(() => {
    box.value?.addEventListener('scroll', fit, { passive: true });
    for (const one of [box.value, box.value?.querySelector('table')]) if (one) observer.observe(one);
    narrow.addEventListener('change', fit);
    fit();
  });
  onBeforeUnmount(() => {
    observer.disconnect();
    narrow.removeEventListener('change', fit);
  });

  return {
    ...{ from, to, rowHeight },
    above: computed(() => from.value * rowHeight.value),
    below: computed(() => Math.max(0, count() - to.value) * rowHeight.value),
    reveal: (index) => {
      const element = box.value;
      if (!element) return;
      const start = index * rowHeight.value;
      const end = start + rowHeight.value;
      if (start < element.scrollTop) element.scrollTop = start;
      else if (end > element.scrollTop + element.clientHeight) element.scrollTop = end - element.clientHeight;
    },
  };
}
