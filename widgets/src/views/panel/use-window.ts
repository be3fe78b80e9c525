import { computed, onBeforeUnmount, onMounted, ref, type ComputedRef, type Ref, type ShallowRef } from 'vue';

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

/** Which rows of a long list are in sight of its scrolling box. Rows have one height, another one on narrow frames. */
export function useWindow(
  box: Readonly<ShallowRef<HTMLElement | null>>,
  count: () => number,
  heights: { readonly wide: number; readonly narrow: number; readonly narrowBelow: number },
): RowWindow {
  const top = ref(0);
  const seen = ref(600);
  const rowHeight = ref(heights.wide);
  const narrow = matchMedia(`(max-width: ${heights.narrowBelow}px)`);

  function fit(): void {
    rowHeight.value = narrow.matches ? heights.narrow : heights.wide;
    top.value = box.value?.scrollTop ?? 0;
    seen.value = box.value?.clientHeight ?? seen.value;
  }

  const from = computed(() => Math.max(0, Math.floor(top.value / rowHeight.value) - SPARE));
  const to = computed(() => Math.min(count(), Math.ceil((top.value + seen.value) / rowHeight.value) + SPARE));
  const observer = new ResizeObserver(fit);

  onMounted(() => {
    box.value?.addEventListener('scroll', fit, { passive: true });
    if (box.value) observer.observe(box.value);
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
