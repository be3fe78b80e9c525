import { resolve } from 'node:path';
import vueI18n from '@intlify/unplugin-vue-i18n/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig, type Plugin } from 'vite';

// The framework's own checks double the weight; they must not slip in when a test run builds the widget.
process.env['NODE_ENV'] = 'production';

const root = resolve(import.meta.dirname, 'widgets');

/** The lazy chunks are shallow and share one sheet: Vite's helper that fetches ahead for them would be 1.2 kB of dead weight. */
const withoutPreloadHelper: Plugin = {
  name: 'without-preload-helper',
  enforce: 'pre',
  load: (id) =>
    id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : null,
};

export default defineConfig({
  root,
  base: '/widgets/',
  plugins: [
    withoutPreloadHelper,
    vue(),
    vueI18n({
      module: 'petite-vue-i18n',
      include: resolve(root, 'src/i18n/*.json'),
      runtimeOnly: true,
      dropMessageCompiler: true,
      // Texts never carry markup: Vue escapes them, and a "<" in a message is a fault of the build.
      strictMessage: true,
      escapeHtml: false,
    }),
  ],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
    __INTLIFY_JIT_COMPILATION__: 'true',
  },
  build: {
    outDir: resolve(import.meta.dirname, 'dist-web'),
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    // One small sheet for every screen: a lazy screen must never flash unstyled.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    // No data: addresses for scripts or fonts: the policy allows them for pictures only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 300,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What every screen shows, in one file with the framework: chunks of 0.3 kB cost more than they carry.
          groups: [
            {
              name: 'base',
              test: /node_modules[\\/](@vue|vue|petite-vue-i18n|@intlify)[\\/]|src[\\/](ui[\\/](failure|freshness|host-link|icon)|time)|plugin-vue:export-helper|api[\\/](client|failure)|widget-context/,
            },
          ],
        },
      },
    },
  },
});
