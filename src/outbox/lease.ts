/** Keeps a lease alive while `work` runs, and gives back what it left. */
export async function holdLease(
  lease: { readonly extend: () => Promise<void>; readonly release: () => Promise<void> },
  leaseMs: number,
  work: () => Promise<void>,
): Promise<void> {
  const beat = setInterval(() => {
    lease.extend().catch(() => undefined);
  }, leaseMs / 3);
  beat.unref();
  try {
    await work();
  } finally {
    clearInterval(beat);
    await lease.release();
  }
}
