import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildWidget } from '../../support/built-widget.js';
import { areaSheets, gzippedBytes, readManifest, scriptsOf, widgetSize } from '../../support/widget-size.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const KB = 1_000;

describe('test/e2e/widget/budget', () => {
  beforeAll(buildWidget, 120_000);

  it('brings the plan in 45 kB of script and 8 kB of CSS', () => {
    const size = widgetSize();
    expect(size.planScriptBytes).toBeLessThanOrEqual(45 * KB);
    expect(size.cssBytes).toBeLessThanOrEqual(8 * KB);
  });

  it('brings every other screen in 25 kB of its own', () => {
    const manifest = readManifest();
    const shared = scriptsOf(manifest, ['index.html']);
    const screens = Object.keys(manifest).filter((key) =>
      /^src\/views\/\w+\/\w+-(screen|editor)\.vue$/.test(key),
    );
    expect(screens.length).toBeGreaterThan(5);
    const weights = screens.map((screen) => {
      const own = scriptsOf(manifest, [screen]).filter((file) => !shared.includes(file));
      return { screen, bytes: own.reduce((bytes, file) => bytes + gzippedBytes(file), 0) };
    });
    expect(weights.filter(({ bytes }) => bytes > 25 * KB)).toEqual([]);
  });

  it('brings what draws in 54 kB, and only where something is drawn', () => {
    const manifest = readManifest();
    const drawing = 'src/views/insight/charts.ts';
    const own = scriptsOf(manifest, [drawing]).filter(
      (file) => !scriptsOf(manifest, ['index.html']).includes(file),
    );
    // The library's core alone, which draws nothing yet, is 42 kB.
    expect(own.reduce((bytes, file) => bytes + gzippedBytes(file), 0)).toBeLessThanOrEqual(54 * KB);
    const bringing = Object.keys(manifest).filter(
      (key) => key !== drawing && scriptsOf(manifest, [key]).some((file) => own.includes(file)),
    );
    expect(bringing).toEqual([]);
  });

  it('brings a screen’s own look in 4 kB, apart from what every screen loads', () => {
    const sheets = areaSheets();
    expect(sheets.length).toBeGreaterThan(0);
    expect(sheets.filter((file) => gzippedBytes(file) > 4 * KB)).toEqual([]);
  });

  it('keeps the host’s SDK out of everything but its own chunk', () => {
    const manifest = readManifest();
    const screens = scriptsOf(manifest, [
      'index.html',
      'src/views/plan/plan-screen.vue',
      'src/views/install/install-screen.vue',
    ]);
    const texts = screens.map((file) => readFileSync(path.join(ROOT, 'dist-web', file), 'utf8'));
    expect(texts.filter((text) => text.includes('JSSDK_'))).toEqual([]);
  });

  it('has no inline style and no inline script, which the policy would refuse', () => {
    const sources = globSync(['widgets/index.html', 'widgets/src/**/*.vue'], { cwd: ROOT });
    const texts = sources.map((file) => readFileSync(path.join(ROOT, file), 'utf8'));
    expect(sources.length).toBeGreaterThan(10);
    expect(texts.filter((text) => /\s:?style="|v-html|<script>(?!\s*<)|\son\w+="/.test(text))).toEqual([]);
  });

  it('names no other host in its own scripts', () => {
    const manifest = readManifest();
    const own = Object.values(manifest).filter(
      (chunk) => chunk.file.endsWith('.js') && !/\/esm-/.test(chunk.file),
    );
    const found = own.flatMap(
      (chunk) =>
        readFileSync(path.join(ROOT, 'dist-web', chunk.file), 'utf8').match(/https?:\/\/[\w.-]+/g) ?? [],
    );
    // Namespaces, and the link in the framework's own error messages; neither is ever asked for.
    expect(new Set(found)).toEqual(new Set(['http://www.w3.org', 'https://vuejs.org']));
  });

  it('uses nothing of the framework that every seller would have to load for the sake of another screen', () => {
    const files = globSync('widgets/src/**/*.{ts,vue}', { cwd: ROOT });
    // The framework is one file for all screens: `:value` with `@input`, and `latePart`, cost nothing there.
    const heavy =
      /<(input|select|textarea)\b[^>]*\sv-model|defineAsyncComponent|<(Transition|TransitionGroup|Teleport|KeepAlive|Suspense)\b/;
    expect(files.filter((file) => heavy.test(readFileSync(path.join(ROOT, file), 'utf8')))).toEqual([]);
  });

  it('touches no cookie and no browser storage', () => {
    const files = globSync('widgets/src/**/*.{ts,vue}', { cwd: ROOT });
    const texts = files.map((file) => readFileSync(path.join(ROOT, file), 'utf8'));
    expect(
      texts.filter((text) => /localStorage|sessionStorage|indexedDB|document\.cookie/.test(text)),
    ).toEqual([]);
  });
});
