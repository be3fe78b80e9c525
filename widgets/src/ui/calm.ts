import { onScopeDispose } from 'vue';

/** Reads a screen again so often while it is seen, and as soon as it is seen again; what fails is told by `reload`. */
export function useCalm(reload: () => Promise<void>, everyMs = 30_000): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  async function tick(): Promise<void> {
    clearTimeout(timer);
    if (!document.hidden) await reload();
    clearTimeout(timer);
    if (!over) timer = setTimeout(look, everyMs);
  }

  function look(): void {
    void tick();
  }

  timer = setTimeout(look, everyMs);
  document.addEventListener('visibilitychange', look);
  onScopeDispose(() => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  });
}
